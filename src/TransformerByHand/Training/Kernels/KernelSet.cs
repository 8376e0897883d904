using System.Runtime.Intrinsics;

namespace TransformerByHand.Training.Kernels;

/// <summary>The engine's kernels, compiled for one register width.</summary>
/// <remarks>
/// A model computes with <see cref="Fastest"/>. The other sets are there for machines that lack wide registers, and so
/// that tests can run all of them on one machine: results of two sets differ by rounding only.
/// </remarks>
public abstract class KernelSet
{
    private protected KernelSet() { }

    /// <summary>One float at a time: plain scalar code.</summary>
    public static KernelSet Scalar { get; } = new KernelSet<OneLane>();

    /// <summary>Registers of 4 floats. Works everywhere, and is emulated where the processor has none.</summary>
    public static KernelSet Vector128 { get; } = new KernelSet<Lanes128>();

    /// <summary>Registers of 8 floats. Works everywhere, and is emulated where the processor has none.</summary>
    public static KernelSet Vector256 { get; } = new KernelSet<Lanes256>();

    /// <summary>Registers of 16 floats. Works everywhere, and is emulated where the processor has none.</summary>
    public static KernelSet Vector512 { get; } = new KernelSet<Lanes512>();

    /// <summary>The widest set that this machine has registers for.</summary>
    public static KernelSet Fastest { get; } =
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? Vector512
        : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? Vector256
        : System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated ? Vector128
        : Scalar;

    /// <summary>How many floats a register of this set holds: 1, 4, 8 or 16.</summary>
    public abstract int Lanes { get; }

    /// <inheritdoc/>
    public override string ToString() => Lanes == 1 ? "one float at a time" : $"{Lanes} floats at a time";

    internal abstract int PackedSize(int rows, int columns);

    internal abstract PackedView Pack(MatrixSpan source, Span<float> destination);

    internal abstract PackedView AsPacked(ReadOnlySpan<float> packed, int rows, int columns);

    internal abstract void Multiply(MatrixSpan a, PackedView b, MatrixSpan d, MatrixSpan c);

    internal abstract void Softmax(Span<float> row, float scale);

    internal abstract void SoftmaxBackward(ReadOnlySpan<float> p, Span<float> dp, float scale);

    internal abstract float Largest(ReadOnlySpan<float> row);

    internal abstract float Exponentials(Span<float> row, float scale, float shift);

