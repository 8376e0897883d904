namespace TransformerByHand.Exercises;

/// <summary>The exercises of the lesson <em>Start here</em>.</summary>
public static partial class Lesson00
{
    /// <summary>A vector whose number i is the sum of the terms (i, j) over j.</summary>
    private static double[] Sums(int length, int terms, Func<int, int, double> term) =>
        [.. Enumerable.Range(0, length).Select(i => Enumerable.Range(0, terms).Sum(j => term(i, j)))];

    private static bool Near(double[] y, double[] expected) =>
        y.Length == expected.Length && y.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
}
