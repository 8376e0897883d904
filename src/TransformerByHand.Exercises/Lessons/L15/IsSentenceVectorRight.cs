using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>A test of a function that makes one vector of a sentence's tokens (n × d_model) and mask (n).</summary>
    public delegate bool SentenceVectorTest(Func<double[,], int[], double[]> vectorOf);

    /// <summary>15.5: find the bug.</summary>
    public static TestExercise<SentenceVectorTest, Func<double[,], int[], double[]>> IsSentenceVectorRight { get; } = new(
        id: "15.5",
        title: "Find the bug",
        statement: "Write a test for an implementation of 15.4: true for a correct one, false for a wrong one.",
        solution: vectorOf =>
        {
            // Two tokens of different lengths and signs, one row of padding; the sum is (−6, 8, 0), of length 10.
            double[] v = vectorOf(new double[,] { { -2, 3, 1 }, { -4, 5, -1 }, { 7, 7, 7 } }, [1, 1, 0]);
            double[] right = [-0.6, 0.8, 0];
            return v is not null && v.Length == 3 && Enumerable.Range(0, 3).All(j => Math.Abs(v[j] - right[j]) < 1e-9);
        },
        correct:
        [
            new("takes the mean and divides by its length", "It is right: the mean of the tokens, divided by its length.", (X, mask) => Unit(Mean(X, mask))),
            new("takes the sum and divides by its length", "It is right: a sum points where the mean does. It rounds a little differently, so a test must leave room for rounding.",
                (X, mask) => Mean(X, mask).Select(x => x * mask.Sum()).ToArray() is var sum && 1 / Math.Sqrt(sum.Reverse().Sum(x => x * x)) is var scale ? [.. sum.Select(x => x * scale)] : []),
        ],
        wrong:
        [
            new("counts the padding", "It takes the mean of all rows. Without padding nobody sees it.", (X, mask) => Unit(Mean(X, [.. mask.Select(_ => 1)]))),
            new("forgets the length", "It returns the mean as it is. With tokens whose mean has the length 1, nobody sees it.", (X, mask) => Mean(X, mask)),
            new("takes [CLS] alone", "It takes the first token and leaves the others aside. With one token, or with tokens that point the same way, nobody sees it.", (X, mask) => Unit(Row(X, 0))),
            new("takes the largest of each feature", "It takes the largest number of each feature. With one token nobody sees it.",
                (X, mask) => Unit([.. Enumerable.Range(0, X.GetLength(1)).Select(j => Enumerable.Range(0, mask.Length).Where(i => mask[i] == 1).Max(i => X[i, j]))])),
            new("brings each token to length 1 first", "It brings each token to length 1 before the mean. With tokens of the same length nobody sees it.",
                (X, mask) => Unit(Mean(Stacked([.. Enumerable.Range(0, mask.Length).Select(i => Unit(Row(X, i)))]), mask))),
            new("divides by the sum of the sizes", "It makes the sizes of the numbers add up to 1, not the squares. With a single feature nobody sees it.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / m.Sum(Math.Abs))] : []),
            new("loses the signs", "It returns the size of each number. With positive numbers nobody sees it.", (X, mask) => [.. Unit(Mean(X, mask)).Select(Math.Abs)]),
            new("leaves out the last token", "It stops one token too early. Where the last token that is no padding points the way of the others, nobody sees it.",
                (X, mask) => Unit(Mean(X, [.. mask.Select((m, i) => mask.Skip(i + 1).Any(later => later == 1) || mask.Sum() == 1 ? m : 0)]))),
            new("takes the mask the other way around", "It takes 1 for padding. With a mask that is all 1 there is nothing left, and it divides 0 by 0.", (X, mask) => Unit(Mean(X, [.. mask.Select(m => 1 - m)]))),
        ],
        hints:
        [
            "Choose tokens whose sum has a length that you know, such as (−3, 4): then you know every number of the answer.",
            "Which inputs would hide a mistake? No padding, a single token, tokens of the same length, positive numbers only. Choose the opposite of each.",
            "Two tokens with the sum (−6, 8), a row of padding that is not 0: the right vector is (−0.6, 0.8). Compare every number, with room for rounding.",
        ],
        mistakes:
        [
            new("the length alone", "Only the length of the vector is looked at. Many wrong vectors have the length 1: compare the numbers.",
                vectorOf => Math.Abs(vectorOf(Told, [1, 1, 0]).Sum(x => x * x) - 1) < 1e-9),
            new("no padding", "There is no padding in the input, so nobody sees what is done with it.",
                vectorOf => Near(vectorOf(Told, [1, 1, 1]), Unit(Mean(Told, [1, 1, 1])))),
            new("padding of zeros", "The padding's row is all 0, and adds nothing to the sum whether it is counted or not. Give it numbers.",
                vectorOf => Near(vectorOf(new double[,] { { -2, 3 }, { -1, 1 }, { 0, 0 } }, [1, 1, 0]), [-0.6, 0.8])),
            new("a single token", "With a single token there is nothing to take the mean of.",
                vectorOf => Near(vectorOf(new double[,] { { -3, 4 }, { 9, 9 } }, [1, 0]), [-0.6, 0.8])),
            new("tokens of the same length", "The tokens have the same length, so nobody sees whether each was brought to length 1 first.",
                vectorOf => Near(vectorOf(new double[,] { { -3, 4 }, { 4, 3 }, { 9, 9 } }, [1, 1, 0]), Unit([1, 7]))),
            new("positive numbers", "Every number of the right answer is positive, so nobody sees whether a sign is lost.",
                vectorOf => Near(vectorOf(new double[,] { { 2, -1 }, { 1, 5 }, { 7, 7 } }, [1, 1, 0]), [0.6, 0.8])),
            new("the first number alone", "Only the first number is compared. Compare all of them.",
                vectorOf => Math.Abs(vectorOf(Told, [1, 1, 0])[0] + 0.6) < 1e-9),
            new("too much room", "There is more room than rounding needs: 1e-9 is plenty.",
                vectorOf => Near(vectorOf(Told, [1, 1, 0]), [-0.6, 0.8, 0], room: 0.1))
                { Variants = [vectorOf => Near(vectorOf(Told, [1, 1, 0]), [-0.6, 0.8, 0], room: 1), vectorOf => Near(vectorOf(Told, [1, 1, 0]), [-0.6, 0.8, 0], room: 0.01)] },
            new("the other way around", "Your test says the opposite: `true` where the numbers differ. `true` is for those that are right.",
                vectorOf => !Near(vectorOf(Told, [1, 1, 0]), [-0.6, 0.8, 0])),
        ]);

    private static double[,] Told => new double[,] { { -2, 3, 1 }, { -4, 5, -1 }, { 7, 7, 7 } };
}
