using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double VarianceFunction(double[] x);

    public static FunctionExercise<VarianceFunction> Variance { get; } = new(
        id: "01.1",
        title: "The variance of a token",
        statement: "Return the variance that LayerNorm uses: the mean of the squared distances from the mean.",
        solution: x =>
        {
            double mean = x.Average();
            return x.Average(v => (v - mean) * (v - mean));
        },
        cases: [[Numbers(1, 2, 3, 4)], [Numbers(0.2, 0.1, 0.3)], [Numbers(0, 2)], [Numbers(7, 7, 7)], [Numbers(5)], [Numbers(1000, -2000, 4000, 500, 0)]],
        randomCase: random => [random.NormalVector(random.Next(2, 9), 3).ToArray()],
        hints:
        [
            "First the mean of `x`; then each number's distance from it, squared; then the mean of those squares.",
            "LINQ has `x.Average()`, and `x.Average(v => …)` takes the mean of something computed from each number.",
            "The mean of the squares divides by N, the number of entries, and not by one less.",
        ],
        mistakes:
        [
            new("divides by N − 1", "That is the sample variance, which divides by N − 1 to estimate the spread of a larger population. A token is its own whole population: divide by N.",
                x => x.Length == 1 ? double.NaN : x.Sum(v => Math.Pow(v - x.Average(), 2)) / (x.Length - 1)),
            new("does not subtract the mean", "This is the mean of the squares. Subtract the mean from each number before you square it: what counts is the distance from the mean.",
                x => x.Average(v => v * v)),
            new("returns the standard deviation", "This is the standard deviation, σ. The variance is σ², so leave the square root out here.",
                x => Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)))),
            new("MathNet's standard deviation", "This is the standard deviation of a sample. Two things: leave the root out, and divide by N, not by N − 1.",
                x => x.Length == 1 ? double.NaN : Math.Sqrt(x.Sum(v => Math.Pow(v - x.Average(), 2)) / (x.Length - 1))),
            new("the mean not squared", "The mean of the squares less the mean: that is a way, if the *square* of the mean is taken away.",
                x => x.Average(v => v * v) - x.Average()),
            new("parentheses missing", "Parentheses are missing: without them only the mean is multiplied. Write `(v - mean) * (v - mean)`.",
                x => x.Average(v => v - x.Average() * v - x.Average())),
            new("only the last number", "Only the last number's distance is left. Each square writes over the one before: `=` where `+=` is needed.",
                x => Math.Pow(x[^1] - x.Average(), 2) / x.Length) { Variants = [x => Math.Pow(x[^1] - x.Average(), 2)] },
            new("the sum for the mean", "The distances were taken from the sum of the numbers. The mean is the sum divided by how many there are.",
                x => x.Average(v => Math.Pow(v - x.Sum(), 2))),
            new("the root of the sum", "This is the root of the sum of the squared distances. The variance is their mean, and has no root.",
                x => Math.Sqrt(x.Sum(v => Math.Pow(v - x.Average(), 2)))),
            new("does not divide", "This is the sum of the squared distances. The variance is their mean: divide by N.",
                x => x.Sum(v => Math.Pow(v - x.Average(), 2))),
            new("does not square", "This is 0 for every token, as are the distances without their squares: what lies above the mean balances what lies below. Is each distance squared, and is the result ever filled in?",
                x => 0) { HoldsWithoutNumbers = true },
            new("takes absolute distances", "This is the mean of the absolute distances. The variance squares them.",
                x => x.Average(v => Math.Abs(v - x.Average()))),
        ]);
}
