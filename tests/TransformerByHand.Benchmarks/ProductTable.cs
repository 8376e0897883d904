using System.Diagnostics;
using System.Globalization;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Benchmarks;

/// <summary>The matrix product in ten seconds: best of many calls, which holds on a busy machine too.</summary>
internal static class ProductTable
{
    public static string[] Shapes { get; } = ["512x64x64", "512x256x64", "512x64x256", "512x512x512"];

    public static string[] Layouts { get; } = ["A·B", "A·Bᵀ", "Aᵀ·B"];

    /// <summary>Prints GFLOP/s and the share of the measured peak. The narrower registers of a machine with AVX-512 are measured with DOTNET_EnableAVX512=0.</summary>
    public static void Print()
    {
        double peak = Peak();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{KernelSet.Fastest}, peak {peak / 1e9:F0} GFLOP/s"));
        foreach (string shape in Shapes)
        {
            Console.Write($"{shape.Replace("x", " × "),-16}");
            foreach (string layout in Layouts)
            {
                double speed = Speed(shape, layout);
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"{layout,8} {speed / 1e9,4:F0} {speed / peak,5:P0}"));
            }
            Console.WriteLine();
        }
    }

    /// <summary>What one core can do at most, in FLOP/s.</summary>
    public static double Peak()
    {
        var benchmark = new PeakBenchmarks();
        return PeakBenchmarks.Operations / Best(() => benchmark.FusedMultiplyAdd());
    }

    /// <summary>The product's speed in FLOP/s, packing included.</summary>
    public static double Speed(string shape, string layout)
    {
        var product = new MatrixProductBenchmarks { Shape = shape, Layout = layout };
        product.Setup();
        return MatrixProductBenchmarks.Operations(shape) / Best(product.Multiply);
    }

    private static double Best(Action action)
    {
        double best = double.PositiveInfinity;
        long end = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 2;
        for (int call = 0; call < 200 || Stopwatch.GetTimestamp() < end; call++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
