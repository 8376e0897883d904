using System.Collections.Concurrent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>
/// A small model that writes 'the a saw the b': one attention layer of two heads under a causal mask, whose W_O leads straight to the scores of
/// the six words. Its heads are joined side by side, or, wrongly, by a reshape without the transpose.
/// </summary>
public sealed class Writer
{
    private const int Heads = 2, Width = 10, Words = 6, Read = 4;

    /// <summary>The 12 sentences: the ‹noun› saw the ‹other noun›, as word ids.</summary>
    private static readonly int[][] Texts = [.. from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 4) where a != b select new[] { 4, a, 5, 4, b }];

    private static readonly ConcurrentDictionary<(bool, int), Writer> Made = [];

    private readonly bool wrong;
    private readonly ParameterSet weights;

    private Writer(bool wrongJoin, int seed)
    {
        wrong = wrongJoin;
        var random = SeededRandom.Create(seed);
        weights = [new("Q", random.Glorot(Width, Width)), new("K", random.Glorot(Width, Width)), new("V", random.Glorot(Width, Width)), new("O", random.Glorot(Width, Words))];
        Losses = Train(600);
    }

    /// <summary>A writer, trained for 600 steps.</summary>
    /// <param name="wrongJoin">Whether the heads are joined without the transpose.</param>
    /// <param name="seed">Draws the weights to start from.</param>
    public static Writer Trained(bool wrongJoin, int seed = 200) => Made.GetOrAdd((wrongJoin, seed), key => new Writer(key.Item1, key.Item2));

    /// <summary>The best training loss of a model that does not see the word it is asked for: (ln 4 + ln 3) / 4.</summary>
    public static double HonestBest => (Math.Log(4) + Math.Log(3)) / 4;

    /// <summary>The training loss before every step: a mean over the 12 sentences and their four words.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>The heads' outputs in one long row, head after head, cut into rows of the right length: what a reshape makes without the transpose.</summary>
    /// <param name="parts">The heads' outputs (n × d_v) each.</param>
    /// <returns>A matrix of the right shape (n × h·d_v) whose rows mix tokens.</returns>
    public static Matrix<double> WithoutTranspose(IReadOnlyList<Matrix<double>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        double[] row = [.. parts.SelectMany(part => part.ToRowMajorArray())];
        return Matrix<double>.Build.DenseOfRowMajor(parts[0].RowCount, row.Length / parts[0].RowCount, row);
    }

    /// <summary>The loss at each of the four words, averaged over the sentences.</summary>
    /// <param name="writing">Whether the model has only the words so far, as when it writes; if not, it reads all four, as in training.</param>
    public double[] LossByWord(bool writing) => [.. Enumerable.Range(1, Read).Select(n => Texts.Average(text =>
        CrossEntropy.Forward(Forward(Input(text, writing ? n : Read)).Scores.SubMatrix(n - 1, 1, 0, Words), [text[n]]).Loss))];

    /// <summary>How many of six outputs move when a later word is changed.</summary>
    public int Leaks()
    {
        int[] other = [4, 1, 4, 2];
        var before = Forward(Input(Texts[0], Read)).Scores;
        return Enumerable.Range(1, 3).Sum(j =>
        {
            int[] text = [.. Texts[0]];
            text[j] = other[j];
            var after = Forward(Input(text, Read)).Scores;
            return Enumerable.Range(0, j).Count(i => !after.Row(i).SequenceEqual(before.Row(i)));
        });
    }

    /// <summary>The first words of a sentence, one-hot: word, then place (n × 10).</summary>
    private static Matrix<double> Input(int[] text, int n) => DenseMatrix.Create(n, Width, (t, c) => c == text[t] || c == Words + t ? 1 : 0);

    private (Matrix<double> Scores, Matrix<double> O, AttentionTrace[] Parts) Forward(Matrix<double> X)
    {
        Matrix<double> Wide(string name) => X * weights[name].ToMatrix();               // (n × h·d_k)
        var (Q, K, V) = (Wide("Q"), Wide("K"), Wide("V"));
        AttentionTrace[] parts = [.. Enumerable.Range(0, Heads).Select(i => ScaledDotProductAttention.Forward(
            Q.ColumnBlock(i, Heads), K.ColumnBlock(i, Heads), V.ColumnBlock(i, Heads), Mask.Causal(X.RowCount)).Trace)];
        Matrix<double>[] outputs = [.. parts.Select(part => part.O)];
        var O = wrong ? WithoutTranspose(outputs) : outputs.SideBySide();               // (n × h·d_v)
        return (O * weights["O"].ToMatrix(), O, parts);
    }

    /// <summary>The join's way back: the same moves, the other way.</summary>
    private Matrix<double>[] JoinBack(Matrix<double> dO)
    {
        if (!wrong) return [.. Enumerable.Range(0, Heads).Select(i => dO.ColumnBlock(i, Heads))];
        double[] row = dO.ToRowMajorArray();
        int size = row.Length / Heads;
        return [.. Enumerable.Range(0, Heads).Select(i => Matrix<double>.Build.DenseOfRowMajor(dO.RowCount, dO.ColumnCount / Heads, row.Skip(i * size).Take(size)))];
    }

    private ParameterSet Backward(Matrix<double> X, Matrix<double> O, AttentionTrace[] parts, Matrix<double> dScores)
    {
        var dO = JoinBack(dScores * weights["O"].ToMatrix().Transpose());               // (n × d_v) each
        AttentionGradients[] inside = [.. parts.Select((part, i) => ScaledDotProductAttention.Backward(part, dO[i]))];
        Matrix<double> Wide(Func<AttentionGradients, Matrix<double>> of) => X.Transpose() * inside.Select(of).SideBySide();
        return [new("Q", Wide(g => g.dQ)), new("K", Wide(g => g.dK)), new("V", Wide(g => g.dV)), new("O", O.Transpose() * dScores)];
    }

    private double[] Train(int steps)
    {
        var losses = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            List<ParameterSet> all = [];
            foreach (int[] text in Texts)
            {
                var input = Input(text, Read);
                var (scores, joined, parts) = Forward(input);
                var (loss, trace) = CrossEntropy.Forward(scores, text[1..(Read + 1)]);
                losses[step] += loss / Texts.Length;
                all.Add(Backward(input, joined, parts, CrossEntropy.Backward(trace) / Texts.Length));
            }
            var gradient = ParameterSet.Sum(all);
            foreach (var weight in weights)
                for (int i = 0; i < weight.Count; i++) weight[i] -= gradient[weight.Name][i];   // η = 1
        }
        return losses;
    }
}

