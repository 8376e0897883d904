using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>Who can make a·b of a and b: the best Wx + b, 32 ReLU nodes, or a score; fitted between −1 and 1, judged there and beyond.</summary>
public sealed class ProductMaker
{
    private readonly Func<Matrix<double>, Vector<double>> make;

    private ProductMaker(string name, Func<Matrix<double>, Vector<double>> make) => (Name, this.make) = (name, make);

    /// <summary>The best weighted sum of a, b and 1, by least squares on 441 points.</summary>
    public static ProductMaker Affine() => new("Wx + b, the best there is", Fitted(WithOnes));

    /// <summary>The best weighted sum of 32 ReLU nodes, which look at ±(a + b) and ±(a − b), and 1, by least squares on the same points.</summary>
    public static ProductMaker ReLUNodes()
    {
        var inner = DenseMatrix.OfColumns(new double[][] { [1, 1], [-1, -1], [1, -1], [-1, 1] }
            .SelectMany(look => Enumerable.Range(0, 8).Select(t => (double[])[.. look, -t / 4.0])));           // (3 × 32)
        return new("32 ReLU nodes", Fitted(points => WithOnes((WithOnes(points) * inner).PointwiseMaximum(0))));   // (points × 33)
    }

    /// <summary>The score of a token (a, b) with itself, where W_Q = (1, 0)ᵀ picks a and W_K = (0, 1)ᵀ picks b.</summary>
    public static ProductMaker Score()
    {
        var head = new AttentionHead(DenseMatrix.OfArray(new double[,] { { 1 }, { 0 } }), DenseMatrix.OfArray(new double[,] { { 0 }, { 1 } }), DenseMatrix.OfArray(new double[,] { { 1 }, { 1 } }));
        return new("a score, q·k", points => DenseVector.OfEnumerable(points.EnumerateRows().Select(token => head.Forward(token.ToRowMatrix()).Trace.S[0, 0])));
    }

    /// <summary>Who makes it.</summary>
    public string Name { get; }

    /// <summary>R² on 40401 points between −1 and 1: 1 is perfect, 0 no better than the mean.</summary>
    public double RSquared()
    {
        var points = Points(1, steps: 100);
        var (truth, said) = (Products(points), make(points));
        return 1 - (truth - said).PointwisePower(2).Sum() / truth.PointwisePower(2).Sum();
    }

    /// <summary>The largest error on 40401 points, ten times as fine as those of the fit.</summary>
    /// <param name="reach">Between −reach and reach.</param>
    public double LargestError(double reach)
    {
        var points = Points(reach, steps: 100);
        return (Products(points) - make(points)).AbsoluteMaximum();
    }

    /// <summary>R² and the largest errors within −1 … 1 and −3 … 3, a line for each.</summary>
    /// <param name="makers">Who makes it.</param>
    public static Table ToTable(params ProductMaker[] makers) =>
        new Table("the product of two numbers by …", "R²", "largest error, −1 to 1", "largest error, −3 to 3")
            .RowForEach(makers, maker => [maker.Name, maker.RSquared(), maker.LargestError(1), maker.LargestError(3)]);

    /// <summary>What each makes along a = b.</summary>
    /// <param name="makers">Who makes it; a score is drawn dashed.</param>
    public static LineChart ToFigure(params ProductMaker[] makers)
    {
        double[] diagonal = [.. Enumerable.Range(-30, 61).Select(t => t / 10.0)];
        var points = DenseMatrix.OfRows(diagonal.Select(t => DenseVector.OfArray([t, t])));
        return new()
        {
            Title = "a · b along a = b, fitted between −1 and 1",
            X = Axis.Linear("a = b"), Y = Axis.Linear("a · b", min: -1),
            Series = [.. makers.Select(maker => new Series(maker.Name, diagonal, maker.make(points)) { Dashed = maker.Name.StartsWith("a score", StringComparison.Ordinal), Markers = false })],
            References = [Reference.X(-1, "fitted from"), Reference.X(1, "to")],
        };
    }

    private static Matrix<double> Points(double reach, int steps)
    {
        double[] grid = [.. Enumerable.Range(-steps, 2 * steps + 1).Select(g => g * reach / steps)];
        return DenseMatrix.OfRows(grid.SelectMany(a => grid.Select(b => DenseVector.OfArray([a, b]))));                // (points × 2)
    }

    private static Vector<double> Products(Matrix<double> points) => points.Column(0).PointwiseMultiply(points.Column(1));

    private static Matrix<double> WithOnes(Matrix<double> points) => points.Append(DenseMatrix.Create(points.RowCount, 1, 1));

    private static Func<Matrix<double>, Vector<double>> Fitted(Func<Matrix<double>, Matrix<double>> nodes)
    {
        var points = Points(1, steps: 10);
        var outer = nodes(points).QR().Solve(Products(points));
        outer.CoerceZero(1e-12);                                    // rounding errors
        return at => nodes(at) * outer;
    }
}
