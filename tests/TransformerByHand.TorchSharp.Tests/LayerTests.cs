using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using TransformerByHand.Training;
using F = TorchSharp.torch.nn.functional;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>Every layer against TorchSharp's autograd, in double precision, on random shapes.</summary>
public class LayerTests
{
    private static Gen<LayerOptions> Options =>
        from h in Gen.Choose(1, 3)
        from dK in Gen.Choose(1, 3)
        from dFF in Gen.Choose(1, 6)
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post)
        from activation in Gen.Elements(Activation.ReLU, Activation.GELU, Activation.GELUTanh)
        select new LayerOptions { DModel = h * dK, Heads = h, DFF = dFF, Placement = placement, Activation = activation };

    /// <summary>Every query may attend to one key at least: TorchSharp's attention gives NaN where it may attend to none.</summary>
    private static Gen<Mask> Masks(int n, int m) =>
        from bits in Gen.Elements(true, true, false).Array2DOf(n, m)
        select Mask.Where(n, m, (i, j) => j == i % m || bits[i, j]);

    [Fact]
    public void Linear() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from dIn in Gen.Choose(1, 6)
        from dOut in Gen.Choose(1, 6)
        from bias in Gen.Elements(true, false)
        select (Layers.Linear.Random(random, dIn, dOut, bias).With(random), random.NormalMatrix(n, dIn)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => TorchForward.Linear(p["X"], p["W"], p.Optional("b"))));

    [Fact]
    public void LayerNorm() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from d in Gen.Choose(1, 8)
        from ε in Gen.Elements(1e-5, 1e-2)
        select (new LayerNorm(d, ε).With(random), random.NormalMatrix(n, d)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => TorchForward.LayerNorm(p["X"], p, c.Item1.ε)));

    [Fact]
    public void RMSNorm() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from d in Gen.Choose(1, 8)
        select (new RMSNorm(d).With(random), random.NormalMatrix(n, d)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => TorchForward.RMSNorm(p["X"], p, c.Item1.ε)));

    [Fact]
    public void Softmax() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from m in Gen.Choose(1, 8)
        select random.NormalMatrix(n, m, 3),
        S => Referee.MustAgree([new("S", S)], () => Layers.Softmax.Forward(S), dP => [new("S", Layers.Softmax.Backward(Layers.Softmax.Forward(S), dP))], p => F.softmax(p["S"], 1)));

    [Fact]
    public void Embedding() => Seeded.ForAll(
        from random in Seeded.Random
        from V in Gen.Choose(1, 6)
        from d in Gen.Choose(1, 4)
        from n in Gen.Choose(1, 8)
        from ids in Gen.Choose(0, V - 1).ArrayOf(n)
        select (Layers.Embedding.Random(random, V, d, 1.5), ids),
        c =>
        {
            var (layer, ids) = c;
            Referee.MustAgree(layer.Parameters, () => layer.Forward(ids).X, dX => layer.Backward(layer.Forward(ids).Trace, dX).ByName(), p => TorchForward.Embedding(ids, p, 1.5));
        });

    [Fact]
    public void LearnedPositions() => Seeded.ForAll(
        from random in Seeded.Random
        from longest in Gen.Choose(1, 6)
        from n in Gen.Choose(1, longest)
        select (Layers.LearnedPositions.Random(random, longest, 3, 1), random.NormalMatrix(n, 3)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => p["X"] + TorchForward.LearnedPositions(c.Item2.RowCount, p)));

    [Fact]
    public void SinusoidalPositions() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 6)
        from d in Gen.Choose(1, 6)
        select random.NormalMatrix(n, d),
        X => Referee.MustAgree(new SinusoidalPositions(), X, p => p["X"] + TorchTensors.Of(Layers.SinusoidalPositions.Of(X.RowCount, X.ColumnCount))));

    [Fact]
    public void Dropout_with_its_own_mask() => Seeded.ForAll(
        from random in Seeded.Random
        select random.NormalMatrix(4, 5),
        X =>
        {
            var layer = new Dropout(0.4);
            (Matrix<double> Y, DropoutTrace? Trace) Run() => layer.Forward(X, SeededRandom.Create(1));
            Referee.MustAgree([new("X", X)], () => Run().Y, dY => layer.Backward(Run().Trace, dY).ByName(), p => p["X"] * TorchTensors.Of(Run().Trace!.M));
        });

    [Fact]
    public void FeedForward() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from options in Options
        select (Layers.FeedForward.Random(random, options.DModel, options.DFF, options.Activation).With(random, 1), random.NormalMatrix(n, options.DModel)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => TorchForward.FeedForward(p["X"], p, c.Item1.Activation)));

    [Fact]
    public void ScaledDotProductAttention() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 4)
        from dK in Gen.Choose(1, 4)
        from dV in Gen.Choose(1, 4)
        from mask in Masks(n, m)
        select (random.NormalMatrix(n, dK), random.NormalMatrix(m, dK), random.NormalMatrix(m, dV), mask),
        c =>
        {
            var (Q, K, V, mask) = c;
            Referee.MustAgree(
                [new("Q", Q), new("K", K), new("V", V)],
                () => Layers.ScaledDotProductAttention.Forward(Q, K, V, mask).O,
                dO => Layers.ScaledDotProductAttention.Backward(Layers.ScaledDotProductAttention.Forward(Q, K, V, mask).Trace, dO).ByName(),
                p => TorchForward.Attention(p["Q"], p["K"], p["V"], mask));
        });

    [Fact]
    public void AttentionHead() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from d in Gen.Choose(1, 5)
        from dK in Gen.Choose(1, 3)
        select (Layers.AttentionHead.Random(random, d, dK), random.NormalMatrix(n, d)),
        c => Referee.MustAgree(c.Item1, c.Item2, p => TorchForward.AttentionHead(p["X"], p["X"], p, mask: null)));

    [Fact]
    public void MultiHeadAttention() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 4)
        from h in Gen.Choose(1, 3)
        from dK in Gen.Choose(1, 3)
        from bias in Gen.Elements(true, false)
        from mask in Masks(n, m)
        select (Layers.MultiHeadAttention.Random(random, h * dK, h, bias).With(random), random.NormalMatrix(n, h * dK), random.NormalMatrix(m, h * dK), mask),
        c =>
        {
            var (layer, X, M, mask) = c;
            Referee.MustAgree(layer, X, p => TorchForward.MultiHeadAttention(p["X"], p["X"], p, layer.h, mask: null));
            Referee.MustAgree(
                [new("X", X), new("M", M), .. layer.Parameters],
                () => layer.Forward(X, M, mask).Y,
                dY => layer.Backward(layer.Forward(X, M, mask).Trace, dY).ByName(),
                p => TorchForward.MultiHeadAttention(p["X"], p["M"], p, layer.h, mask));
        });

    [Fact]
    public void EncoderLayer() => Seeded.ForAll(
        from random in Seeded.Random
        from whole in Options
        from hasFeedForward in Gen.Elements(true, false)
        let options = whole with { HasFeedForward = hasFeedForward }
        from n in Gen.Choose(1, 4)
        from mask in Masks(n, n)
        select (Layers.EncoderLayer.Random(random, options).With(random), options, random.NormalMatrix(n, options.DModel), mask),
        c =>
        {
            var (layer, options, X, mask) = c;
            Referee.MustAgree(
                [new("X", X), .. layer.Parameters],
                () => layer.Forward(X, mask).Y,
                dY => layer.Backward(layer.Forward(X, mask).Trace, dY).ByName(),
                p => TorchForward.EncoderLayer(p["X"], p, options, mask));
        });

    [Fact]
    public void DecoderLayer() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 4)
        from crossMask in Masks(n, m)
        select (Layers.DecoderLayer.Random(random, options).With(random), options, random.NormalMatrix(n, options.DModel), random.NormalMatrix(m, options.DModel), crossMask),
        c =>
        {
            var (layer, options, X, M, crossMask) = c;
            var causal = Mask.Causal(X.RowCount);
            Referee.MustAgree(
                [new("X", X), new("M", M), .. layer.Parameters],
                () => layer.Forward(X, M, causal, crossMask).Y,
                dY => layer.Backward(layer.Forward(X, M, causal, crossMask).Trace, dY).ByName(),
                p => TorchForward.DecoderLayer(p["X"], p["M"], p, options, causal, crossMask));
        });

    [Fact]
    public void Encoder_and_decoder() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from layers in Gen.Choose(1, 3)
        select (random, options, layers),
        c =>
        {
            var (random, options, layers) = c;
            var (X, M) = (random.NormalMatrix(3, options.DModel), random.NormalMatrix(2, options.DModel));
            var encoder = Encoder.Random(random, layers, options).With(random);
            var decoder = Decoder.Random(random, layers, options).With(random);

            Referee.MustAgree(encoder, X, p => TorchForward.Encoder(p["X"], p, layers, options, mask: null));
            Referee.MustAgree(
                [new("X", X), new("M", M), .. decoder.Parameters],
                () => decoder.Forward(X, M, Mask.Causal(3)).Y,
                dY => decoder.Backward(decoder.Forward(X, M, Mask.Causal(3)).Trace, dY).ByName(),
                p => TorchForward.Decoder(p["X"], p["M"], p, layers, options, Mask.Causal(3), crossMask: null));
        });

    [Fact]
    public void Language_models() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from tied in Gen.Elements(true, false)
        from causal in Gen.Elements(true, false)
        from ids in Gen.Choose(0, 5).ArrayOf(4)
        select (random, options, tied, causal, ids),
        c =>
        {
            var (random, options, tied, causal, ids) = c;
            LanguageModel model = causal
                ? CausalLanguageModel.Random(random, 6, 5, 2, options, tied).With(random)
                : MaskedLanguageModel.Random(random, 6, 5, 2, options, tied).With(random);
            Referee.MustAgree(
                model.Parameters,
                () => model.Forward(ids).Logits,
                d => model.Backward(model.Forward(ids).Trace, d).ByName(),
                p => TorchForward.LanguageModel(ids, p, 2, options, causal));
        });

    [Fact]
    public void Transformer() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from tied in Gen.Elements(true, false)
        from source in Gen.Choose(0, 5).ArrayOf(4)
        from target in Gen.Choose(0, 4).ArrayOf(3)
        select (random, options, tied, source, target),
        c =>
        {
            var (random, options, tied, source, target) = c;
            bool[] isPadding = [false, false, false, true];
            var model = Layers.Transformer.Random(random, 6, 5, 2, options, tied).With(random);
            Referee.MustAgree(
                model.Parameters,
                () => model.Forward(source, target, isPadding).Logits,
                d => model.Backward(model.Forward(source, target, isPadding).Trace, d).ByName(),
                p => TorchForward.Transformer(source, target, isPadding, p, 2, options));
        });

    [Fact]
    public void CrossEntropy_with_smoothing_and_ignored_positions() => Seeded.ForAll(
        from random in Seeded.Random
        from V in Gen.Choose(1, 6)
        from targets in Gen.Choose(0, V - 1).ArrayOf(3)
        from smoothing in Gen.Elements(0, 0.1)
        select (random.NormalMatrix(4, V, 2), (int[])[CrossEntropy.Ignored, .. targets], smoothing),
        c =>
        {
            var (logits, targets, smoothing) = c;
            Referee.MustAgree(
                [new("logits", logits)],
                () => Matrix<double>.Build.Dense(1, 1, CrossEntropy.Forward(logits, targets, smoothing).Loss),
                dL => [new("logits", CrossEntropy.Backward(CrossEntropy.Forward(logits, targets, smoothing).Trace) * dL[0, 0])],
                p => F.cross_entropy(p["logits"], TorchTensors.Of(targets), label_smoothing: smoothing));
        });
}
