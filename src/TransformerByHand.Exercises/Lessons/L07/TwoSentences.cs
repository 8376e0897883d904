using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>Two sentences of five words under each other in one matrix, kept apart by a mask, in a small random model that predicts the next word: what is an example?</summary>
public sealed class TwoSentences
{
    private const int Length = 5, All = 2 * Length, Width = 8;

    private static readonly string[] Sentences = ["the cat saw the dog", "the dog saw the cat", "the cat sat on the mat"];

    private readonly Encoder layers = Encoder.Random(SeededRandom.Create(45), layers: 2, new() { DModel = Width, Heads = 2 });
    private readonly Unembedding output;
    private readonly Matrix<double> packed;     // (10 × d_model), places counted in each sentence
    private readonly int[] answers;             // the next word, everywhere

    /// <summary>Draws the model (seeds 45 to 47).</summary>
    public TwoSentences()
    {
        var tokeniser = new WordTokeniser(string.Join("\n", Sentences));
        int count = tokeniser.Vocabulary.Count;
        var input = new InputLayer(Embedding.Random(SeededRandom.Create(46), count, dModel: Width), new SinusoidalPositions());
        output = Unembedding.Untied(SeededRandom.Create(47).Glorot(Width, count));
        int[][] batch = [tokeniser.Encode(Sentences[0]), tokeniser.Encode(Sentences[1])];
        packed = input.Forward(batch[0]).X.Stack(input.Forward(batch[1]).X);
        answers = [.. batch.SelectMany(item => item.Skip(1).Append(WordTokeniser.End))];
    }

    /// <summary>The ten words.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Sentences[0].Split(' '), .. Sentences[1].Split(' ')];

    /// <summary>How long the gradient of each loss is at each token.</summary>
    /// <param name="causal">Whether no token sees a later one. The sentences are kept apart in any case.</param>
    /// <param name="batchNorm">Whether a batch norm stands in front, which is LayerNorm with rows and columns exchanged.</param>
    /// <returns>Entry (i, j): the length of ∂(loss at i)/∂(token j) (10 × 10).</returns>
    public Matrix<double> LossToToken(bool causal, bool batchNorm = false)
    {
        var norm = new LayerNorm(All, 1e-5);
        var (mixed, mixedTrace) = norm.Forward(packed.Transpose());
        return DenseMatrix.OfRows(Enumerable.Range(0, All).Select(i =>
        {
            var dX = Gradients(batchNorm ? mixed.Transpose() : packed, Only(i, answers), Seen(causal)).AtTokens;    // (10 × d_model)
            if (batchNorm) dX = norm.Backward(mixedTrace, dX.Transpose()).dX.Transpose();
            return DenseVector.OfEnumerable(dX.EnumerateRows().Select(row => row.L2Norm()));
        }));
    }

    /// <summary>Of the gradients from a loss in one sentence to a token in the other, how many are exactly 0, of 50.</summary>
    /// <param name="lossToToken">As <see cref="LossToToken"/> gives it.</param>
    public static int ZeroBetween(Matrix<double> lossToToken) => Zeros(lossToToken, (i, j) => i / Length != j / Length);

    /// <summary>Of the gradients from a loss to another token of its own sentence, how many are exactly 0, of 40.</summary>
    /// <param name="lossToToken">As <see cref="LossToToken"/> gives it.</param>
    public static int ZeroWithin(Matrix<double> lossToToken) => Zeros(lossToToken, (i, j) => i / Length == j / Length && i != j);

    /// <summary>
    /// The batch is cut into parts, and the gradients of all weights of the layers are added up over the parts, each computed by itself: how
    /// far the sum is from the gradient of the whole, in parts of its length.
    /// </summary>
    /// <param name="causal">Whether no token sees a later one.</param>
    /// <returns>For the 2 sentences; for the 10 tokens, each alone in its place; for the 10 beginnings, each with the loss of its last token only.</returns>
    public (double Sentences, double Tokens, double Beginnings) PartsMiss(bool causal)
    {
        var whole = Gradients(packed, answers, Seen(causal)).AtWeights;
        double Miss(IEnumerable<(int From, int Count, bool LastOnly)> parts)
        {
            var sum = parts.Select(part =>
            {
                int[] targets = answers[part.From..(part.From + part.Count)];
                return Gradients(packed.SubMatrix(part.From, part.Count, 0, Width), part.LastOnly ? Only(part.Count - 1, targets) : targets, causal ? Mask.Causal(part.Count) : null).AtWeights;
            }).Aggregate((a, b) => a + b);
            return (whole - sum).L2Norm() / whole.L2Norm();
        }
        var all = Enumerable.Range(0, All);
        return (
            Miss([(0, Length, false), (Length, Length, false)]),
            Miss(all.Select(i => (i, 1, false))),
            Miss(all.Select(i => (i / Length * Length, i % Length + 1, true))));
    }

