using System.Diagnostics;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Benchmarks;

/// <summary>The fastest kernels with a stopwatch around each: where a step's time goes. For one thread.</summary>
internal sealed class TimedKernels : KernelSet
{
    private readonly KernelSet inner = Fastest;
    private readonly long[] ticks = new long[Names.Length];

    private enum Part { Product, Packing, Softmax, Gelu, LayerNorm, CrossEntropy, Additions, Optimiser }

    private static string[] Names { get; } =
    [
        "matrix products", "packing for them", "softmax and its gradient", "GELU and its gradient", "LayerNorm and its gradient",
        "cross-entropy", "residual additions, sums for biases", "clipping and AdamW",
    ];

    /// <summary>The parts of the time, each with its seconds since <see cref="Clear"/>, the longest first.</summary>
    public IEnumerable<(string Part, double Seconds)> Parts =>
        Names.Zip(ticks, (name, count) => (name, count / (double)Stopwatch.Frequency)).OrderByDescending(part => part.Item2);

    private readonly Dictionary<(int Rows, int Columns, int Inner, bool Transposed), (long Calls, long Ticks)> products = [];

    /// <summary>The products by shape, the most expensive first: rows, columns, inner size, whether A lay transposed, calls, seconds in all.</summary>
    public IEnumerable<(int Rows, int Columns, int Inner, bool Transposed, long Calls, double Seconds)> Products => products
        .Select(pair => (pair.Key.Rows, pair.Key.Columns, pair.Key.Inner, pair.Key.Transposed, pair.Value.Calls, pair.Value.Ticks / (double)Stopwatch.Frequency))
        .OrderByDescending(row => row.Item6);

    public override int Lanes => inner.Lanes;

    public void Clear()
    {
        Array.Clear(ticks);
        products.Clear();
    }

    internal override int PackedSize(int rows, int columns) => inner.PackedSize(rows, columns);

    internal override PackedView AsPacked(ReadOnlySpan<float> packed, int rows, int columns) => inner.AsPacked(packed, rows, columns);

    internal override PackedView Pack(MatrixSpan source, Span<float> destination)
    {
        using var _ = Time(Part.Packing);
        return inner.Pack(source, destination);
    }

    internal override void Multiply(MatrixSpan a, PackedView b, MatrixSpan d, MatrixSpan c)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Multiply(a, b, d, c);
        long took = Stopwatch.GetTimestamp() - start;
        ticks[(int)Part.Product] += took;
        var shape = (a.Rows, b.Columns, a.Columns, a.ColumnStride != 1);
        var (calls, sum) = products.GetValueOrDefault(shape);
        products[shape] = (calls + 1, sum + took);
    }

    internal override void Softmax(Span<float> row, float scale)
    {
        using var _ = Time(Part.Softmax);
        inner.Softmax(row, scale);
    }

    internal override void SoftmaxBackward(ReadOnlySpan<float> p, Span<float> dp, float scale)
    {
        using var _ = Time(Part.Softmax);
        inner.SoftmaxBackward(p, dp, scale);
    }

    internal override float Largest(ReadOnlySpan<float> row) => inner.Largest(row);

    internal override float Exponentials(Span<float> row, float scale, float shift) => inner.Exponentials(row, scale, shift);

    internal override (float Mean, float InverseDeviation) LayerNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> y)
    {
        using var _ = Time(Part.LayerNorm);
        return inner.LayerNorm(x, gamma, beta, epsilon, y);
    }

    internal override void LayerNormBackward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float mean, float rstd, ReadOnlySpan<float> dy,
        Span<float> dx, Span<float> dGamma, Span<float> dBeta)
    {
        using var _ = Time(Part.LayerNorm);
        inner.LayerNormBackward(x, gamma, mean, rstd, dy, dx, dGamma, dBeta);
    }

    internal override void Gelu(ReadOnlySpan<float> x, Span<float> y)
    {
        using var _ = Time(Part.Gelu);
        inner.Gelu(x, y);
    }

    internal override void GeluTanh(ReadOnlySpan<float> x, Span<float> y)
    {
        using var _ = Time(Part.Gelu);
        inner.GeluTanh(x, y);
    }

    internal override void GeluTanhBackward(Span<float> x, ReadOnlySpan<float> dy)
    {
        using var _ = Time(Part.Gelu);
        inner.GeluTanhBackward(x, dy);
    }

    internal override void GeluBackward(Span<float> x, ReadOnlySpan<float> dy)
    {
        using var _ = Time(Part.Gelu);
        inner.GeluBackward(x, dy);
    }

    internal override void Relu(ReadOnlySpan<float> x, Span<float> y) => inner.Relu(x, y);

    internal override void ReluBackward(Span<float> x, ReadOnlySpan<float> dy) => inner.ReluBackward(x, dy);

    internal override void PositiveFeatures(ReadOnlySpan<float> x, Span<float> y) => inner.PositiveFeatures(x, y);

    internal override void PositiveFeaturesBackward(ReadOnlySpan<float> features, Span<float> dy) => inner.PositiveFeaturesBackward(features, dy);

    internal override float CrossEntropy(Span<float> logits, int target, float smoothing, float scale)
    {
        using var _ = Time(Part.CrossEntropy);
        return inner.CrossEntropy(logits, target, smoothing, scale);
    }

    internal override void Turn(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool back) => inner.Turn(x, cosines, sines, back);

    internal override void Scale(Span<float> numbers, float factor) => inner.Scale(numbers, factor);

    internal override void Add(ReadOnlySpan<float> x, Span<float> y)
    {
        using var _ = Time(Part.Additions);
        inner.Add(x, y);
    }

    internal override void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y) => inner.AddScaled(factor, x, y);

    internal override void Sum(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sum)
    {
        using var _ = Time(Part.Additions);
        inner.Sum(x, y, sum);
    }

    internal override float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        using var _ = Time(Part.Optimiser);
        return inner.Dot(x, y);
    }

    internal override void AddRows(MatrixSpan rows, Span<float> sum)
    {
        using var _ = Time(Part.Additions);
        inner.AddRows(rows, sum);
    }

    internal override void AdamW(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, AdamWKernel.Constants constants)
    {
        using var _ = Time(Part.Optimiser);
        inner.AdamW(w, g, m, v, constants);
    }

    internal override void Momentum(Span<float> w, ReadOnlySpan<float> g, Span<float> b, MomentumKernel.Constants constants) =>
        inner.Momentum(w, g, b, constants);

    private Watch Time(Part part) => new(ref ticks[(int)part]);

    private readonly ref struct Watch(ref long sum)
    {
        private readonly ref long sum = ref sum;
        private readonly long start = Stopwatch.GetTimestamp();

        public void Dispose() => sum += Stopwatch.GetTimestamp() - start;
    }
}
