using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 08, measured again, with the lesson's own seeds.</summary>
internal static class MultiHeadMeasurements
{
    private static readonly Matrix<double> X = DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
    private static readonly Matrix<double> W_Q = DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 } });
    private static readonly Matrix<double> W_K = DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 } });
    private static readonly Matrix<double> W_V = DenseMatrix.OfArray(new double[,] { { 4, 0 }, { 1, 3 } });
    private static readonly Matrix<double> W_O = DenseMatrix.OfArray(new double[,] { { 1, 2 }, { -1, 1 } });
    private static readonly MultiHeadAttention Layer = MultiHeadAttention.Random(SeededRandom.Create(61), dModel: 12, h: 3, bias: false);

    [Measures("M1")]
    public static (string, double)[] One_wide_projection_and_its_bill()
    {
        var trace = Layer.Forward(Sentence()).Trace;
        double apart = Enumerable.Range(0, 3).Max(i =>
            Largest(new AttentionHead(Block(Layer.W_Q, i), Block(Layer.W_K, i), Block(Layer.W_V, i)).Forward(Sentence()).Y - trace.Heads[i].O));

        // Columns by hand: head 1 of "the" asks with 2, its keys are 0, 1, 1 and its values 4, 1, 5.
        double[] e = [Math.Exp(0), Math.Exp(2), Math.Exp(2)];
        double cut = (4 * e[0] + e[1] + 5 * e[2]) / e.Sum();

        var (one, sixteen) = (BillOf(1), BillOf(16));
        return
        [
            ("wide projections and small ones differ by", apart),
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
        var tokens = Sentence();
        var (Y, trace) = Layer.Forward(tokens);
        // Each write from the definition: the head's columns of O times its rows of W_O.
        Matrix<double>[] WritesOf(MultiHeadAttention layer, MultiHeadAttentionTrace t) =>
            [.. Enumerable.Range(0, 3).Select(i => t.O.SubMatrix(0, t.O.RowCount, 4 * i, 4) * layer.W_O.SubMatrix(4 * i, 4, 0, 12))];
        var writes = WritesOf(Layer, trace);

        var changed = Layer.W_Q.Clone();
        changed[0, 0] += 1;
        var nudged = new MultiHeadAttention(3, changed, Layer.W_K, Layer.W_V, Layer.W_O);
        var nudgedWrites = WritesOf(nudged, nudged.Forward(tokens).Trace);

        Matrix<double> Exchanged(bool rowsToo)
        {
            Matrix<double> Turned(Matrix<double> W) => new[] { 2, 1, 0 }.Select(i => Block(W, i)).SideBySide();
            var rows = rowsToo ? Turned(Layer.W_O.Transpose()).Transpose() : Layer.W_O;
            return new MultiHeadAttention(3, Turned(Layer.W_Q), Turned(Layer.W_K), Turned(Layer.W_V), rows).Forward(tokens).Y;
        }

        var biased = WithBiases(MultiHeadAttention.Random(SeededRandom.Create(62), dModel: 12, h: 3), 63);
        var biasedTrace = biased.Forward(tokens).Trace;
        var rest = biasedTrace.Y - WritesOf(biased, biasedTrace).Aggregate((a, b) => a + b);
        return
        [
            ("the sum of the writes misses the output by", Largest(writes.Aggregate((a, b) => a + b) - Y)),
            ("heads whose writes move with W_Q of head 1, of 3", writes.Zip(nudgedWrites).Count(pair => Largest(pair.First - pair.Second) > 0)),
            ("two heads exchanged with their rows: output moves by", Largest(Exchanged(rowsToo: true) - Y)),
            ("two heads exchanged without their rows: output moves by", Largest(Exchanged(rowsToo: false) - Y)),
            ("with biases, the rest misses b_O by", Largest(rest.AddRow(-biased.b_O!))),
        ];
    }

    [Measures("M3")]
    public static (string, double)[] One_head_and_two()
    {
        double c = Math.Sqrt(2) * Math.Log(3);
        var byHand = new MultiHeadAttention(
            2,
            c * DenseMatrix.CreateIdentity(4),
            DenseMatrix.OfArray(new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 } }),
            DenseMatrix.OfArray(new double[,] { { 0, 0 }, { 0, 0 }, { 2, 2 } }),
            DenseMatrix.CreateIdentity(2));

        MultiHeadAttention[] Trained(int h) => [.. Enumerable.Range(100, 20).Select(seed => Train(seed, h, All, texts: 2))];
        var pairs = Trained(2);
        double Reached(int[] asked, int texts, double η = 0.3) => Enumerable.Range(100, 5).Min(seed => Loss(Train(seed, 1, asked, texts, η), asked, texts));
        int[][] twoVerbs = [.. from a in All from b in All where a < b select new[] { a, b }];
        return
        [
            ("lowest loss of one head, from the covariance", Floor()),
            ("one head, lowest of 20 trained", Trained(1).Min(layer => Loss(layer, All, 2))),
            ("two heads, set by hand", Loss(byHand, All, 2)),
            ("two heads, below 0.001 of 20 trained", pairs.Count(layer => Loss(layer, All, 2) < 0.001)),
            ("verbs that one head can serve in one sentence, of 4", Enumerable.Range(1, 4).Count(asked => Reached([.. All.Take(asked)], texts: 1) < 0.001)),
            ("one head with three of the verbs", Reached([0, 1, 2], texts: 1)),
            ("pairs of verbs that one head can serve in both sentences, of 6", twoVerbs.Count(asked => Reached(asked, texts: 2, η: 0.1) < 0.001)),
            ("pairs of heads with one job each, of 20", pairs.Count(layer => Slant(layer, 0) < 10 && Slant(layer, 1) < 10)),
        ];
    }

    [Measures("M5")]
    public static (string, double)[] Backward()
    {
        var layer = WithBiases(MultiHeadAttention.Random(SeededRandom.Create(67), dModel: 6, h: 3), 68);
        var (four, five) = (SeededRandom.Create(69).NormalMatrix(4, 6), SeededRandom.Create(70).NormalMatrix(5, 6));
        var band = Mask.Where(4, 5, (i, j) => j <= i + 1);
        var self = GradientCheck.Run(layer, four);
        var cross = GradientCheck.Run(
            [new Parameter("X", four), new Parameter("M", five), .. layer.Parameters],
            () => layer.Forward(four, five, band).Y,
            dY => layer.Backward(layer.Forward(four, five, band).Trace, dY).ByName());

        var recorded = Safetensors.Load(Path.Combine(AppContext.BaseDirectory, "pytorch", "multi-head.safetensors"));
        Matrix<double> Recorded(string name) => recorded[name].ToMatrix();
        var asked = new MultiHeadAttention(2, Recorded("W_Q"), Recorded("W_K"), Recorded("W_V"), Recorded("W_O"));
        var gradients = asked.Backward(asked.Forward(Recorded("X")).Trace, Recorded("dY")).ByName();

        var quiet = Layer.W_O.Clone();
        quiet.SetSubMatrix(4, 0, DenseMatrix.Create(4, 12, 0));
        var silent = new MultiHeadAttention(3, Layer.W_Q, Layer.W_K, Layer.W_V, quiet);
        var ofSilent = silent.Backward(silent.Forward(Sentence()).Trace, SeededRandom.Create(71).NormalMatrix(5, 12));
        Matrix<double>[] ofHead2 = [Block(ofSilent.dW_Q, 1), Block(ofSilent.dW_K, 1), Block(ofSilent.dW_V, 1), ofSilent.dW_O.SubMatrix(4, 4, 0, 12)];

        int Agreeing(GradientReport report) => report.Variables.Count(variable => variable.Verdict == GradientVerdict.Agrees);
        return
        [
            ("gradients that agree with central differences, self, of 9", Agreeing(self)),
            ("gradients that agree with central differences, cross, of 10", Agreeing(cross)),
            ("largest miss from PyTorch's gradients", new[] { "X", "W_Q", "W_K", "W_V", "W_O" }.Max(name => Largest(gradients[name].ToMatrix() - Recorded("d" + name)))),
            ("gradients of a silent head that are zero, of 4", ofHead2.Count(gradient => Largest(gradient) == 0)),
        ];
    }

    private static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    private static Matrix<double> Block(Matrix<double> W, int head) => W.SubMatrix(0, W.RowCount, 4 * head, 4);

    private static Matrix<double> Sentence()
    {
        var words = SeededRandom.Create(60).NormalMatrix(4, 12);
        return DenseMatrix.OfRows(new[] { 0, 1, 2, 0, 3 }.Select(id => words.Row(id)));
    }

    private static MultiHeadAttention WithBiases(MultiHeadAttention layer, int seed)
    {
        foreach (var bias in layer.Parameters.Where(p => p.Shape.Count == 1))
            bias.Set(SeededRandom.Create(seed).NormalVector(bias.Count).ToArray());
        return layer;
    }

    private static (double Parameters, double Products, double Weights, int Rank) BillOf(int h)
    {
        var layer = MultiHeadAttention.Random(SeededRandom.Create(65), dModel: 64, h, bias: false);
        var t = layer.Forward(SeededRandom.Create(64).NormalMatrix(48, 64)).Trace;
        double Times(Matrix<double> A, Matrix<double> B) => (double)A.RowCount * A.ColumnCount * B.ColumnCount;
        return (
            layer.Parameters.NumberCount,
            Times(t.X, layer.W_Q) + Times(t.M, layer.W_K) + Times(t.M, layer.W_V) + Times(t.O, layer.W_O)
                + t.Heads.Sum(head => Times(head.Q, head.K.Transpose()) + Times(head.A, head.V)),
            t.Heads.Sum(head => (double)head.A.RowCount * head.A.ColumnCount),
            t.Heads[0].S.Rank());
    }

    private static readonly int[] All = [0, 1, 2, 3];

    private static Matrix<double> Rows(double[,] M, int[] which) => DenseMatrix.OfRows(which.Select(i => DenseMatrix.OfArray(M).Row(i)));

    private static (Matrix<double> Nouns, Matrix<double> Answers)[] Texts(int[] asked, int texts) =>
        [.. new[] { 1.0, -1.0 }.Take(texts).Select(first => (
            (Matrix<double>)DenseMatrix.OfArray(Lesson08.Nouns(first, -first)),
            Rows(Lesson08.Answers(first, -first), asked)))];

    private static double Loss(MultiHeadAttention layer, int[] asked, int texts) => Texts(asked, texts).Average(text =>
        (layer.Forward(Rows(Lesson08.Questions(), asked), text.Nouns, mask: null).Y - text.Answers).Enumerate().Sum(v => v * v) / asked.Length);

    private static MultiHeadAttention Train(int seed, int h, int[] asked, int texts, double η = 0.3)
    {
        var draw = SeededRandom.Create(seed);
        var layer = new MultiHeadAttention(h, draw.NormalMatrix(4, 4, 0.5), draw.NormalMatrix(3, 4, 0.5), draw.NormalMatrix(3, 4, 0.5), draw.NormalMatrix(4, 2, 0.5));
        var (questions, sentences) = (Rows(Lesson08.Questions(), asked), Texts(asked, texts));
        for (int step = 0; step < 2000; step++)
        {
            var gradient = ParameterSet.Sum([.. sentences.Select(text =>
            {
                var (Y, trace) = layer.Forward(questions, text.Nouns, mask: null);
                return layer.Backward(trace, 2.0 / (asked.Length * texts) * (Y - text.Answers)).OfParameters();
            })]);
            foreach (var parameter in layer.Parameters)
                for (int i = 0; i < parameter.Count; i++)
                    parameter[i] -= η * gradient[parameter.Name][i];
        }
        return layer;
    }

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
        var u = (Texts(All, 1)[0].Nouns * layer.W_V).ColumnBlock(head, layer.h) * layer.W_O.RowBlock(head, layer.h);
        double[] along = [Math.Abs(u[0, 0] - u[1, 0]), Math.Abs(u[0, 1] - u[1, 1])];
        return Math.Atan2(along.Min(), along.Max()) * 180 / Math.PI;
    }
}
