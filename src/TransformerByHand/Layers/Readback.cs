using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>How much of one set of vectors can be read off another, row by row: what a stream still says of its embedding.</summary>
public static class Readback
{
    /// <summary>The cosine between each row of A and the same row of B, the mean over the rows.</summary>
    /// <param name="A">Tokens (n × d), none of them zero.</param>
    /// <param name="B">As many tokens (n × d), none of them zero.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a matrix is empty or not finite.</exception>
    public static double Cosine(Matrix<double> A, Matrix<double> B)
    {
        Require.NotEmpty(A);
        Require.Finite(A);
        Require.SameShape(B, A);
        return Enumerable.Range(0, A.RowCount).Average(t => A.Row(t) * B.Row(t) / (A.Row(t).L2Norm() * B.Row(t).L2Norm()));
    }

    /// <summary>How alike the tokens of a sequence are: the cosine between two different rows, the mean over all pairs.</summary>
    /// <remarks>With û the rows brought to length 1: ‖Σ û‖² = n + Σ of the cosines of all n·(n − 1) pairs.</remarks>
    /// <param name="X">Tokens (n × d), at least two, none of them zero.</param>
    /// <exception cref="ArgumentException">There are fewer than two tokens, or X is not finite.</exception>
    public static double Alike(Matrix<double> X)
    {
        Require.NotEmpty(X);
        Require.Finite(X);
        int n = X.RowCount;
        if (n < 2) throw new ArgumentException($"X has {n} token, but there should be at least two to compare.", nameof(X));
        var total = X.NormalizeRows(2).ColumnSums();            // (d)
        return (total * total - n) / (n * (n - 1.0));
    }

    /// <summary>Fits a linear map with a constant from X to T by least squares on the first rows, and judges it on the others.</summary>
    /// <param name="X">What is read (n × d).</param>
    /// <param name="T">What is to be found (n × k).</param>
    /// <param name="train">The number of rows to fit with: more than d, fewer than n − 1.</param>
    /// <returns>
    /// R² on the held-out rows, 1 − Σ (T − prediction)² / Σ (T − mean of the column)²: 1 is perfect, 0 no better than the mean,
    /// below 0 worse than that.
    /// </returns>
    /// <exception cref="ArgumentException">The numbers of rows differ, or a matrix is empty or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are too few rows to fit or to judge with.</exception>
    public static double LinearProbe(Matrix<double> X, Matrix<double> T, int train)
    {
        Require.NotEmpty(X);
        Require.Finite(X);
        Require.NotEmpty(T);
        Require.Shape(T, X.RowCount, T.ColumnCount);
        int test = X.RowCount - train;
        if (train <= X.ColumnCount || test < 2)
            throw new ArgumentOutOfRangeException(nameof(train), train, $"train is {train}, but should be more than the {X.ColumnCount} columns of X and leave at least two of its {X.RowCount} rows.");

        var A = X.InsertColumn(0, Vector<double>.Build.Dense(X.RowCount, 1));                    // (n × (1 + d)): the constant is a column of ones
        var W = A.SubMatrix(0, train, 0, A.ColumnCount).QR().Solve(T.SubMatrix(0, train, 0, T.ColumnCount));   // ((1 + d) × k)
        var truth = T.SubMatrix(train, test, 0, T.ColumnCount);                                  // (test × k)
        var missed = truth - A.SubMatrix(train, test, 0, A.ColumnCount) * W;
        var spread = truth.AddRow(-truth.ColumnSums() / test);
        return 1 - Math.Pow(missed.FrobeniusNorm() / spread.FrobeniusNorm(), 2);
    }
}
