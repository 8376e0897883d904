using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 08, measured again, with the lesson's own seeds.</summary>
internal static class MultiHeadMeasurements
{
    private static readonly Matrix<double> X = DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
    private static readonly Matrix<double> W_Q = DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 } });
    private static readonly Matrix<double> W_K = DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 } });
    private static readonly Matrix<double> W_V = DenseMatrix.OfArray(new double[,] { { 4, 0 }, { 1, 3 } });

    [Measures("M1")]
    public static (string, double)[] One_wide_projection_and_its_bill()
    {
        // Columns by hand: head 1 of "the" asks with 2, its keys are 0, 1, 1 and its values 4, 1, 5.
        double[] e = [Math.Exp(0), Math.Exp(2), Math.Exp(2)];
        double cut = (4 * e[0] + e[1] + 5 * e[2]) / e.Sum();

        var (one, sixteen) = (Lesson08.BillOf(1), Lesson08.BillOf(16));
        return
        [
            ("wide projections and small ones differ by", Lesson08.SmallProjectionsDiffer()),
            ("first output of “the”, one head of width 2", ScaledDotProductAttention.Forward(X * W_Q, X * W_K, X * W_V).O[0, 0]),
            ("first output of “the”, two heads of width 1", cut),
            ("parameters, 16 heads to 1", sixteen.Parameters / one.Parameters),
            ("multiplications, 16 heads to 1", sixteen.Products / one.Products),
            ("attention weights, 16 heads to 1", sixteen.Weights / one.Weights),
            ("rank of a head's scores, 1 head", one.Rank),
            ("rank of a head's scores, 16 heads", sixteen.Rank),
        ];
    }

    [Measures("M2")]
    public static (string, double)[] Writes()
    {
        var (layer, tokens) = (Lesson08.ThreeHeads(), Lesson08.Sentence());
        var (Y, trace) = layer.Forward(tokens);
        // Each write from the definition: the head's columns of O times its rows of W_O.
        var writes = Enumerable.Range(0, 3).Select(i => trace.O.SubMatrix(0, trace.O.RowCount, 4 * i, 4) * layer.W_O.SubMatrix(4 * i, 4, 0, 12));
        double Exchanged(bool rowsToo) => Lesson08.Largest(Lesson08.InOrder([2, 1, 0], rowsToo).Forward(tokens).Y - Y);
        return
        [
            ("the sum of the writes misses the output by", Lesson08.Largest(writes.Aggregate((a, b) => a + b) - Y)),
            ("heads whose writes move with W_Q of one head, of 3", Lesson08.HeadsThatMove()),
            ("two heads exchanged with their rows: output moves by", Exchanged(rowsToo: true)),
            ("two heads exchanged without their rows: output moves by", Exchanged(rowsToo: false)),
            ("with biases, the rest misses b_O by", Lesson08.RestMissesBias()),
        ];
    }

    [Measures("M3")]
    public static (string, double)[] One_head_and_two()
    {
        static MultiHeadAttention Train(int seed, int h, int[]? asked = null, int texts = 2, double η = 0.3)
        {
            var layer = Lesson08.Untrained(seed, h);
            Lesson08.TrainToFetch(layer, 2000, asked, texts, η);
            return layer;
        }
        MultiHeadAttention[] Trained(int h) => [.. Enumerable.Range(100, 20).Select(seed => Train(seed, h))];
        var pairs = Trained(2);
        double Reached(int[] asked, int texts, double η = 0.3) => Enumerable.Range(100, 5).Min(seed => Lesson08.FetchLoss(Train(seed, 1, asked, texts, η), asked, texts));
        int[][] twoVerbs = [.. from a in All from b in All where a < b select new[] { a, b }];
        return
        [
            ("lowest loss of one head, from the covariance", Floor()),
            ("one head, lowest of 20 trained", Trained(1).Min(layer => Lesson08.FetchLoss(layer))),
            ("two heads, set by hand", Lesson08.FetchLoss(Lesson08.SetByHand())),
            ("two heads, below 0.001 of 20 trained", pairs.Count(layer => Lesson08.FetchLoss(layer) < 0.001)),
            ("verbs that one head can serve in one sentence, of 4", Enumerable.Range(1, 4).Count(asked => Reached([.. All.Take(asked)], texts: 1) < 0.001)),
            ("one head with three of the verbs", Reached([0, 1, 2], texts: 1)),
            ("pairs of verbs that one head can serve in both sentences, of 6", twoVerbs.Count(asked => Reached(asked, texts: 2, η: 0.1) < 0.001)),
            ("pairs of heads with one job each, of 20", pairs.Count(layer => Slant(layer, 0) < 10 && Slant(layer, 1) < 10)),
        ];
    }

    [Measures("M5")]
    public static (string, double)[] Backward()
    {
        var (self, cross) = Lesson08.Differences();
        return
        [
            ("gradients that agree with central differences, self, of 9", Lesson08.Agreeing(self)),
            ("gradients that agree with central differences, cross, of 10", Lesson08.Agreeing(cross)),
            ("largest miss from PyTorch's gradients", Lesson08.MissesPyTorchBy(Path.Combine(AppContext.BaseDirectory, "pytorch", "multi-head.safetensors"))),
            ("gradients of a silent head that are zero, of 4", Lesson08.SilentHead().Count(gradient => gradient.Largest == 0)),
        ];
    }

    private static readonly int[] All = [0, 1, 2, 3];

    /// <summary>The mean squared distance of the four right answers from the best of 3600 lines through their mean.</summary>
    private static double Floor()
    {
        double[][] corners = [[1, -1], [-1, 1], [1, 1], [-1, -1]];
        return Enumerable.Range(0, 3600).Min(step =>
        {
            var (sin, cos) = Math.SinCos(step * Math.PI / 3600);
            return corners.Average(t => Math.Pow(sin * t[0] - cos * t[1], 2));
        });
    }

    /// <summary>Degrees between a head's segment and the nearest axis.</summary>
    private static double Slant(MultiHeadAttention layer, int head)
    {
        var u = (DenseMatrix.OfArray(Lesson08.Nouns(1, -1)) * layer.W_V).ColumnBlock(head, layer.h) * layer.W_O.RowBlock(head, layer.h);
        double[] along = [Math.Abs(u[0, 0] - u[1, 0]), Math.Abs(u[0, 1] - u[1, 1])];
        return Math.Atan2(along.Min(), along.Max()) * 180 / Math.PI;
    }
}
