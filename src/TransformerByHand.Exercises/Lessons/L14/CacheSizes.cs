using TransformerByHand.Figures;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>What a model keeps of a text while it writes: two vectors a token, a layer and a head of keys.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Layers">Layers in all.</param>
/// <param name="KeyHeads">g: heads of keys and values.</param>
/// <param name="HeadWidth">d_k.</param>
/// <param name="Length">Tokens of text.</param>
/// <param name="Window">Tokens that a layer with a window keeps; 0 where there is none.</param>
/// <param name="WindowLayers">How many of the layers have it.</param>
/// <param name="BytesEach">Bytes a number: 2 for sixteen bits.</param>
public sealed record CacheSize(string Name, int Layers, int KeyHeads, int HeadWidth, int Length, int Window = 0, int WindowLayers = 0, int BytesEach = 2)
{
    /// <summary>2 · g · d_k numbers for each token that a layer keeps.</summary>
    public long Bytes => 2L * KeyHeads * HeadWidth * BytesEach * ((long)(Layers - WindowLayers) * Length + (long)WindowLayers * Math.Min(Window, Length));

    /// <summary>In billions of bytes.</summary>
    public double Gigabytes => Bytes / 1e9;
}

public static partial class Lesson14
{
    /// <summary>The four caches of S. Raschka's estimator: 32 layers, 32 heads of width 128, 32,768 tokens in sixteen bits; 8 heads of keys, a window of 1,024 in 27 of the layers.</summary>
    public static IReadOnlyList<CacheSize> PublishedCaches { get; } =
    [
        new("every head its own keys", 32, 32, 128, 32768),
        new("8 heads of keys", 32, 8, 128, 32768),
        new("window of 1024 in 27 layers", 32, 32, 128, 32768, 1024, 27),
        new("both", 32, 8, 128, 32768, 1024, 27),
    ];

    /// <summary>Caches of models whose sizes are published, at the length of their first context, in sixteen bits.</summary>
    public static IReadOnlyList<CacheSize> CachesOfModels { get; } =
    [
        new("GPT-2 small (2019)", 12, 12, 64, 1024),
        new("Llama 2 7B (2023)", 32, 32, 128, 4096),
        new("Llama 3 8B (2024), 8 heads of keys", 32, 8, 128, 8192),
        new("Mistral 7B (2023), 8 heads of keys, a window of 4096 in every layer", 32, 8, 128, 32768, 4096, 32),
    ];

    /// <summary>Caches as a table.</summary>
    /// <param name="caches">The caches.</param>
    public static Table CacheTable(IReadOnlyList<CacheSize> caches) =>
        new Table("", "numbers a token and layer", "tokens of text", "GB") { Digits = 4 }.RowForEach(caches, one => [one.Name, 2 * one.KeyHeads * one.HeadWidth, one.Length, Math.Round(one.Gigabytes, 2)]);

    /// <summary>A query and a key, turned by their places: three pairs of places at the same distance. The angle between them stays.</summary>
    public static SmallMultiples TurnedPairs(TurnFunction? turn = null)
    {
        TurnFunction own = turn is not null && Stub.IsWritten(turn, f => f([1, 0], [1, 0], [1], 0)) ? turn : Turn.ReferenceSolution;
        return new()
        {
            Title = "A query three places after its key: the same angle, wherever they stand", Columns = 3,
            Figures = [.. new[] { 3, 5, 8 }.Select(i =>
            {
                double[] q = own([0.9, 0.3], [0.9, 0.3], [0], i).q, k = own([0.2, 0.8], [0.2, 0.8], [0], i - 3).k;
                return new Plane
                {
                    Title = $"q at {i}, k at {i - 3}: score {Numbers.Format(Dot(q, k), 3)}", XTitle = "feature 0", YTitle = "feature 1", Size = 210, Reach = 1.2,
                    Marks = [Mark.Circle("", 1), Mark.Arrow("q", q[0], q[1]), Mark.Arrow("k", k[0], k[1]) with { Colour = 1 }],
                };
            })],
        };
    }

    /// <summary>The largest difference between scores of the same query and key at the same distance, from places 0 to 60.</summary>
    /// <param name="turn">14.4.</param>
    /// <param name="distance">How far the query stands after the key.</param>
    public static double ScoresDiffer(TurnFunction turn, int distance)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var random = SeededRandom.Create(140);
        double[] q = random.NormalVector(16).ToArray(), k = random.NormalVector(16).ToArray();
        double[] scores = [.. Enumerable.Range(0, 61).Select(j => Dot(turn(q, q, q, j + distance).q, turn(k, k, k, j).k))];
        return scores.Max() - scores.Min();
    }

    /// <summary>How far scores are from those of the norm before the turn, when it stands after it: 16 features, 20 draws, places 0 to 40.</summary>
    /// <param name="equalInPairs">Whether the norm's weights γ are the same for the two features of a pair; null for no weights.</param>
    public static double OrderMatters(bool? equalInPairs)
    {
        var random = SeededRandom.Create(141);
        double worst = 0;
        for (int draw = 0; draw < 20; draw++)
        {
            double[] q = random.NormalVector(16).ToArray(), k = random.NormalVector(16).ToArray(), γ = [.. random.NormalVector(16).Select(v => 1 + 0.3 * v)];
            if (equalInPairs is null) Array.Fill(γ, 1);
            else if (equalInPairs.Value) Array.Copy(γ, 0, γ, 8, 8);
            double Score(Func<double[], int, double[]> ready) => Dot(ready(q, 2 * draw), ready(k, draw));
            worst = Math.Max(worst, Math.Abs(Score((x, p) => Turned([.. Divided(x).Zip(γ, (a, b) => a * b)], p)) - Score((x, p) => [.. Divided(Turned(x, p)).Zip(γ, (a, b) => a * b)])));
        }
        return worst;
    }
}
