using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Tests.Training.Kernels;

/// <summary>Every register width, for theories: also those this machine emulates.</summary>
public sealed class KernelSets : TheoryData<KernelSet>
{
    public KernelSets()
    {
        foreach (var set in All) Add(set);
    }

    public static KernelSet[] All => [KernelSet.Scalar, KernelSet.Vector128, KernelSet.Vector256, KernelSet.Vector512];

    /// <summary>Numbers between −2 and 2.</summary>
    internal static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(4 * random.NextDouble() - 2))];

    /// <summary>The largest distance between two lists, relative to the largest number of the second.</summary>
    internal static double Distance(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        actual.Length.ShouldBe(expected.Length);
        double distance = 0, size = 1e-30;
        for (int i = 0; i < expected.Length; i++)
        {
            float.IsFinite(actual[i]).ShouldBeTrue($"entry {i} is {actual[i]}");
            distance = Math.Max(distance, Math.Abs((double)actual[i] - expected[i]));
            size = Math.Max(size, Math.Abs((double)expected[i]));
        }
        return distance / size;
    }
}
