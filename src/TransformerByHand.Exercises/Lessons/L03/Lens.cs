using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>The stream of an untrained model, read through its unembedding after every layer: how long does a position still name its own word?</summary>
/// <remarks>Source of the idea: nostalgebraist 2020, 'interpreting GPT: the logit lens'.</remarks>
public static class Lens
{
    private const int Words = 27, Longest = 24, Layers = 12;

    /// <summary>The share of positions whose own word scores highest, after 0 … 12 layers: eight tied models, eight random sequences each.</summary>
    /// <param name="placement">Where the norm stands.</param>
    /// <param name="enlarge">By what the embedding is multiplied; as it is made its numbers have a deviation of 0.18.</param>
    public static double[] OwnWords(NormPlacement placement, double enlarge = 1)
    {
        var shares = new double[8][];
        Parallel.For(0, 8, k =>
        {
            var model = Model(placement, enlarge, 5 + k);
            shares[k] = new double[Layers + 1];
            for (int seed = 50; seed < 58; seed++)
            {
                var random = SeededRandom.Create(seed);
                int[] ids = [.. Enumerable.Range(0, Longest).Select(_ => random.Next(Words))];
                var trace = model.Forward(ids).Trace.Encoder;
                for (int l = 0; l <= Layers; l++)
                {
                    var logits = model.ReadOut(trace.StreamAfter(l));            // (24 × 27)
                    shares[k][l] += ids.Where((id, t) => logits.Row(t).MaximumIndex() == id).Count() / (8.0 * Longest);
                }
            }
        });
        return [.. Enumerable.Range(0, Layers + 1).Select(l => shares.Average(share => share[l]))];
    }

    /// <summary>The standard deviation of the embedding's numbers, the mean of the eight models.</summary>
    /// <param name="enlarge">By what the embedding is multiplied.</param>
    public static double Deviation(double enlarge = 1) => Enumerable.Range(5, 8).Average(seed =>
        Math.Sqrt(Model(NormPlacement.Pre, enlarge, seed).Input.Embedding.E.PointwisePower(2).Enumerate().Average()));

    /// <summary>The shares against depth.</summary>
    /// <param name="title">The line above the picture.</param>
    /// <param name="post">Post-LN's shares, after 0, 1, … layers.</param>
    /// <param name="pre">Pre-LN's.</param>
    public static LineChart Figure(string title, double[] post, double[] pre) => new()
    {
        Title = title, Width = 300, X = Axis.Linear("layers"), Y = Axis.Linear("share", min: 0, max: 1),
        Series = [new("post-LN", post), new("pre-LN", pre)],
        References = [Reference.Y(1.0 / Words, "chance")],
    };

    /// <summary>The loss of 32 positions before any training, with weights of deviation 0.02, beside ln V.</summary>
    /// <param name="words">The number of words V.</param>
    public static double FirstLoss(int words)
    {
        var random = SeededRandom.Create(6);
        var X = new LayerNorm(StreamStacks.Width).Forward(random.NormalMatrix(32, StreamStacks.Width)).Y;   // the end of some stream
        int[] targets = [.. Enumerable.Range(0, 32).Select(_ => random.Next(words))];
        return CrossEntropy.Forward(X * random.NormalMatrix(StreamStacks.Width, words, 0.02), targets).Loss;
    }

    private static CausalLanguageModel Model(NormPlacement placement, double enlarge, int seed)
    {
        var model = CausalLanguageModel.Random(SeededRandom.Create(seed), Words, Longest, Layers, StreamStacks.Options(placement));
        var E = model.Input.Embedding.E;
        E.Multiply(enlarge, result: E);                 // in place, for the unembedding is tied to it
        return model;
    }
}
