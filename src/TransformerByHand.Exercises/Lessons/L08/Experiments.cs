using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

// The lesson's experiments. Lesson, laboratory and the claims' tests call them, so that each stands in one place.
public static partial class Lesson08
{
    /// <summary>The words of <see cref="Sentence"/>.</summary>
    public static IReadOnlyList<string> SentenceWords { get; } = ["the", "cat", "saw", "the", "dog"];

    /// <summary>The five tokens of 'the cat saw the dog', of width 12, with equal rows for equal words (seed 60).</summary>
    /// <returns>The tokens (5 × 12).</returns>
    public static Matrix<double> Sentence()
    {
        var words = SeededRandom.Create(60).NormalMatrix(4, 12);
        return DenseMatrix.OfRows(new[] { 0, 1, 2, 0, 3 }.Select(id => words.Row(id)));
    }

    /// <summary>A layer for tokens of width 12 with three heads of width 4 and no biases (seed 61).</summary>
    public static MultiHeadAttention ThreeHeads() => MultiHeadAttention.Random(SeededRandom.Create(61), dModel: 12, h: 3, bias: false);

    /// <summary>The largest number of a matrix, whatever its sign.</summary>
    public static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    /// <summary>How far the outputs of <see cref="ThreeHeads"/> lie from those of three heads with small projections of their own.</summary>
    public static double SmallProjectionsDiffer()
    {
        var (layer, tokens) = (ThreeHeads(), Sentence());
        var trace = layer.Forward(tokens).Trace;
        return Enumerable.Range(0, 3).Max(i =>
            Largest(new AttentionHead(layer.W_Q.ColumnBlock(i, 3), layer.W_K.ColumnBlock(i, 3), layer.W_V.ColumnBlock(i, 3)).Forward(tokens).Y - trace.Heads[i].O));
    }

    /// <summary>What a layer costs, counted from the matrices that it makes of 48 tokens of width 64 (seeds 64 and 65).</summary>
    /// <param name="h">The number of heads, a divisor of 64.</param>
    /// <returns>Numbers in its parameters, multiplications in its matrix products, attention weights, and the rank of head 0's scores.</returns>
    public static (double Parameters, double Products, double Weights, int Rank) BillOf(int h)
    {
        var layer = MultiHeadAttention.Random(SeededRandom.Create(65), dModel: 64, h, bias: false);
        var t = layer.Forward(SeededRandom.Create(64).NormalMatrix(48, 64)).Trace;
        static double Times(Matrix<double> A, Matrix<double> B) => (double)A.RowCount * A.ColumnCount * B.ColumnCount;
        return (
            layer.Parameters.NumberCount,
            Times(t.X, layer.W_Q) + Times(t.M, layer.W_K) + Times(t.M, layer.W_V) + Times(t.O, layer.W_O)
                + t.Heads.Sum(head => Times(head.Q, head.K.Transpose()) + Times(head.A, head.V)),
            t.Heads.Sum(head => (double)head.A.RowCount * head.A.ColumnCount),
            t.Heads[0].S.Rank());
    }

    /// <summary><see cref="ThreeHeads"/> with the heads in another order: the columns of W_Q, W_K and W_V, and the rows of W_O where asked.</summary>
    /// <param name="order">Which head stands at each place.</param>
    /// <param name="rowsToo">Whether the rows of W_O move along.</param>
    public static MultiHeadAttention InOrder(int[] order, bool rowsToo)
    {
        var layer = ThreeHeads();
        Matrix<double> Columns(Matrix<double> W) => order.Select(i => W.ColumnBlock(i, 3)).SideBySide();
        return new(3, Columns(layer.W_Q), Columns(layer.W_K), Columns(layer.W_V), rowsToo ? Columns(layer.W_O.Transpose()).Transpose() : layer.W_O);
    }

    /// <summary>How many heads of <see cref="ThreeHeads"/> write something else when a number in head 0's columns of W_Q is changed.</summary>
    public static int HeadsThatMove()
    {
        var (layer, tokens) = (ThreeHeads(), Sentence());
        var changed = layer.W_Q.Clone();
        changed[0, 0] += 1;
        var nudged = new MultiHeadAttention(3, changed, layer.W_K, layer.W_V, layer.W_O);
        return layer.HeadWrites(layer.Forward(tokens).Trace).Zip(nudged.HeadWrites(nudged.Forward(tokens).Trace))
            .Count(pair => Largest(pair.First - pair.Second) > 0);
    }

