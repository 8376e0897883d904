using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What a shuffle of the tokens does to attention, step by step, and what ends that: positions and masks.</summary>
/// <remarks>The head has random weights, width 10 and d_k = 4; the words are random vectors.</remarks>
public sealed class ShuffledTokens
{
    private static readonly AttentionHead Head = AttentionHead.Random(SeededRandom.Create(32), dModel: 10, dK: 4);

    private readonly Dictionary<string, (int Bits, double Largest)> steps = [];

    private ShuffledTokens()
    {
    }

    /// <summary>Shuffles 200 random sequences of eight tokens and compares queries, keys, values, scores, weights and outputs.</summary>
    public static ShuffledTokens TwoHundred()
    {
        var (result, random) = (new ShuffledTokens(), SeededRandom.Create(33));
        for (int t = 0; t < 200; t++)
        {
            var X = random.NormalMatrix(8, 10);                     // (tokens × d_model)
            int[] order = [.. Enumerable.Range(0, 8)];
            random.Shuffle(order);
            var (before, after) = (Head.Forward(X).Trace, Head.Forward(Pick(X, order)).Trace);
            Matrix<double> Both(Matrix<double> M) => Pick(Pick(M, order).Transpose(), order).Transpose();
            result.Hold("queries", Pick(before.Q, order), after.Q);
            result.Hold("keys", Pick(before.K, order), after.K);
            result.Hold("values", Pick(before.V, order), after.V);
            result.Hold("scores", Both(before.S), after.S);
            result.Hold("weights", Both(before.A), after.A);
            result.Hold("outputs", Pick(before.O, order), after.O);
        }
        return result;
    }

    /// <summary>How many numbers of a step differ in a bit from the shuffled ones.</summary>
    /// <param name="step">"queries", "keys", "values", "scores", "weights" or "outputs".</param>
    public int Bits(string step) => steps[step].Bits;

    /// <summary>By how much a number of a step differs at most.</summary>
    /// <param name="step">"queries", "keys", "values", "scores", "weights" or "outputs".</param>
    public double Largest(string step) => steps[step].Largest;

    /// <summary>Which steps hold to the last bit, and which to rounding.</summary>
    public Table ToTable() => new Table("after a shuffle", "to the last bit", "largest difference")
        .RowForEach(steps, step => [step.Key, step.Value.Bits == 0, Miss(step.Value.Largest)]);

    /// <summary>The outputs of bare attention for each word of two sentences, and by how much they differ.</summary>
    /// <param name="one">A sentence, its words looked up.</param>
    /// <param name="other">The same words in another order.</param>
    public static Table WordByWord((string[] Words, Matrix<double> X) one, (string[] Words, Matrix<double> X) other)
    {
        var (a, b) = (Head.Forward(one.X).Y, Head.Forward(other.X).Y);
        return new Table("output for", string.Join(' ', one.Words), string.Join(' ', other.Words), "largest difference").RowForEach(one.Words.Distinct(), word =>
        [
            word,
            Numbers.FormatList(a.Row(Array.IndexOf(one.Words, word)), 3), Numbers.FormatList(b.Row(Array.IndexOf(other.Words, word)), 3),
            Miss((a.Row(Array.IndexOf(one.Words, word)) - b.Row(Array.IndexOf(other.Words, word))).AbsoluteMaximum()),
        ]);
    }

    /// <summary>Attention with nothing that tells a token where it stands.</summary>
    /// <param name="X">Tokens (n × 10).</param>
    /// <returns>Outputs (n × 4).</returns>
    public static Matrix<double> Bare(Matrix<double> X) => Head.Forward(X).Y;

    /// <summary>Attention after sinusoidal positions were added.</summary>
    /// <param name="X">Tokens (n × 10).</param>
    /// <returns>Outputs (n × 4).</returns>
    public static Matrix<double> Sinusoidal(Matrix<double> X) => Head.Forward(new SinusoidalPositions().Forward(X).Y).Y;

    /// <summary>Attention after learned positions were added, as they are before training: small random numbers.</summary>
    /// <param name="X">Tokens (n × 10), n at most 16.</param>
    /// <returns>Outputs (n × 4).</returns>
    public static Matrix<double> Learned(Matrix<double> X) =>
        Head.Forward(LearnedPositions.Random(SeededRandom.Create(34), longest: 16, dModel: 10).Forward(X).Y).Y;

    /// <summary>Attention in which a token sees itself and those before it.</summary>
    /// <param name="X">Tokens (n × 10).</param>
    /// <returns>Outputs (n × 4).</returns>
    public static Matrix<double> Causal(Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(X);
        return Head.Forward(X, Mask.Causal(X.RowCount)).O;
    }

    /// <summary>By how much the outputs for shuffled tokens differ from the shuffled outputs, at most.</summary>
    /// <param name="layer">Tokens in, one output for each out.</param>
    /// <param name="X">The tokens.</param>
    /// <param name="order">New token i is old token <c>order[i]</c>.</param>
    public static double ShuffleMiss(Func<Matrix<double>, Matrix<double>> layer, Matrix<double> X, int[] order)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Furthest(layer(Pick(X, order)) - Pick(layer(X), order));
    }

    /// <summary>A difference in writing: "0, to rounding" where it is no more than that.</summary>
    /// <param name="miss">The difference.</param>
    public static string Miss(double miss) => miss < 1e-12 ? "0, to rounding" : Numbers.Format(miss, 3);

    internal static double Furthest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    private void Hold(string step, Matrix<double> expected, Matrix<double> actual)
    {
        var (bits, largest) = steps.GetValueOrDefault(step);
        steps[step] = (bits + expected.Enumerate().Zip(actual.Enumerate()).Count(pair => pair.First != pair.Second), Math.Max(largest, Furthest(expected - actual)));
    }

    private static Matrix<double> Pick(Matrix<double> M, int[] order) => DenseMatrix.OfRows(order.Select(i => M.Row(i)));
}