// The wrong join, trained.
public static partial class Lesson08
{
    /// <summary>The training loss with the right join and with the wrong one.</summary>
    public static LineChart JoinsTrained()
    {
        double[] at = [.. Enumerable.Range(0, 60).Select(i => i * 10.0)];
        Series Of(string name, bool wrongJoin) => new(name, at, at.Select(step => Writer.Trained(wrongJoin).Losses[(int)step]));
        return new LineChart
        {
            Title = "Training with the right join and with the wrong one",
            X = Axis.Linear("step"), Y = Axis.Linear("training loss", min: 0, max: 2),
            Series = [Of("right join", false), Of("without the transpose", true)],
            References = [Reference.Y(Math.Log(6), "a blind guess, ln 6"), Reference.Y(Writer.HonestBest, "an honest model's best")],
        };
    }

    /// <summary>Both writers after training: the loss in training, the loss while writing, and what leaks.</summary>
    public static Table JoinsTable()
    {
        var (right, wrong) = (Writer.Trained(wrongJoin: false), Writer.Trained(wrongJoin: true));
        return new Table("after 600 steps", "training loss", "loss while writing", "earlier outputs moved by a later word, of 6")
            .Row("right join", Math.Round(right.Losses[^1], 3), Math.Round(right.LossByWord(writing: true).Average(), 3), right.Leaks())
            .Row("without the transpose", Math.Round(wrong.Losses[^1], 3), Math.Round(wrong.LossByWord(writing: true).Average(), 2), wrong.Leaks())
            .Row("honest best", Math.Round(Writer.HonestBest, 3), Math.Round(Writer.HonestBest, 3), 0)
            .Row("the cheat's best", Math.Round(Math.Log(3) / 4, 3), null, null);
    }

    /// <summary>The loss at each word.</summary>
    public static Table JoinsByWord()
    {
        static object?[] Row(string name, double[] losses) => [name, .. losses.Select(loss => (object?)Math.Round(loss, 2))];
        return new Table("loss, word by word", "first noun", "saw", "the", "second noun")
            .Row(Row("right join, in training", Writer.Trained(wrongJoin: false).LossByWord(writing: false)))
            .Row(Row("wrong join, in training", Writer.Trained(wrongJoin: true).LossByWord(writing: false)))
            .Row(Row("wrong join, while writing", Writer.Trained(wrongJoin: true).LossByWord(writing: true)));
    }

    /// <summary>The wrong join from five starts (seeds 200 to 204).</summary>
    public static Table WrongJoinStarts()
    {
        var five = Enumerable.Range(200, 5).Select(seed => Writer.Trained(wrongJoin: true, seed)).ToArray();
        double[] training = [.. five.Select(writer => writer.Losses[^1])], writing = [.. five.Select(writer => writer.LossByWord(writing: true).Average())];
        return new Table("wrong join, five starts", "lowest", "highest")
            .Row("training loss", Math.Round(training.Min(), 3), Math.Round(training.Max(), 3))
            .Row("loss while writing", Math.Round(writing.Min(), 2), Math.Round(writing.Max(), 2));
    }
}
