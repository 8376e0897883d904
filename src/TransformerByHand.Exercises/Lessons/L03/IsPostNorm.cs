using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate bool PlacementTest(Func<double[], double[,], double, double[]> block);

    public static TestExercise<PlacementTest, Func<double[], double[,], double, double[]>> IsPostNorm { get; } = new(
        id: "03.5",
        title: "Find the bug",
        statement: "Write a test for y = LN(x + xW): true for a correct implementation, false for a wrong one.",
        solution: block =>
        {
            // Numbers under which no two placements agree: x is not normalised, W is not symmetric, ε is not small.
            double[] x = [1, 2, 4];
            double[,] W = { { 0, 1, 0.5 }, { 0, 0, 1 }, { 2, 0, 0 } };
            const double epsilon = 0.5;

            double[] sum = [.. x.Zip(Lesson03.Multiply(x, W), (a, b) => a + b)];
            double[] expected = Lesson03.Normalise(sum, epsilon);
            double[] y = block([.. x], (double[,])W.Clone(), epsilon);
            return y is not null && y.Length == expected.Length && y.Zip(expected, (a, b) => Math.Abs(a - b)).Max() < 1e-9;
        },
        correct:
        [
            new("adds, then normalises", "It is right: LN(x + xW).", (x, W, epsilon) => PostNorm(x, W, epsilon)),
            new("folds the skip into the matrix", "It is right: x + xW = x(I + W), and the norm of that. It rounds a little differently, so a test must leave room for rounding.",
                (x, W, epsilon) => [.. Normalise(Multiply(x, Build(x.Length, x.Length, (i, j) => W[i, j] + (i == j ? 1 : 0))), epsilon).Select(v => v + 1e-13)]),   // with any numbers, round ones too
        ],
        wrong:
        [
            new("is pre-LN", "It computes x + f(LN(x)), under the name of the other placement.", (x, W, epsilon) => PreNorm(x, W, epsilon)),
            new("normalises the write", "It computes x + LN(f(x)).", (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("forgets the skip", "It computes LN(f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Multiply(x, W), epsilon)),
            new("normalises before and after", "It computes LN(x + f(LN(x))): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("normalises the skip too", "It computes LN(LN(x) + f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(Normalise(x, epsilon), Multiply(x, W)), epsilon)),
            new("has ε outside the root", "It divides by σ + ε. With a tiny ε, or with ε = 0, nobody sees it.",
                (x, W, epsilon) => Sum(x, Multiply(x, W)) is var s && Deviation(s) is var σ ? [.. s.Select(v => (v - s.Average()) / (σ + epsilon))] : []),
            new("multiplies by the transpose", "It computes LN(x + xWᵀ). With a symmetric W nobody sees it.", (x, W, epsilon) => PostNorm(x, Transposed(W), epsilon)),
            new("subtracts the write", "It computes LN(x − f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(x, Negated(Multiply(x, W))), epsilon)),
            new("takes the skip twice", "It computes LN(2x + f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(x, Sum(x, Multiply(x, W))), epsilon)),
            new("has an ε of its own", "It computes with ε = 1e-5 and ignores the one it is given. With that ε nobody sees it.", (x, W, epsilon) => PostNorm(x, W, 1e-5)),
            new("leaves the mean in", "It divides the sum by its deviation, but the mean is still in it.", (x, W, epsilon) => Unshifted(Sum(x, Multiply(x, W)), epsilon)),
            new("leaves out the last number", "Its last number is that of the sum, not normalised. Who looks at the first number only does not see it.",
                (x, W, epsilon) => [.. PostNorm(x, W, epsilon)[..^1], Sum(x, Multiply(x, W))[^1]]),
        ],
        hints:
        [
            "You know the formula, so you can compute what is right: `Lesson03.Multiply` and `Lesson03.Normalise` are correct. Compare number by number, with room for rounding.",
            "Mean 0 and deviation 1 is what a norm at the end gives, whatever was put into it. Many of the wrong ones end with a norm.",
            "Choose numbers under which no mistake can hide: x that is not normalised already, W that is neither zero nor symmetric, ε = 0.5.",
        ],
        mistakes:
        [
            new("mean 0 and deviation 1", "This asks only whether the output is normalised. Every implementation that ends with a norm passes, whatever it normalised. Compare the numbers themselves.",
                block => block(Some, Uneven, 0) is var y && Math.Abs(y.Average()) < 1e-9 && Math.Abs(Deviation(y) - 1) < 1e-9),
            new("deviation 1", "This looks at the deviation alone. A norm at the end makes it 1, whatever went in, and so does one that forgets the mean. Compare the numbers themselves.",
                block => block(Some, Uneven, 0) is var y && Math.Abs(Deviation(y) - 1) < 1e-9),
            new("only the first number", "Only the first number is compared. An implementation may be wrong in the others.",
                block => Math.Abs(block(Some, Uneven, 0.5)[0] - PostNorm(Some, Uneven, 0.5)[0]) < 1e-9),
            new("only the last number", "Only the last number is compared. An implementation may be wrong in the others.",
                block => Math.Abs(block(Some, Uneven, 0.5)[^1] - PostNorm(Some, Uneven, 0.5)[^1]) < 1e-9),
            new("without Math.Abs", "This subtracts without `Math.Abs`: a number that is too large (or too small) makes the difference negative, and negative is below any room for rounding.",
                block => block(Some, Uneven, 0.5).Zip(PostNorm(Some, Uneven, 0.5), (a, b) => a - b).Max() < 1e-9)
            {
                Variants = [block => block(Some, Uneven, 0.5).Zip(PostNorm(Some, Uneven, 0.5), (a, b) => b - a).Max() < 1e-9],
            },
            new("room of 1", "Your numbers may be off by 1, and the numbers of a normalised token are about 1 themselves. Rounding needs room for 1e-9, and no more.",
                block => Near(block(Some, Uneven, 0.5), PostNorm(Some, Uneven, 0.5), 1)),
            new("two numbers, or the identity, at ε = 0", "With ε = 0 two kinds of input hide nearly everything: two numbers, which every norm turns into ±1, and the identity for W, whose block writes x itself. Use three numbers or more, a W that mixes them, and ε = 0.5.",
                block => Near(block([1, 3], Square(2, 1, 0, 0, 2), 0), [-1, 1])) { Variants = [block => Near(block(Some, Identity, 0), PostNorm(Some, Identity, 0))] },
            new("two numbers, compared loosely", "With ε = 0 two kinds of input hide nearly everything: two numbers, which every norm turns into ±1, and the identity for W, whose block writes x itself. And the comparison is loose. Use three numbers or more, a W that mixes them, ε = 0.5, and room for rounding only, such as 1e-9.",
                block => Near(block([1, 3], Square(2, 1, 0, 0, 2), 0), [-1, 1], 0.1)),
            new("compared loosely", "Your numbers are compared too loosely: an implementation that is far off passes. Rounding needs room for 1e-9, and no more.",
                block => Near(block(Some, Uneven, 0.5), PostNorm(Some, Uneven, 0.5), 0.5)),
            new("a small ε, compared loosely", "Your ε is so small beside the room that you leave for rounding that what is done with it cannot be seen. Use ε = 0.5 and room for 1e-9.",
                block => Near(block(Some, Uneven, 1e-5), PostNorm(Some, Uneven, 1e-5), 1e-3)),
            new("compared exactly", "The numbers have to be equal to the last bit here. Who adds in another order rounds otherwise, and is right all the same: leave room for 1e-9.",
                block => block(Some, Uneven, 0.5).SequenceEqual(PostNorm(Some, Uneven, 0.5))),
            new("x normalised already", "x is normalised already, so a norm too many cannot be seen, and ε = 0 hides the rest. Use an x of another mean and length, and ε = 0.5.",
                block => Normalise(Some, 0) is var x && Near(block([.. x], Uneven, 0), PostNorm(x, Uneven, 0))),
            new("ε = 1e-5", "Your ε is 1e-5, the value that everybody takes, so an implementation that ignores yours and takes its own cannot be told. Use 0.5.",
                block => Near(block(Some, Uneven, 1e-5), PostNorm(Some, Uneven, 1e-5))),
            new("the reference is pre-LN", "Your reference is pre-LN: x + f(LN(x)). That is the very bug that this test is to find.",
                block => Near(block(Some, Uneven, 0.5), PreNorm(Some, Uneven, 0.5))),
            new("the reference normalises the write", "Your reference is x + LN(f(x)). In post-LN the sum is normalised: LN(x + f(x)).",
                block => Near(block(Some, Uneven, 0.5), Sum(Some, Normalise(Multiply(Some, Uneven), 0.5)))),
            new("the reference has no skip", "Your reference is LN(f(x)): x is missing from its sum.",
                block => Near(block(Some, Uneven, 0.5), Normalise(Multiply(Some, Uneven), 0.5))),
            new("a block that writes nothing", "With W = 0 the block writes nothing, and whatever is done to x on the way into it cannot be seen. Use a W with numbers in it.",
                block => Near(block(Some, new double[3, 3], 0.5), Normalise(Some, 0.5))),
            new("ε = 0", "The numbers are compared, but at ε = 0, where ε outside the root looks right. Use a larger ε.",
                block => Near(block(Some, Uneven, 0), PostNorm(Some, Uneven, 0))),
            new("a symmetric W", "W is symmetric here, so the transpose cannot be told from it. Use a W that is not.",
                block => Square(3, 0, 1, 2, 1, 0, 1, 2, 1, 0) is var W && Near(block(Some, W, 0.5), PostNorm(Some, W, 0.5))),
        ]);
}