    internal abstract (float Mean, float InverseDeviation) LayerNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> y);

    internal abstract void LayerNormBackward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float mean, float rstd, ReadOnlySpan<float> dy,
        Span<float> dx, Span<float> dGamma, Span<float> dBeta);

    internal abstract void Gelu(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void GeluBackward(Span<float> x, ReadOnlySpan<float> dy);

    internal abstract void GeluTanh(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void GeluTanhBackward(Span<float> x, ReadOnlySpan<float> dy);

    internal abstract void Relu(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void ReluBackward(Span<float> x, ReadOnlySpan<float> dy);

    internal abstract void PositiveFeatures(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void PositiveFeaturesBackward(ReadOnlySpan<float> features, Span<float> dy);

    internal abstract float CrossEntropy(Span<float> logits, int target, float smoothing, float scale);

    internal abstract void Turn(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool back);

    internal abstract void Scale(Span<float> numbers, float factor);

    internal abstract void Add(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y);

    internal abstract void Sum(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sum);

    internal abstract float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y);

    internal abstract void AddRows(MatrixSpan rows, Span<float> sum);

    internal abstract void AdamW(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, AdamWKernel.Constants constants);

    internal abstract void Momentum(Span<float> w, ReadOnlySpan<float> g, Span<float> b, MomentumKernel.Constants constants);
}

/// <summary>Names each kernel once for the register <typeparamref name="V"/>.</summary>
internal sealed class KernelSet<V> : KernelSet where V : struct, ILanes<V>
{
    public override int Lanes => V.Count;

    internal override int PackedSize(int rows, int columns) => PackedView.Size<V>(rows, columns);

    internal override PackedView Pack(MatrixSpan source, Span<float> destination) => PackedView.Pack<V>(source, destination);

    internal override PackedView AsPacked(ReadOnlySpan<float> packed, int rows, int columns) =>
        new(packed[..PackedView.Size<V>(rows, columns)], rows, columns);

    internal override void Multiply(MatrixSpan a, PackedView b, MatrixSpan d, MatrixSpan c) => MatrixProduct.Multiply<V>(a, b, d, c);

    internal override void Softmax(Span<float> row, float scale) => Kernels.Softmax.Forward<V>(row, scale);

    internal override void SoftmaxBackward(ReadOnlySpan<float> p, Span<float> dp, float scale) =>
        Kernels.Softmax.Backward<V>(p, dp, scale);

    internal override float Largest(ReadOnlySpan<float> row) => Kernels.Softmax.Largest<V>(row);

    internal override float Exponentials(Span<float> row, float scale, float shift) =>
        Kernels.Softmax.Exponentials<V>(row, scale, shift);

    internal override (float Mean, float InverseDeviation) LayerNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> y) =>
        LayerNormKernel.Forward<V>(x, gamma, beta, epsilon, y);

    internal override void LayerNormBackward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float mean, float rstd, ReadOnlySpan<float> dy,
        Span<float> dx, Span<float> dGamma, Span<float> dBeta) =>
        LayerNormKernel.Backward<V>(x, gamma, mean, rstd, dy, dx, dGamma, dBeta);

    internal override void Gelu(ReadOnlySpan<float> x, Span<float> y) => Kernels.Gelu.Forward<V>(x, y);

    internal override void GeluBackward(Span<float> x, ReadOnlySpan<float> dy) => Kernels.Gelu.Backward<V>(x, dy);

    internal override void GeluTanh(ReadOnlySpan<float> x, Span<float> y) => Kernels.GeluTanh.Forward<V>(x, y);

    internal override void GeluTanhBackward(Span<float> x, ReadOnlySpan<float> dy) => Kernels.GeluTanh.Backward<V>(x, dy);

    internal override void Relu(ReadOnlySpan<float> x, Span<float> y) => Kernels.Relu.Forward<V>(x, y);

    internal override void ReluBackward(Span<float> x, ReadOnlySpan<float> dy) => Kernels.Relu.Backward<V>(x, dy);

    internal override void PositiveFeatures(ReadOnlySpan<float> x, Span<float> y) => Kernels.PositiveFeatures.Forward<V>(x, y);

    internal override void PositiveFeaturesBackward(ReadOnlySpan<float> features, Span<float> dy) => Kernels.PositiveFeatures.Backward<V>(features, dy);

    internal override float CrossEntropy(Span<float> logits, int target, float smoothing, float scale) =>
        CrossEntropyKernel.InPlace<V>(logits, target, smoothing, scale);

    internal override void Turn(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool back) =>
        Rotation.InPlace<V>(x, cosines, sines, back);

    internal override void Scale(Span<float> numbers, float factor) => Scaling.InPlace<V>(numbers, factor);

    internal override void Add(ReadOnlySpan<float> x, Span<float> y) => Scaling.Add<V>(x, y);

    internal override void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y) => Scaling.AddScaled<V>(factor, x, y);

    internal override void Sum(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sum) => Scaling.Sum<V>(x, y, sum);

    internal override float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Sums.Dot<V>(x, y);

    internal override void AddRows(MatrixSpan rows, Span<float> sum) => Sums.AddRows<V>(rows, sum);

    internal override void AdamW(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, AdamWKernel.Constants constants) =>
        AdamWKernel.Step<V>(w, g, m, v, constants);

    internal override void Momentum(Span<float> w, ReadOnlySpan<float> g, Span<float> b, MomentumKernel.Constants constants) =>
        MomentumKernel.Step<V>(w, g, b, constants);
}
