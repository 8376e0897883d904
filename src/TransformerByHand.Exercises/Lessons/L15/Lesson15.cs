using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 15, a real model by hand, and its experiments.</summary>
/// <remarks>The exercises need no published weights: theirs are made up. The experiments take the model that the lesson has loaded, as a <see cref="SentenceEncoder"/>.</remarks>
public static partial class Lesson15
{
    private static bool Near(double[] actual, double[] expected, double room = 1e-9) =>
        actual.Length == expected.Length && actual.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) <= room);
}