    /// <summary>In a layer with biases (seeds 62 and 63), how far the output less the heads' writes lies from b_O.</summary>
    public static double RestMissesBias()
    {
        var layer = WithBiases(MultiHeadAttention.Random(SeededRandom.Create(62), dModel: 12, h: 3), 63);
        var trace = layer.Forward(Sentence()).Trace;
        return Largest((trace.Y - layer.HeadWrites(trace).Aggregate((a, b) => a + b)).AddRow(-layer.b_O!));
    }

    /// <summary>The gradients of a layer of width 6 with three heads and all biases against central differences (seeds 67 to 70).</summary>
    /// <returns>The report of self-attention on four tokens, and of cross-attention from four tokens to five under a mask.</returns>
    public static (GradientReport Self, GradientReport Cross) Differences()
    {
        var layer = WithBiases(MultiHeadAttention.Random(SeededRandom.Create(67), dModel: 6, h: 3), 68);
        var (four, five) = (SeededRandom.Create(69).NormalMatrix(4, 6), SeededRandom.Create(70).NormalMatrix(5, 6));
        var band = Mask.Where(4, 5, (i, j) => j <= i + 1);
        return (GradientCheck.Run(layer, four), GradientCheck.Run(
            [new Parameter("X", four), new Parameter("M", five), .. layer.Parameters],
            () => layer.Forward(four, five, band).Y,
            dY => layer.Backward(layer.Forward(four, five, band).Trace, dY).ByName()));
    }

    /// <summary>How many variables of a report agree with central differences.</summary>
    public static int Agreeing(GradientReport report) => report.Variables.Count(variable => variable.Verdict == GradientVerdict.Agrees);

    /// <summary>How far the layer's gradients lie from those that PyTorch recorded for three tokens and two heads.</summary>
    /// <param name="path">The file of recorded values, <c>multi-head.safetensors</c>.</param>
    public static double MissesPyTorchBy(string path)
    {
        var recorded = Safetensors.Load(path);
        Matrix<double> Recorded(string name) => recorded[name].ToMatrix();
        var layer = new MultiHeadAttention(2, Recorded("W_Q"), Recorded("W_K"), Recorded("W_V"), Recorded("W_O"));
        var gradients = layer.Backward(layer.Forward(Recorded("X")).Trace, Recorded("dY")).ByName();
        return new[] { "X", "W_Q", "W_K", "W_V", "W_O" }.Max(name => Largest(gradients[name].ToMatrix() - Recorded("d" + name)));
    }

    /// <summary>
    /// The gradients of head 1 of <see cref="ThreeHeads"/> when its rows of W_O are all 0, so that it writes nothing, and a random gradient
    /// arrives (seed 71).
    /// </summary>
    /// <returns>For its columns of W_Q, W_K and W_V and its rows of W_O, the largest number.</returns>
    public static IReadOnlyList<(string Name, double Largest)> SilentHead()
    {
        var layer = ThreeHeads();
        var quiet = layer.W_O.Clone();
        quiet.SetSubMatrix(4, 0, DenseMatrix.Create(4, 12, 0));
        var silent = new MultiHeadAttention(3, layer.W_Q, layer.W_K, layer.W_V, quiet);
        var gradients = silent.Backward(silent.Forward(Sentence()).Trace, SeededRandom.Create(71).NormalMatrix(5, 12));
        return
        [
            ("its columns of W_Q", Largest(gradients.dW_Q.ColumnBlock(1, 3))),
            ("its columns of W_K", Largest(gradients.dW_K.ColumnBlock(1, 3))),
            ("its columns of W_V", Largest(gradients.dW_V.ColumnBlock(1, 3))),
            ("its rows of W_O", Largest(gradients.dW_O.RowBlock(1, 3))),
        ];
    }

    /// <summary>Two heads whose weights were set by hand, without large scores: they answer all four questions about two opposite nouns.</summary>
    public static MultiHeadAttention SetByHand() => new(
        2,
        W_Q: Math.Sqrt(2) * Math.Log(3) * DenseMatrix.CreateIdentity(4),     // after the scale 1/√2, a noun that fits has the score ln 3
        W_K: DenseMatrix.OfArray(ByPlace),
        W_V: DenseMatrix.OfArray(new double[,] { { 0, 0 }, { 0, 0 }, { 2, 2 } }),
        W_O: DenseMatrix.CreateIdentity(2));

