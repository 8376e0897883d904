using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>The mean distance between vectors of the same sense, and between vectors of different senses.</summary>
    public delegate (double same, double other) ApartFunction(Matrix<double> river, Matrix<double> money);

    /// <summary>09.5: how far apart two senses are.</summary>
    public static FunctionExercise<ApartFunction> Apart { get; } = new(
        id: "09.5",
        title: "Two senses, how far apart",
        statement: "Each row of `river` and of `money` is a vector of the same word. Return `same`, the mean distance over all pairs of two different rows of the same matrix (the pairs of both matrices together), and `other`, the mean distance over all pairs of a row of `river` and a row of `money`.",
        solution: (river, money) =>
        {
            List<double> same = [], other = [];
            foreach (var sense in new[] { river, money })
                for (int i = 1; i < sense.RowCount; i++)
                    for (int j = 0; j < i; j++)            // each pair once, and no row with itself
                        same.Add((sense.Row(i) - sense.Row(j)).L2Norm());
            for (int i = 0; i < river.RowCount; i++)
                for (int j = 0; j < money.RowCount; j++)
                    other.Add((river.Row(i) - money.Row(j)).L2Norm());
            return (same.Average(), other.Average());
        },
        cases:
        [
            [M(new double[,] { { 0, 0 }, { 3, 4 } }), M(new double[,] { { 0, 4 }, { 3, 0 }, { 6, 4 } })],
            [M(new double[,] { { 1, 0, 0, 2 }, { 0, 2, 0, 1 }, { 0, 0, 3, 0 } }), M(new double[,] { { 5, 5, 5, 5 }, { 4, 5, 6, 7 } })],
            [M(new double[,] { { 1 }, { 2 }, { 4 } }), M(new double[,] { { 8 }, { 9 } })],
        ],
        randomCase: random => [random.NormalMatrix(random.Next(2, 6), 3), random.NormalMatrix(random.Next(2, 6), 3) + 1],
        hints:
        [
            "The distance of two rows is the length of their difference: `(a - b).L2Norm()`.",
            "For `same`: two loops over the rows of one matrix, the second only up to the first, so that no row meets itself and no pair comes twice. Put the distances of both matrices into one list.",
            "For `other`: every row of `river` with every row of `money`. At the end `.Average()` of each list.",
        ],
        mistakes:
        [
            new("a row with itself", "Each row was compared with itself too. That distance is always 0, and makes the mean too small: take pairs of *different* rows.",
                (river, money) => (new[] { river, money }.SelectMany(sense => Pairs(sense, sense)).Average(), Pairs(river, money).Average())),
            new("a mean of two means", "The means of the two matrices were averaged. Asked for is the mean over all pairs together: a matrix with more rows has more pairs.",
                (river, money) => ((Inside(river).DefaultIfEmpty().Average() + Inside(money).DefaultIfEmpty().Average()) / 2, Pairs(river, money).Average()))
                { Variants = [(river, money) => ((Mean(Inside(river)) + Mean(Inside(money))) / 2, Pairs(river, money).Average())] },
            new("river alone", "`same` is that of the river's vectors alone. Both senses count.",
                (river, money) => (Inside(river).DefaultIfEmpty().Average(), Pairs(river, money).Average()))
                {
                    Variants =
                    [
                        (river, money) => (Inside(money).DefaultIfEmpty().Average(), Pairs(river, money).Average()),
                        (river, money) => (Mean(Inside(river)), Pairs(river, money).Average()), (river, money) => (Mean(Inside(money)), Pairs(river, money).Average()),
                    ],
                },
            new("squared distances", "These are squared distances. The distance is the root of the sum of squares.",
                (river, money) => (Inside(river).Concat(Inside(money)).Average(v => v * v), Pairs(river, money).Average(v => v * v))),
            new("the distance of the means", "`other` is the distance of the two mean vectors. Asked for is the mean of the distances, which is larger.",
                (river, money) => (Inside(river).Concat(Inside(money)).Average(), (river.ColumnSums() / river.RowCount - money.ColumnSums() / money.RowCount).L2Norm())),
            new("row with row", "`other` compares row i with row i. Every row of the one meets every row of the other.",
                (river, money) => (Inside(river).Concat(Inside(money)).Average(), Enumerable.Range(0, Math.Min(river.RowCount, money.RowCount)).Average(i => (river.Row(i) - money.Row(i)).L2Norm()))),
            new("exchanged", "The two numbers have changed places: `same` comes first.",
                (river, money) => (Pairs(river, money).Average(), Inside(river).Concat(Inside(money)).Average())),
            new("sums of absolute differences", "The distance is the root of the sum of squared differences (`L2Norm`), not the sum of absolute ones.",
                (river, money) => (Inside(river, 1).Concat(Inside(money, 1)).Average(), Pairs(river, money, 1).Average())),
            new("sums", "The distances were added up and not averaged.",
                (river, money) => (Inside(river).Concat(Inside(money)).Sum(), Pairs(river, money).Sum())),
            new("every pair of all", "`same` is the mean over all pairs, those of different senses too.",
                (river, money) => (Inside(river).Concat(Inside(money)).Concat(Pairs(river, money)).Average(), Pairs(river, money).Average())),
            new("only neighbours", "`same` compares each row with the next only. Take every pair of different rows.",
                (river, money) => (new[] { river, money }.SelectMany(sense => Enumerable.Range(1, sense.RowCount - 1).Select(i => (sense.Row(i) - sense.Row(i - 1)).L2Norm())).Average(), Pairs(river, money).Average())),
        ]);

    private static IEnumerable<double> Pairs(Matrix<double> a, Matrix<double> b, double p = 2) =>
        from i in Enumerable.Range(0, a.RowCount) from j in Enumerable.Range(0, b.RowCount) select (a.Row(i) - b.Row(j)).Norm(p);

    // NaN, as a quotient makes it, where there are none.
    private static double Mean(IEnumerable<double> distances) => distances.Sum() / distances.Count();

    private static IEnumerable<double> Inside(Matrix<double> a, double p = 2) =>
        from i in Enumerable.Range(0, a.RowCount) from j in Enumerable.Range(0, i) select (a.Row(i) - a.Row(j)).Norm(p);
}
