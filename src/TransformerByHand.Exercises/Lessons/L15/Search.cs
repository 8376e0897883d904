using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>The subjects of <see cref="Sentences"/>, six of each in a row.</summary>
    public static IReadOnlyList<string> Subjects { get; } = ["cooking", "weather", "money", "animals", "music"];

    /// <summary>Thirty sentences to search in, six on each of the <see cref="Subjects"/>.</summary>
    public static IReadOnlyList<string> Sentences { get; } =
    [
        "Let the dough rest for an hour before you roll it out.", "Fry the onions until they are golden.", "A pinch of salt brings out the taste of chocolate.",
        "The soup needs more pepper.", "Bake the bread until the crust is hard.", "Whisk the eggs with a little milk.",
        "It will rain in the north tomorrow.", "A cold wind blew from the sea.", "The storm tore tiles off the roofs.",
        "Fog covered the valley all morning.", "After weeks of drought the clouds came.", "Snow fell on the mountains overnight.",
        "She pays the rent on the first of the month.", "The price of oil has doubled.", "He lost his savings when the shares fell.",
        "The shop gives a discount on shoes.", "They borrowed from a friend to buy the car.", "Taxes are due at the end of May.",
        "The puppy chased its tail.", "An owl hunts mice at night.", "Bees find their way back to the hive.",
        "The mare had a foal in spring.", "Wolves live in packs.", "A kitten slept on the warm stove.",
        "The violins come in after the drums.", "She practises her scales every evening.", "The choir sang without a conductor.",
        "He tuned his guitar by ear.", "The audience clapped to the rhythm.", "An old record was playing in the next room.",
    ];

    /// <summary>Vectors in two dimensions: along the two directions in which they differ most (principal components).</summary>
    /// <param name="vectors">The vectors (d_model), in groups of the same size, one for each of the names.</param>
    /// <param name="names">The names of the groups.</param>
    public static Plane Map(IReadOnlyList<Vector<double>> vectors, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(names);
        if (vectors.Count == 0 || names.Count == 0 || vectors.Count % names.Count != 0)
            throw new ArgumentException($"There are {vectors.Count} vectors and {names.Count} names; there should be as many vectors for each name.", nameof(vectors));
        Vector<double> mean = vectors.Aggregate((a, b) => a + b) / vectors.Count;
        var X = Matrix<double>.Build.DenseOfRowVectors(vectors.Select(v => v - mean));          // (n × d_model)
        var evd = (X * X.Transpose()).Evd(Symmetricity.Symmetric);                              // the smallest eigenvalue comes first
        Vector<double> x = Along(0), y = Along(1);
        int group = vectors.Count / names.Count;
        return new()
        {
            Title = "Sentences by meaning, in the two directions in which they differ most", Size = 520,
            Marks = [.. Enumerable.Range(0, vectors.Count).Select(i => Mark.Point(i % group == 0 ? names[i / group] : "", x[i], y[i]) with { Colour = i / group })],
        };

        // The sign of a direction is the computer's choice; ours makes the first vector's part positive.
        Vector<double> Along(int k)
        {
            Vector<double> part = evd.EigenVectors.Column(vectors.Count - 1 - k) * Math.Sqrt(evd.EigenValues[vectors.Count - 1 - k].Real);                                  // (n)
            return part[0] < 0 ? -part : part;
        }
    }
}