    /// <summary>
    /// The mean squared distance of answers from the line that is best for them: the smaller eigenvalue of their covariance. No single
    /// head that looks at two nouns comes nearer.
    /// </summary>
    /// <param name="answers">The right answers, one a row (verbs × 2).</param>
    public static double FloorOfOneHead(Matrix<double> answers)
    {
        var centred = answers.AddRow(-answers.ColumnSums() / answers.RowCount);
        return (centred.Transpose() * centred / answers.RowCount).Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real);
    }

    /// <summary>A layer for the four questions that has still to be trained: 48 random numbers, cut for one, two or four heads.</summary>
    /// <param name="seed">Draws them; the same numbers whatever h is.</param>
    /// <param name="h">The number of heads: 1, 2 or 4.</param>
    public static MultiHeadAttention Untrained(int seed, int h)
    {
        var draw = SeededRandom.Create(seed);
        return new(h, draw.NormalMatrix(4, 4, 0.5), draw.NormalMatrix(3, 4, 0.5), draw.NormalMatrix(3, 4, 0.5), draw.NormalMatrix(4, 2, 0.5));
    }

    /// <summary>The mean squared distance of a layer's answers from the right ones.</summary>
    /// <param name="layer">The layer: verbs ask (4 wide), nouns are asked (3 wide), answers are 2 wide.</param>
    /// <param name="asked">Which verbs ask; all four where it is null.</param>
    /// <param name="texts">1 for 'cat, dog' alone, 2 for 'dog, cat' as well.</param>
    public static double FetchLoss(MultiHeadAttention layer, int[]? asked = null, int texts = 2) =>
        Texts(asked, texts).Average(text => (layer.Forward(text.Questions, text.Nouns, mask: null).Y - text.Answers).Enumerate().Sum(v => v * v) / text.Questions.RowCount);

    /// <summary>Trains a layer on the questions by plain gradient descent on <see cref="FetchLoss"/>. Its weights change.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="asked">Which verbs ask; all four where it is null.</param>
    /// <param name="texts">1 for 'cat, dog' alone, 2 for 'dog, cat' as well.</param>
    /// <param name="η">The learning rate.</param>
    /// <returns>The loss before every step.</returns>
    public static double[] TrainToFetch(MultiHeadAttention layer, int steps, int[]? asked = null, int texts = 2, double η = 0.3)
    {
        var (all, losses) = (Texts(asked, texts), new double[steps]);
        double share = 1.0 / (all[0].Questions.RowCount * texts);
        for (int step = 0; step < steps; step++)
        {
            List<ParameterSet> gradients = [];
            foreach (var text in all)
            {
                var (Y, trace) = layer.Forward(text.Questions, text.Nouns, mask: null);
                var error = Y - text.Answers;                                   // (verbs × 2)
                losses[step] += error.Enumerate().Sum(v => v * v) * share;
                gradients.Add(layer.Backward(trace, 2 * share * error).OfParameters());
            }
            var sum = ParameterSet.Sum(gradients);
            foreach (var parameter in layer.Parameters)
                for (int i = 0; i < parameter.Count; i++) parameter[i] -= η * sum[parameter.Name][i];
        }
        return losses;
    }

    private static (Matrix<double> Questions, Matrix<double> Nouns, Matrix<double> Answers)[] Texts(int[]? asked, int texts)
    {
        Matrix<double> Some(double[,] M) => DenseMatrix.OfRows((asked ?? [0, 1, 2, 3]).Select(i => Of(M).Row(i)));
        return [.. new[] { 1.0, -1.0 }.Take(texts).Select(first => (Some(Questions()), (Matrix<double>)Of(Nouns(first, -first)), Some(Answers(first, -first))))];
    }

    private static MultiHeadAttention WithBiases(MultiHeadAttention layer, int seed)
    {
        foreach (var bias in layer.Parameters.Where(p => p.Shape.Count == 1))
            bias.Set(SeededRandom.Create(seed).NormalVector(bias.Count).ToArray());
        return layer;
    }
}
