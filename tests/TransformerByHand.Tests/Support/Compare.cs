using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Tests.Support;

/// <summary>Compares matrices by the largest difference, relative to the largest entry.</summary>
internal static class Compare
{
    /// <summary>
    /// Tensors whose largest entry is below this are compared as if it were this. Gradients that are zero by mathematics are rounding on
    /// either side: LayerNorm's dX at width 1 is 0 here and −3e-14 in PyTorch.
    /// </summary>
    private const double Floor = 1e-3;

    public static double Distance(Matrix<double> a, Matrix<double> b) => (a - b).Enumerate().Max(Math.Abs);

    public static void MustBeClose(string what, Matrix<double> ours, Matrix<double> theirs, double tolerance)
    {
        (ours.RowCount, ours.ColumnCount).ShouldBe((theirs.RowCount, theirs.ColumnCount), $"shape of {what}");
        double scale = Math.Max(Floor, theirs.Enumerate().Max(Math.Abs));
        (Distance(ours, theirs) / scale).ShouldBeLessThanOrEqualTo(tolerance, $"{what}: {ours} should be {theirs}");
    }
}
