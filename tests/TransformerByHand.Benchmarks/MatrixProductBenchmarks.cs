using BenchmarkDotNet.Attributes;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Benchmarks;

/// <summary>The matrix product on one thread, packing included, in the three layouts that training needs.</summary>
public class MatrixProductBenchmarks
{
    private float[] a = [], b = [], c = [], packed = [];
    private int m, n, k;

    /// <summary>Rows of A, columns of B, and the inner size.</summary>
    [Params("512x64x64", "512x256x64", "512x64x256", "512x512x512")]
    public string Shape { get; set; } = "";

    /// <summary>Forward, the gradient at the input, and the gradient of the weights.</summary>
    [Params("A·B", "A·Bᵀ", "Aᵀ·B")]
    public string Layout { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = Sizes(Shape);
        (m, n, k) = (sizes[0], sizes[1], sizes[2]);
        var random = SeededRandom.Create(1);
        (a, b, c) = (Numbers(random, m * k), Numbers(random, k * n), new float[m * n]);
        packed = new float[KernelSet.Fastest.PackedSize(k, n)];
    }

    [Benchmark]
    public void Multiply()
    {
        var left = Layout == "Aᵀ·B" ? new MatrixSpan(a, k, m).Transposed : new MatrixSpan(a, m, k);
        var right = Layout == "A·Bᵀ" ? new MatrixSpan(b, n, k).Transposed : new MatrixSpan(b, k, n);
        KernelSet.Fastest.Multiply(left, KernelSet.Fastest.Pack(right, packed), default, new MatrixSpan(c, m, n));
    }

    /// <summary>Floating-point operations of a product: a multiplication and an addition for each of m·n·k terms.</summary>
    public static double Operations(string shape) => Sizes(shape).Aggregate(2.0, (product, size) => product * size);

    private static int[] Sizes(string shape) => [.. shape.Split('x').Select(int.Parse)];

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
}
