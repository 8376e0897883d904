using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Training.Kernels;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Tests.Training;

public class FastOnlineAttentionTests
{
    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(50, false, 0)]
    [InlineData(300, false, 0)]   // more than two blocks of keys
    [InlineData(300, true, 0)]
    [InlineData(300, true, 40)]
    [InlineData(300, false, 31)]
    public void It_is_softmax_attention(int n, bool causal, int window)
    {
        const int width = 12;
        var random = SeededRandom.Create(n + window);
        // Scores of 20 and more: a forgotten correction would show.
        float[] q = [.. KernelSets.Numbers(random, n * width).Select(x => 8 * x)];
        float[] k = KernelSets.Numbers(random, n * width), v = KernelSets.Numbers(random, n * width);
        Mask? mask = window > 0 ? Mask.SlidingWindow(n, window, causal) : causal ? Mask.Causal(n) : null;
        var (expected, _) = ScaledDotProductAttention.Forward(Double(q), Double(k), Double(v), mask);

        foreach (var kernels in KernelSets.All)
        {
            float[] o = new float[n * width];
            new FastOnlineAttention(n, width, causal, window, kernels).Forward(q, k, v, o, n);
            // Scores near 50 carry roundings of 50·6e-8, which the exponential passes on.
            KernelSets.Distance(o, [.. expected.ToRowMajorArray().Select(x => (float)x)]).ShouldBeLessThan(1e-5, kernels.ToString());
        }

        Matrix<double> Double(float[] numbers) => Matrix<double>.Build.Dense(n, width, (i, j) => numbers[i * width + j]);
    }

    [Fact]
    public void Its_memory_grows_with_n_and_not_with_n_squared() => Growth(n =>
    {
        float[] zeros = new float[n * 16];
        new FastOnlineAttention(n, 16, causal: true).Forward(zeros, zeros, zeros, new float[n * 16], n);
    });

    [Fact]
    public void Training_with_a_window_takes_memory_that_grows_with_n() => Growth(n =>
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 2, DModel = 16, Heads = 1, Layers = 1, Context = n, Window = 64, Positions = Positions.None }, 1, threads: 1);
        var batch = new Batch(1, n);
        batch.Targets.AsSpan().Clear();
        model.Backpropagate(batch);
    });

    /// <summary>From 1024 to 8192 tokens linear growth is a factor of 8 (less what does not grow), and quadratic growth one of 64.</summary>
    private static void Growth(Action<int> use)
    {
        use(64);
        long small = Allocated(() => use(1024)), large = Allocated(() => use(8192));
        large.ShouldBeLessThan(9 * small);
        large.ShouldBeLessThan(8192L * 8192 * sizeof(float) / 4); // far below the weights alone
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
