namespace TransformerByHand.Exercises;

/// <summary>The exercises of the lesson <em>Start here</em>.</summary>
public static class Lesson00
{
    /// <summary>A function of a vector that returns one number.</summary>
    public delegate double MeanFunction(double[] x);

    /// <summary>A function of a row vector (1 × d) and a matrix (d × k) that returns a row vector (1 × k).</summary>
    public delegate double[] MultiplyFunction(double[] x, double[,] W);

    /// <summary>A test of a function that returns each number's share of the whole.</summary>
    public delegate bool ShareTest(Func<double[], double[]> share);

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
                x => x.Aggregate(0.0, (sum, value) => (sum + value) / x.Length)),
            new("takes the middle number",
                "This is the median, the number in the middle after sorting. The mean weighs every number the same.",
                x =>
                {
                    double[] sorted = [.. x.Order()];
                    return (sorted[(x.Length - 1) / 2] + sorted[x.Length / 2]) / 2;
                }),
        ]);

    /// <summary>00.2: return the row vector y = xW.</summary>
    public static FunctionExercise<MultiplyFunction> Multiply { get; } = new(
        id: "00.2",
        title: "A row vector times a matrix",
        statement: """
            Return the row vector y = xW. `x` has d numbers, `W` has d rows and k columns, and y has k numbers: number j of y goes down column j of `W`, multiplies each entry by the number of `x` that stands beside its row, and adds up.

            Worked case: (1, 2) times [[3, 4], [5, 6]] is (1·3 + 2·5, 1·4 + 2·6) = (13, 16).
            """,
        solution: (x, W) =>
        {
            int d = W.GetLength(0), k = W.GetLength(1);
            double[] y = new double[k];
            for (int j = 0; j < k; j++)
            {
                for (int i = 0; i < d; i++)
                {
                    y[j] += x[i] * W[i, j];
                }
            }
            return y;
        },
        cases:
        [
            [new[] { 1.0, 2 }, new[,] { { 3.0, 4 }, { 5, 6 } }],
            [new[] { 1.0, -1, 2 }, new[,] { { 1.0, 0 }, { 2, 1 }, { 0, 3 } }],
            [new[] { 2.0, 3 }, new[,] { { 1.0, 0, -1 }, { 4, 2, 0.5 } }],
            [new[] { 1.0, 10, 100 }, new[,] { { 1.0, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }],
            [new[] { 3.0 }, new[,] { { -2.0 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(1, 6), k = random.Next(1, 6);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(d, k).ToArray()];
        },
        hints:
        [
            "Start with the shapes: y has one number for each column of `W`. `W.GetLength(0)` is the number of rows, `W.GetLength(1)` the number of columns.",
            "Two loops: the outer one goes over the columns j, the inner one down the rows i. The inner one adds to `y[j]`.",
            "What is added is `x[i] * W[i, j]`: the row index i is the one that `x` and `W` share, and it is the one that is summed over.",
        ],
        mistakes:
        [
            new("multiplies by the transpose",
                "This multiplies by W transposed: it runs along the rows of `W` where it should go down the columns. The entry is `W[i, j]` with i, the index that is summed over, first.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => x[i] * W[j, i])),
            new("runs along the rows",
                "This multiplies by W transposed, and so returns one number for each row of `W`. y has one for each column: its length is `W.GetLength(1)`.",
                (x, W) => Sums(W.GetLength(0), W.GetLength(1), (i, j) => x[j] * W[i, j])),
            new("sums over the wrong index",
                "This sums over the columns, j, and keeps the rows, i. It is the other way round: i is summed over, and j is what remains.",
                (x, W) => Sums(W.GetLength(0), W.GetLength(1), (i, j) => x[i] * W[i, j])),
            new("uses the diagonal only",
                "Only the entries `W[j, j]` are used. Every number of y needs a whole column, so there are two loops, one inside the other.",
                (x, W) => Sums(W.GetLength(1), 1, (j, _) => j < x.Length ? x[j] * W[j, j] : 0)),
            new("forgets x",
                "This adds up the columns of `W`; the numbers of `x` do not come into it.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => W[i, j])),
            new("takes x at the wrong place",
                "The number of `x` is taken at j, the column. It is the row that `x` goes with: `x[i] * W[i, j]`.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => x[j] * W[i, j])),
            new("overwrites instead of adding",
                "Only the last row has had an effect: `y[j] = …` overwrites what was there. Add to it with `+=`.",
                (x, W) => Sums(W.GetLength(1), 1, (j, _) => x[^1] * W[x.Length - 1, j])),
            new("leaves out the first row",
                "The first row of `W` has no effect: the loop over i starts at 1. It starts at 0.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => i == 0 ? 0 : x[i] * W[i, j])),
            new("leaves out the last row",
                "The last row of `W` has no effect. The loop over i runs while `i < W.GetLength(0)`.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => i == x.Length - 1 ? 0 : x[i] * W[i, j])),
        ]);

    /// <summary>00.3: write the test of a function that returns shares.</summary>
    public static TestExercise<ShareTest, Func<double[], double[]>> ShareIsRight { get; } = new(
        id: "00.3",
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

    /// <summary>A vector whose number i is the sum of the terms (i, j) over j.</summary>
    private static double[] Sums(int length, int terms, Func<int, int, double> term) =>
        [.. Enumerable.Range(0, length).Select(i => Enumerable.Range(0, terms).Sum(j => term(i, j)))];

    private static bool Near(double[] y, double[] expected) =>
        y.Length == expected.Length && y.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
}
