namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 14, what attention over a long text costs, and its experiments.</summary>
public static partial class Lesson14
{
    private static double[] Row(double[,] M, int i) => [.. Enumerable.Range(0, M.GetLength(1)).Select(j => M[i, j])];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
