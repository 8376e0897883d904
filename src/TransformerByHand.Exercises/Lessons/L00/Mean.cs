namespace TransformerByHand.Exercises;

public static partial class Lesson00
{
    /// <summary>A function of a vector that returns one number.</summary>
    public delegate double MeanFunction(double[] x);

    /// <summary>00.1: return the mean of a vector.</summary>
    public static FunctionExercise<MeanFunction> Mean { get; } = new(
        id: "00.1",
        title: "The mean of a vector",
        statement: """
            Return the mean of the numbers in `x`: their sum, divided by how many there are. `x` holds at least one number.

            Worked case: the mean of (0.2, 0.1, 0.3) is 0.6 / 3 = 0.2.
            """,
        solution: x =>
        {
            double sum = 0;
            foreach (double value in x)
            {
                sum += value;
            }
            return sum / x.Length;
        },
        cases:
        [
            [new[] { 0.2, 0.1, 0.3 }],
            [new[] { 4.0 }],
            [new[] { -1.0, 1, 6, 2 }],
            [new[] { 0.0, 0, 0, 0, 0 }],
        ],
        randomCase: random => [random.NormalVector(random.Next(2, 9)).ToArray()],
        hints:
        [
            "Two steps: add all the numbers up, then divide once.",
            "Start with `double sum = 0;` and let a `foreach` loop add each number of `x` to it.",
            "`x.Length` is how many numbers there are, so the last line is `return sum / x.Length;`.",
        ],
        mistakes:
        [
            new("forgets to divide",
                "This is the sum. The mean is the sum divided by how many numbers there are, `x.Length`.",
                x => x.Sum()),
            new("divides by one less",
                "This divides by `x.Length - 1`. The mean divides by all of them, `x.Length`.",
                x => x.Sum() / (x.Length - 1)),
            new("divides by 3, whatever the length",
                "This divides by 3, which is right for the worked case only. Divide by `x.Length`.",
                x => x.Sum() / 3),
            new("leaves out the first number",
                "The first number is left out of the sum. In C# it is `x[0]`: a loop over positions starts at 0.",
                x => x.Skip(1).Sum() / x.Length),
            new("leaves out the last number",
                "The last number is left out of the sum. A loop over positions runs while `i < x.Length`.",
                x => x.SkipLast(1).Sum() / x.Length),
            new("divides inside the loop",
                "The division happens inside the loop, so earlier numbers are divided again and again. Add everything up first, then divide once.",
                x => x.Aggregate(0.0, (sum, value) => (sum + value) / x.Length))
            {
                Variants = [x => x.Aggregate(0.0, (sum, value) => (sum + value) / 2), x => x.Aggregate((sum, value) => (sum + value) / 2)],
            },
            new("takes the middle of the range",
                "This lies midway between the smallest number and the largest, and looks at no other. The mean weighs every number the same.",
                x => (x.Min() + x.Max()) / 2),
            new("takes the middle number",
                "This is the median, the number in the middle after sorting. The mean weighs every number the same.",
                x =>
                {
                    double[] sorted = [.. x.Order()];
                    return (sorted[(x.Length - 1) / 2] + sorted[x.Length / 2]) / 2;
                }),
        ]);
}
