using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>All five gradients of the feed-forward block, from X (n × d_model), H = X·W_1 + b_1 (n × d_ff), both matrices and dY (n × d_model).</summary>
    public delegate (Matrix<double> dX, Matrix<double> dW_1, Vector<double> db_1, Matrix<double> dW_2, Vector<double> db_2) FeedForwardBackFunction(
        Matrix<double> X, Matrix<double> H, Matrix<double> W_1, Matrix<double> W_2, Matrix<double> dY);

    /// <summary>07.2: back through the feed-forward block.</summary>
    public static FunctionExercise<FeedForwardBackFunction> FeedForwardBack { get; } = new(
        id: "07.2",
        title: "Back through ReLU and both matrices",
        statement: "Y = max(0, H)·W_2 + b_2 with H = X·W_1 + b_1. Return the five gradients, given dY.",
        solution: (X, H, W_1, W_2, dY) =>
        {
            var dW_2 = H.PointwiseMaximum(0).Transpose() * dY;          // (d_ff × d_model)
            var open = H.Map(h => h > 0 ? 1.0 : 0);                     // where ReLU lets through
            var dH = (dY * W_2.Transpose()).PointwiseMultiply(open);    // (n × d_ff)
            return (dH * W_1.Transpose(), X.Transpose() * dH, dH.ColumnSums(), dW_2, dY.ColumnSums());
        },
        cases:
        [
            BackCase(Of(new double[,] { { 1, 2 }, { -1, 3 } }), Of(new double[,] { { 1, -1 }, { 1, 2 } }), Of(-1, -4), Of(new double[,] { { 1, 3 }, { 2, -1 } }), Of(new double[,] { { 1, 3 }, { 4, -1 } })),
            BackCase(Of(new double[,] { { 2 } }), Of(new double[,] { { 3 } }), Of(-1.0), Of(new double[,] { { 4 } }), Of(new double[,] { { 5 } })),
            // H is exactly 0 in two places: there the slope of ReLU is taken as 0.
            BackCase(Of(new double[,] { { 1, 1 }, { 2, 0 } }), Of(new double[,] { { 1, -1, 2 }, { -1, 1, 0 } }), Of(0, 0, -1), Of(new double[,] { { 1, 2 }, { 3, 4 }, { 5, -6 } }), Of(new double[,] { { 1, -2 }, { 0, 3 } })),
            BackCase(SeededRandom.Create(81).NormalMatrix(4, 3), SeededRandom.Create(82).NormalMatrix(3, 7), SeededRandom.Create(83).NormalVector(7), SeededRandom.Create(84).NormalMatrix(7, 3), SeededRandom.Create(85).NormalMatrix(4, 3)),
            BackCase(1000 * SeededRandom.Create(86).NormalMatrix(2, 3), SeededRandom.Create(87).NormalMatrix(3, 5), SeededRandom.Create(88).NormalVector(5), SeededRandom.Create(89).NormalMatrix(5, 3), SeededRandom.Create(90).NormalMatrix(2, 3)),
        ],
        randomCase: random =>
        {
            (int n, int d, int f) = (random.Next(1, 5), random.Next(2, 6), random.Next(2, 9));
            return BackCase(random.NormalMatrix(n, d), random.NormalMatrix(d, f), random.NormalVector(f), random.NormalMatrix(f, d), random.NormalMatrix(n, d));
        },
        hints:
        [
            "From the end: Y = Φ·W_2 + b_2 with Φ = max(0, H). Lesson 06 has what a product sends to each factor: dW_2 = Φᵀ·dY, dΦ = dY·W_2ᵀ. The bias was added to every row, so db_2 is the sum of the rows of dY.",
            "ReLU passes a gradient on where H > 0, and stops it where not: multiply dΦ number by number with 1 or 0.",
            "Then the same once more with H = X·W_1 + b_1: dW_1 = Xᵀ·dH, db_1 = the sum of the rows, dX = dH·W_1ᵀ.",
        ],
        mistakes:
        [
            new("ReLU forgotten", "The gradient went through ReLU as if it were not there. Where H is negative, Φ is 0 and stays 0: nothing comes back through it.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, slope: _ => 1)),
            new("open at 0", "Where H is exactly 0 the gradient was let through. The convention, PyTorch's too, is to let it through where H > 0 only.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, slope: h => h >= 0 ? 1 : 0)),
            new("ReLU turned round", "The gradient passes where H is negative. It is the other way round.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, slope: h => h > 0 ? 0 : 1)),
            new("times Φ", "dΦ was multiplied by max(0, H) itself. The slope of ReLU is 1 where it is open, however large H is.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, slope: h => Math.Max(0, h))),
            new("dW_2 with H", "dW_2 was made with H. What W_2 was multiplied by is Φ = max(0, H).",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { dW_2 = H.Transpose() * dY }),
            new("ReLU applied to the gradient", "max(0, ·) was applied to the gradient. Whether a gradient passes is decided by the sign of H, not by its own.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, change: dΦ => dΦ.PointwiseMaximum(0), slope: _ => 1))
                { Variants = [(X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, change: dΦ => dΦ.PointwiseMaximum(0))] },
            new("means for the biases", "The biases received the mean over the tokens. Each was added to every row, and receives the sum.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) is var g ? g with { db_1 = g.db_1 / X.RowCount, db_2 = g.db_2 / X.RowCount } : g),
            new("db_1 before ReLU", "db_1 was summed before ReLU had stopped what it stops. b_1 is added inside: sum the rows of dH.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { db_1 = (dY * W_2.Transpose()).ColumnSums() }),
            new("dW_1 before ReLU", "dW_1 was made with the gradient before ReLU. Use dH, after it.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { dW_1 = X.Transpose() * (dY * W_2.Transpose()) }),
            new("dX before ReLU", "dX was made with the gradient before ReLU. Use dH, after it.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { dX = dY * W_2.Transpose() * W_1.Transpose() }),
            new("ReLU after W_1 and b_1", "dW_1 and db_1 were made before ReLU had stopped what it stops, and only dX after it. All three begin with dH.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { dW_1 = X.Transpose() * (dY * W_2.Transpose()), db_1 = (dY * W_2.Transpose()).ColumnSums() }),
            new("sums over the features", "A bias received one number for each token. It has one for each feature, and collects it from all tokens: add up the rows, not what stands in a row.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { db_1 = Passed(H, dY * W_2.Transpose()).RowSums(), db_2 = dY.RowSums() })
            {
                Variants =
                [
                    (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { db_1 = Passed(H, dY * W_2.Transpose()).RowSums() },
                    (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) with { db_2 = dY.RowSums() },
                ],
            },
            new("residual added", "dY was added to dX. That is the way past the block, which the residual connection sees to: return the block's own.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY) is var g ? g with { dX = g.dX + dY } : g),
            new("W_2 not turned", "dY was multiplied by W_2 as it is, not by its transpose. With a square W_2 the shapes hide it.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, turned: (false, true))),
            new("W_1 not turned", "dH was multiplied by W_1 as it is, not by its transpose. With a square W_1 the shapes hide it.",
                (X, H, W_1, W_2, dY) => Back(X, H, W_1, W_2, dY, turned: (true, false))),
        ])
    {
        Formulas = [@"dH = (dY\,W_2^\top) \odot [H > 0]"],
    };

    private static object[] BackCase(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2, Matrix<double> dY) =>
        [X, X.Project(W_1, b_1), W_1, W_2, dY];

    /// <summary>What ReLU lets through.</summary>
    private static Matrix<double> Passed(Matrix<double> H, Matrix<double> dΦ) => dΦ.MapIndexed((i, j, v) => H[i, j] > 0 ? v : 0, Zeros.Include);

    /// <summary>The backward pass, with a mistake on request.</summary>
    private static (Matrix<double> dX, Matrix<double> dW_1, Vector<double> db_1, Matrix<double> dW_2, Vector<double> db_2) Back(
        Matrix<double> X, Matrix<double> H, Matrix<double> W_1, Matrix<double> W_2, Matrix<double> dY,
        Func<double, double>? slope = null, Func<Matrix<double>, Matrix<double>>? change = null, (bool W_2, bool W_1)? turned = null)
    {
        var dΦ = dY * (turned?.W_2 ?? true ? W_2.Transpose() : W_2);
        var dH = (change?.Invoke(dΦ) ?? dΦ).PointwiseMultiply(H.Map(slope ?? (h => h > 0 ? 1 : 0), Zeros.Include));
        return (dH * (turned?.W_1 ?? true ? W_1.Transpose() : W_1), X.Transpose() * dH, dH.ColumnSums(), Open(H).Transpose() * dY, dY.ColumnSums());
    }
}
