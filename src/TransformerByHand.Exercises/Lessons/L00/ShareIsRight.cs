namespace TransformerByHand.Exercises;

public static partial class Lesson00
{
    /// <summary>A test of a function that returns each number's share of the whole.</summary>
    public delegate bool ShareTest(Func<double[], double[]> share);

    /// <summary>00.4: write the test of a function that returns shares.</summary>
    public static TestExercise<ShareTest, Func<double[], double[]>> ShareIsRight { get; } = new(
        id: "00.4",
        title: "Write the test: shares of a whole",
        statement: """
            Someone has written a function that is given positive numbers and returns each one's share of their sum: shareᵢ = xᵢ / Σx, so (1, 3) becomes (0.25, 0.75). A new array is returned, and the given one stays as it was. You cannot see the code. Write the test: call `share` on inputs of your choice and return `true` if it is right, `false` if it is not.

            Your test is tried on several implementations. It must accept the correct ones and reject every wrong one. Rounding may differ in the last digits, so compare with a small tolerance.
            """,
        solution: share =>
        {
            double[][] examples = [[1, 3], [2, 2, 4], [0.5], [0.1, 0.2, 0.3, 0.7]];
            foreach (double[] x in examples)
            {
                double[] given = [.. x];
                double[] y = share(given);

                if (!given.SequenceEqual(x)) return false;  // it wrote into its input
                if (y.Length != x.Length) return false;
                for (int i = 0; i < x.Length; i++)
                {
                    if (Math.Abs(y[i] - x[i] / x.Sum()) > 1e-9) return false;
                }
            }
            return true;
        },
        correct:
        [
            new("divides each number by the sum",
                "it returns xᵢ / Σx, as asked.",
                x => [.. x.Select(value => value / x.Sum())]),
            new("multiplies each number by 1/sum",
                "the same in other words; only the last digits may differ, so do not compare with `==`.",
                x =>
                {
                    double scale = 1 / x.Sum();
                    return [.. x.Select(value => value * scale)];
                }),
            new("takes the sum from the last number to the first",
                "the order of a sum changes only the last digits, so do not compare with `==`.",
                x =>
                {
                    double sum = x.Reverse().Sum();
                    return [.. x.Select(value => value / sum)];
                }),
        ],
        wrong:
        [
            new("divides by how many there are",
                "it returns xᵢ / n. Its results add up to the mean, not to 1.",
                x => [.. x.Select(value => value / x.Length)]),
            new("divides by the largest",
                "the largest number always gets 1.",
                x => [.. x.Select(value => value / x.Max())]),
            new("rounds to two digits",
                "1/3 becomes 0.33. It shows only on an input whose shares have more than two digits, and with a tolerance below 0.01.",
                x => [.. x.Select(value => Math.Round(value / x.Sum(), 2))]),
            new("makes the squares add up to 1",
                "it divides by √Σx², the length of the vector.",
                x => [.. x.Select(value => value / Math.Sqrt(x.Sum(other => other * other)))]),
            new("gives everyone the same",
                "it returns 1/n for each. The sum is 1, but nothing is in proportion.",
                x => [.. x.Select(_ => 1.0 / x.Length)]),
            new("takes exponentials first",
                "it returns exp(xᵢ) / Σ exp(x). That is positive and adds up to 1, but (1, 3) becomes (0.12, 0.88). You will meet it again as softmax.",
                x => [.. x.Select(value => Math.Exp(value) / x.Sum(Math.Exp))]),
            new("gives everything to the largest",
                "the largest number gets 1 and the others get 0. The sum is 1, but nothing is in proportion.",
                x => [.. x.Select((_, i) => i == Array.IndexOf(x, x.Max()) ? 1.0 : 0.0)]),
            new("turns the order round",
                "the shares are right, but stand in the wrong places.",
                x => [.. x.Reverse().Select(value => value / x.Sum())]),
            new("forgets the last number",
                "one share is missing. Look at the length.",
                x => [.. x.SkipLast(1).Select(value => value / x.Sum())]),
            new("changes its input",
                "the shares are right, but the numbers it was given are gone. Keep a copy and compare.",
                x =>
                {
                    double sum = x.Sum();
                    for (int i = 0; i < x.Length; i++) x[i] /= sum;
                    return [.. x];
                }),
        ],
        hints:
        [
            "Pick one input whose shares you know, such as (1, 3), and compare the result number by number. Then ask what would slip through.",
            "Take several inputs: of different lengths, not symmetric, and one whose shares do not end after two digits, such as (1, 1, 1) or (0.1, 0.2, 0.3, 0.7).",
            "Check the length before the numbers, and compare with `Math.Abs(y[i] - x[i] / x.Sum()) > 1e-9`.",
            "Give `share` a copy, `double[] given = [.. x];`, and look afterwards whether the copy is still equal to `x`.",
        ],
        mistakes:
        [
            new("looks only at the sum",
                "This looks as if only the sum were tested. Several wrong implementations return numbers that add up to 1 and yet are not the shares.",
                share => Math.Abs(share([1, 3]).Sum() - 1) < 1e-9),
            new("looks only at the sum, on several inputs",
                "This looks as if only the sum were tested. Several wrong implementations return numbers that add up to 1 and yet are not the shares.",
                share => Math.Abs(share([1, 3]).Sum() - 1) < 1e-9 && Math.Abs(share([1, 1, 1]).Sum() - 1) < 1e-9),
            new("looks only at the length",
                "This looks as if only the length were tested. A list of the right length can hold any numbers.",
                share => share([1, 3]).Length == 2 && share([1, 2, 3]).Length == 3),
            new("tries only equal numbers",
                "On an input of equal numbers many wrong implementations happen to agree. Try numbers that differ.",
                share => Near(share([1, 1]), [0.5, 0.5]) && Near(share([2, 2]), [0.5, 0.5])),
            new("tries only round shares",
                "The shares in your examples end after two digits, as those of (1, 3) do, so rounding does not show. Try (1, 1, 1) as well. And is the input still what it was?",
                share => Near(share([1, 3]), [0.25, 0.75])),
            new("does not look at the input",
                "Only one gets through: the one that changes what it was given. Call `share` with a copy and compare the two afterwards.",
                share => Near(share([1, 3]), [0.25, 0.75]) && Near(share([0.1, 0.2, 0.3, 0.7]), [0.1 / 1.3, 0.2 / 1.3, 0.3 / 1.3, 0.7 / 1.3])),
            new("compares with ==",
                "Correct implementations may round differently in the last digits. Compare with a tolerance: `Math.Abs(a - b) < 1e-9`.",
                share => ShareIsRight!.ReferenceSolution(share)
                    && Enumerable.Range(1, 30).Select(n => new[] { 0.1 * n, 0.7, 1.3 / n }).All(x => share([.. x]).SequenceEqual(x.Select(value => value / x.Sum())))),
        ]);
}