    /// <summary>Which loss reaches which token: without a mask, with the causal one, and with a batch norm in front.</summary>
    public SmallMultiples ReachFigure()
    {
        static Heatmap Reaches(string title, Matrix<double> M) => new(M.Map(v => v == 0 ? 0.0 : 1))
        {
            Title = title, RowLabels = Words, ColumnLabels = Words, RowTitle = "loss at", ColumnTitle = "gradient at", ShowNumbers = false, ShowLegend = false,
        };
        return new SmallMultiples
        {
            Title = "Blue: the gradient of this loss reaches this token. White: it is exactly 0",
            Columns = 3,
            Figures =
            [
                Reaches("two sentences, no mask", LossToToken(causal: false)), Reaches("two sentences, causal mask", LossToToken(causal: true)),
                Reaches("no mask, batch norm in front", LossToToken(causal: false, batchNorm: true)),
            ],
        };
    }

    /// <summary>How many of these gradients are exactly 0.</summary>
    public Table ZerosTable() => new Table("loss at token i, gradient at token j", "between the sentences: zero", "within a sentence, i ≠ j: zero")
        .RowForEach<(string Name, Matrix<double> M)>(
            [("no mask", LossToToken(causal: false)), ("causal mask", LossToToken(causal: true)), ("no mask, batch norm in front", LossToToken(causal: false, batchNorm: true))],
            c => [c.Name, $"{ZeroBetween(c.M)} of 50", $"{ZeroWithin(c.M)} of 40"]);

    /// <summary><see cref="PartsMiss"/> as a table.</summary>
    public Table PartsTable()
    {
        static string Shown(double miss) => miss < 1e-12 ? "0, to rounding" : Numbers.Format(miss, 3);
        var (free, causal) = (PartsMiss(causal: false), PartsMiss(causal: true));
        return new Table("gradient of the whole batch, and the sum over …", "no mask: off by", "causal mask: off by")
            .Row("its 2 sentences", Shown(free.Sentences), Shown(causal.Sentences))
            .Row("its 10 tokens, each alone", Shown(free.Tokens), Shown(causal.Tokens))
            .Row("its 10 beginnings, the last loss of each", Shown(free.Beginnings), Shown(causal.Beginnings));
    }

    /// <summary>The figures of claim Q5.</summary>
    public (string Name, double Value)[] Measure()
    {
        var (noMask, causalMask) = (LossToToken(causal: false), LossToToken(causal: true));
        var (free, causal) = (PartsMiss(causal: false), PartsMiss(causal: true));
        return
        [
            ("gradients of 50 between sentences that are zero", ZeroBetween(noMask)),
            ("gradients of 40 between tokens that are zero, no mask", ZeroWithin(noMask)),
            ("gradients of 40 between tokens that are zero, causal mask", ZeroWithin(causalMask)),
            ("gradients of 50 between sentences that are zero, batch norm", ZeroBetween(LossToToken(causal: false, batchNorm: true))),
            ("sum over sentences, off by", free.Sentences),
            ("sum over single tokens, off by, no mask", free.Tokens),
            ("sum over single tokens, off by, causal mask", causal.Tokens),
            ("sum over beginnings, off by, causal mask", causal.Beginnings),
            ("sum over beginnings, off by, no mask", free.Beginnings),
        ];
    }

    private static Mask Seen(bool causal)
    {
        var apart = Mask.Where(All, All, (i, j) => i / Length == j / Length);
        return causal ? apart & Mask.Causal(All) : apart;
    }

    private static int[] Only(int i, int[] targets) => [.. targets.Select((target, j) => i == j ? target : CrossEntropy.Ignored)];

    private static int Zeros(Matrix<double> M, Func<int, int, bool> asked) =>
        Enumerable.Range(0, All * All).Count(c => asked(c / All, c % All) && M[c / All, c % All] == 0);

    /// <summary>The gradients of the sum of the losses that count.</summary>
    private (Matrix<double> AtTokens, Vector<double> AtWeights) Gradients(Matrix<double> tokens, int[] targets, Mask? mask)
    {
        var (Y, trace) = layers.Forward(tokens, mask);
        var (logits, read) = output.Forward(Y);
        var loss = CrossEntropy.Forward(logits, targets).Trace;
        var back = layers.Backward(trace, output.Backward(read, CrossEntropy.Backward(loss) * loss.N).dX);
        return (back.dX, DenseVector.OfEnumerable(back.OfParameters().SelectMany(p => p.ToArray())));
    }
}
