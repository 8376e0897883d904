using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>A published model's sizes.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Vocabulary">V.</param>
    /// <param name="Width">d_model.</param>
    /// <param name="Layers">How many layers.</param>
    /// <param name="Context">The longest sequence.</param>
    /// <param name="Heads">h.</param>
    /// <param name="Parameters">How many weights.</param>
    public sealed record Published(string Name, int Vocabulary, int Width, int Layers, int Context, int Heads, long Parameters);

    /// <summary>GPT-2 small: a tied output, learned positions, biases everywhere, and a norm after the last layer (Radford et al. 2019).</summary>
    public static Published Gpt2 { get; } = new("GPT-2 small", 50257, 768, 12, 1024, 12,
        Parameters: 50257L * 768 + 1024L * 768 + 12 * (12L * 768 * 768 + 13 * 768) + 2 * 768);

    /// <summary>
    /// LLaMA 7B: an output of its own, no biases, no learned positions, a feed-forward with three matrices of inner width 11,008, RMSNorm
    /// (Touvron et al. 2023).
    /// </summary>
    public static Published Llama7B { get; } = new("LLaMA 7B", 32000, 4096, 32, 2048, 32,
        Parameters: 2 * 32000L * 4096 + 32 * (4L * 4096 * 4096 + 3L * 4096 * 11008 + 2 * 4096) + 4096);

    /// <summary>
    /// Bytes that training with AdamW in mixed precision keeps: weights and gradients in 16 bits; a master copy, the mean and the mean square in 32; and
    /// what the forward pass of one sequence leaves for the backward one, in 16.
    /// </summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<(string What, double Bytes)> Kept(Published model)
    {
        ArgumentNullException.ThrowIfNull(model);
        double P = model.Parameters, n = model.Context, d = model.Width;
        // A layer of ours keeps, for a token: two normed inputs, Q, K, V, the heads' outputs, the sum after attention, the inner numbers
        // before and after the activation, and the sum at the end; and for each head a weight for every token.
        double activations = model.Layers * n * (2 * d + 3 * d + d + d + 8 * d + d + model.Heads * n);
        return
        [
            ("weights, 16 bits", 2 * P), ("gradients, 16 bits", 2 * P), ("master copy of the weights, 32 bits", 4 * P),
            ("AdamW: mean and mean square, 32 bits", 8 * P), ("activations of one sequence, 16 bits", 2 * activations),
        ];
    }

    /// <summary>The same as a table, in gigabytes of 10⁹ bytes.</summary>
    public static Table Gigabytes() => new Table("what", Gpt2.Name, Llama7B.Name) { Digits = 3, Caption = "Gigabytes" }
        .Row("parameters, in billions", Gpt2.Parameters / 1e9, Llama7B.Parameters / 1e9)
        .RowForEach(Kept(Gpt2).Zip(Kept(Llama7B)), pair => [pair.First.What, pair.First.Bytes / 1e9, pair.Second.Bytes / 1e9])
        .Row("all together", Kept(Gpt2).Sum(row => row.Bytes) / 1e9, Kept(Llama7B).Sum(row => row.Bytes) / 1e9);

    /// <summary>What each of two processes sends for some tokens, beside what a function of 12.5 says that it should, or the solution where it is not written yet.</summary>
    /// <param name="parts">12.5.</param>
    /// <param name="workers">The processes.</param>
    /// <param name="feedForward">The block that they share.</param>
    /// <param name="X">Tokens (n × d_model).</param>
    public static Table Compare(WorkerPartsFunction parts, TwoWorkers workers, FeedForward feedForward, Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(X);
        string whose = "yours";
        Matrix<double>[] expected;
        try
        {
            expected = parts(X, feedForward.W_1, feedForward.b_1!, feedForward.W_2, 2);
        }
        catch (NotImplementedException)
        {
            (expected, whose) = (WorkerParts.ReferenceSolution(X, feedForward.W_1, feedForward.b_1!, feedForward.W_2, 2), "the solution's");
        }
        Matrix<double>[] sent = workers.Parts(X, feedForward.W_1, feedForward.b_1!, feedForward.W_2);
        Matrix<double> whole = feedForward.Forward(X).Y;
        string Near(Matrix<double> a, Matrix<double> b) => (a - b).Enumerate().Max(Math.Abs) is var off && off < 1e-9 ? "the same, to rounding" : $"off by up to {Numbers.Format(off, 2)}";
        return new Table("what", "beside what", "are they the same?")
            .Row("what process 0 sent", $"{whose}, worker 0", Near(sent[0], expected[0]))
            .Row("what process 1 sent", $"{whose}, worker 1", Near(sent[1], expected[1]))
            .Row("their sum, and b_2", "the library's block", Near(RowOperations.AddRow(sent[0] + sent[1], feedForward.b_2!), whole));
    }

    /// <summary>The figures of claim T4.</summary>
    /// <param name="three">The models.</param>
    public static (string Name, double Value)[] ThreeObjectives(ThreeModels three)
    {
        ArgumentNullException.ThrowIfNull(three);
        var rows = three.Measured().ToDictionary(row => row.Question);
        var (last, verb, hole) = (rows["the last word"], rows["the verb"], rows["what they did, several words"]);
        return
        [
            ("the last word: the worst of the three, %", Math.Min(last.Causal, Math.Min(last.Masked, last.Sequence))),
            ("the verb: masked, %", verb.Masked), ("the verb: causal, by trying all, %", three.CausalByDetour().Right),
            ("several words: sequence to sequence, %", hole.Sequence),
        ];
    }

    /// <summary>The figures of claim T7.</summary>
    /// <param name="workers">Two processes.</param>
    /// <param name="feedForward">The block that they share.</param>
    /// <param name="X">Tokens (n × d_model).</param>
    /// <param name="runs">What training came to in three precisions.</param>
    public static (string Name, double Value)[] SmallerNumbersAndParts(TwoWorkers workers, FeedForward feedForward, Matrix<double> X, PrecisionRuns runs)
    {
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(runs);
        var (Y, trace) = feedForward.Forward(X);
        var dY = SeededRandom.Create(5).NormalMatrix(X.RowCount, X.ColumnCount);
        long before = workers.ActivationsSent;
        double forward = (workers.FeedForward(X, feedForward.W_1, feedForward.b_1!, feedForward.W_2, feedForward.b_2!) - Y).Enumerate().Max(Math.Abs);
        double backward = (workers.Backward(dY) - feedForward.Backward(trace, dY).dX).Enumerate().Max(Math.Abs);
        return
        [
            ("two processes and one differ, forward, by", forward), ("two processes and one differ, backward, by", backward),
            ("numbers that travel for each number of X, there and back", (workers.ActivationsSent - before) / (double)(X.RowCount * X.ColumnCount)),
            ("sum of a thousand ones in bfloat16", AddOnes(RoundToBf16.ReferenceSolution, 1000)[^1]),
            ("bfloat16 alone: its loss is above float32's by more than 0.03 (1: yes)", runs.Bfloat16 - runs.Float32 > 0.03 ? 1 : 0),
            ("bfloat16 with a float32 copy: its loss is within 0.01 of float32's (1: yes)", Math.Abs(runs.Both - runs.Float32) < 0.01 ? 1 : 0),
        ];
    }
}
