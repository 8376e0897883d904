using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class EncoderDecoderTests
{
    private static Gen<LayerOptions> Options =>
        from h in Gen.Choose(1, 2)
        from dK in Gen.Choose(1, 2)
        from dFF in Gen.Choose(1, 4)
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post, NormPlacement.None)
        from bias in Gen.Elements(true, false)
        from p in Gen.Elements(0, 0.2)
        select new LayerOptions { DModel = h * dK, Heads = h, DFF = dFF, Placement = placement, Bias = bias, Dropout = p, Activation = Activation.GELU };

    private static Gen<LayerOptions> OptionsOfAttentionAlone =>
        from options in Options
        from placement in Gen.Elements(Enum.GetValues<NormPlacement>())
        from skip in Gen.Elements(true, false)
        select options with { HasFeedForward = false, Placement = placement, Skip = skip };

    private static LayerOptions Small(NormPlacement placement) => new() { DModel = 4, Heads = 2, DFF = 5, Placement = placement, Activation = Activation.GELU };

    private static Part At(EncoderLayer layer, Matrix<double> X, Mask? mask = null)
    {
        (Matrix<double> Y, EncoderLayerTrace Trace) Run() => layer.Forward(X, mask, SeededRandom.Create(9));
        return new([new("X", X), .. layer.Parameters], () => Run().Y, dY => layer.Backward(Run().Trace, dY).ByName());
    }

    private static Part At(DecoderLayer layer, Matrix<double> X, Matrix<double> M)
    {
        (Matrix<double> Y, DecoderLayerTrace Trace) Run() => layer.Forward(X, M, Mask.Causal(X.RowCount), crossMask: null, SeededRandom.Create(9));
        return new([new("X", X), new("M", M), .. layer.Parameters], () => Run().Y, dY => layer.Backward(Run().Trace, dY).ByName());
    }

    private static Part At(Decoder stack, Matrix<double> X, Matrix<double> M) => new(
        [new("X", X), new("M", M), .. stack.Parameters],
        () => stack.Forward(X, M, Mask.Causal(X.RowCount)).Y,
        dY => stack.Backward(stack.Forward(X, M, Mask.Causal(X.RowCount)).Trace, dY).ByName());

    [Fact]
    public void Gradients_of_an_encoder_layer_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from n in Gen.Choose(1, 3)
        from causal in Gen.Elements(true, false)
        select At(EncoderLayer.Random(random, options).With(random), random.NormalMatrix(n, options.DModel), causal ? Mask.Causal(n) : null),
        part => part.MustAgree(), count: 12);

    [Fact]
    public void Gradients_of_attention_alone_agree_with_differences_wherever_the_norm_stands() => Seeded.ForAll(
        from random in Seeded.Random
        from options in OptionsOfAttentionAlone
        from n in Gen.Choose(1, 3)
        from causal in Gen.Elements(true, false)
        from layers in Gen.Choose(1, 3)
        select (random, options, layers, random.NormalMatrix(n, options.DModel), causal ? Mask.Causal(n) : null),
        c =>
        {
            var (random, options, layers, X, mask) = c;
            At(EncoderLayer.Random(random, options).With(random), X, mask).MustAgree();
            Part.Of(Encoder.Random(random, layers, options).With(random), X).MustAgree();
        }, count: 12);

    [Fact]
    public void Gradients_of_a_decoder_layer_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        from n in Gen.Choose(1, 3)
        from m in Gen.Choose(1, 3)
        select At(DecoderLayer.Random(random, options).With(random), random.NormalMatrix(n, options.DModel), random.NormalMatrix(m, options.DModel)),
        part => part.MustAgree(), count: 12);

    [Fact]
    public void Gradients_of_stacks_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post)
        from layers in Gen.Choose(1, 2)
        select (random, layers, Small(placement) with { DModel = 2 }),
        c =>
        {
            var (random, layers, options) = c;
            Part.Of(Encoder.Random(random, layers, options).With(random), random.NormalMatrix(2, 2)).MustAgree();
            At(Decoder.Random(random, layers, options).With(random), random.NormalMatrix(2, 2), random.NormalMatrix(3, 2)).MustAgree();
        }, count: 4);

    [Theory]
    [InlineData(NormPlacement.Post)]
    [InlineData(NormPlacement.Pre)]
    public void Wrong_backward_passes_of_an_encoder_layer_are_rejected(NormPlacement placement)
    {
        var random = SeededRandom.Create(1);
        var layer = EncoderLayer.Random(random, Small(placement)).With(random);
        var X = random.NormalMatrix(3, 4);
        var trace = layer.Forward(X).Trace;
        EncoderLayerGradients d(Matrix<double> dY) => layer.Backward(trace, dY);
        var part = At(layer, X);

        part.MustAgree();
        part.MustReject("attention is given dY in place of dH", "X", dY => layer.AddAndNorm1.Backward(trace.Attention, dY, layer.Attention.Backward).dX);
        part.MustReject("the attention block is skipped", "X", dY => d(dY).FeedForward.dX);
        part.MustReject("the path past the attention is forgotten", "X", dY => d(dY).Attention.dX - d(dY).Attention.dSum);
        part.MustReject("the norms' gradients are swapped", "norm1.γ", dY => d(dY).FeedForward.Norm!.dγ.ToRowMatrix());
        part.MustReject("attention's weights are taken with the stream in place of what was read", "attention.W_V", dY =>
            trace.Attention.Sum.Transpose() * d(dY).Attention.Block.Heads.Select(head => head.dV).SideBySide());
    }

    [Theory]
    [InlineData(NormPlacement.Post)]
    [InlineData(NormPlacement.Pre)]
    public void Wrong_backward_passes_of_attention_alone_are_rejected(NormPlacement placement)
    {
        var random = SeededRandom.Create(4);
        var layer = EncoderLayer.Random(random, Small(placement) with { HasFeedForward = false }).With(random);
        var X = random.NormalMatrix(3, 4);
        var (Y, trace) = layer.Forward(X);
        EncoderLayerGradients d(Matrix<double> dY) => layer.Backward(trace, dY);
        var part = At(layer, X);

        part.MustAgree();
        part.MustReject("the gradient goes through the norm of a block that is not there", "X", dY =>
            layer.AddAndNorm1.Backward(trace.Attention, layer.AddAndNorm1.Norm!.Backward(layer.AddAndNorm1.Norm.Forward(Y).Trace, dY).dX, layer.Attention.Backward).dX);
        part.MustReject("the path past the attention is counted twice", "X", dY => d(dY).dX + d(dY).Attention.dSum);
        part.MustReject("the path past the attention is forgotten", "X", dY => d(dY).dX - d(dY).Attention.dSum);
        part.MustReject("attention's weights are taken with the stream in place of what was read", "attention.W_V", dY =>
            trace.Attention.Sum.Transpose() * d(dY).Attention.Block.Heads.Select(head => head.dV).SideBySide());
    }

    [Fact]
    public void Attention_alone_is_the_first_step_of_a_whole_layer_and_nothing_after_it() => Seeded.ForAll(
        from random in Seeded.Random
        from options in OptionsOfAttentionAlone
        select (EncoderLayer.Random(random, options with { HasFeedForward = true, Dropout = 0 }).With(random), random.NormalMatrix(3, options.DModel)),
        c =>
        {
            var (whole, X) = c;
            var (Y, trace) = new EncoderLayer(whole.Attention, whole.AddAndNorm1).Forward(X, Mask.Causal(3));

            Y.ShouldBe(whole.Forward(X, Mask.Causal(3)).Trace.Attention.Y);
            Y.ShouldBe(trace.Attention.Y);
        });

    [Fact]
    public void A_block_that_writes_zeros_is_no_block_in_pre_LN_and_another_layer_in_post_LN_where_its_norm_acts()
    {
        double Difference(NormPlacement placement)
        {
            var random = SeededRandom.Create(5);
            var whole = EncoderLayer.Random(random, Small(placement)).With(random);
            foreach (var parameter in whole.FeedForward.Parameters) parameter.Set(new double[parameter.Count]);
            var X = random.NormalMatrix(3, 4);
            return Compare.Distance(whole.Forward(X).Y, new EncoderLayer(whole.Attention, whole.AddAndNorm1).Forward(X).Y);
        }

        Difference(NormPlacement.Pre).ShouldBe(0);
        Difference(NormPlacement.Post).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Wrong_backward_passes_of_a_decoder_layer_are_rejected()
    {
        var random = SeededRandom.Create(2);
        var layer = DecoderLayer.Random(random, Small(NormPlacement.Pre)).With(random);
        var (X, M) = (random.NormalMatrix(2, 4), random.NormalMatrix(2, 4));
        var trace = layer.Forward(X, M, Mask.Causal(2)).Trace;
        DecoderLayerGradients d(Matrix<double> dY) => layer.Backward(trace, dY);
        var part = At(layer, X, M);

        part.MustAgree();
        part.MustReject("nothing reaches the encoder", "M", dY => d(dY).dM * 0);
        part.MustReject("the encoder is given the stream's gradient", "M", dY => d(dY).CrossAttention.dX);
        part.MustReject("the encoder's gradient is added to the stream", "X", dY => d(dY).dX + d(dY).dM);
        part.MustReject("the cross-attention is skipped", "X", dY => layer.AddAndNorm1.Backward(trace.SelfAttention, d(dY).FeedForward.dX, layer.SelfAttention.Backward).dX);
        part.MustReject("self-attention and cross-attention are swapped", "selfAttention.W_O", dY => d(dY).CrossAttention.Block.dW_O);
    }

    [Fact]
    public void Wrong_backward_passes_of_stacks_are_rejected()
    {
        var random = SeededRandom.Create(3);
        var options = Small(NormPlacement.Pre);
        var (X, M) = (random.NormalMatrix(2, 4), random.NormalMatrix(3, 4));
        var encoder = Encoder.Random(random, 2, options).With(random);
        var decoder = Decoder.Random(random, 2, options).With(random);
        var trace = encoder.Forward(X).Trace;
        var decoderTrace = decoder.Forward(X, M, Mask.Causal(2)).Trace;
        DecoderGradients d(Matrix<double> dY) => decoder.Backward(decoderTrace, dY);

        var part = Part.Of(encoder, X);
        part.MustAgree();
        part.MustReject("the norm at the end is forgotten", "X", dY => encoder.Layers[0].Backward(trace.Layers[0], encoder.Layers[1].Backward(trace.Layers[1], dY).dX).dX);
        part.MustReject("the layers are walked from the first to the last", "X", dY => encoder.Layers[1].Backward(trace.Layers[1], encoder.Layers[0].Backward(trace.Layers[0], encoder.Norm!.Backward(trace.Norm!, dY).dX).dX).dX);
        part.MustReject("the first layer is skipped", "X", dY => encoder.Backward(trace, dY).Layers[1].dX);

        var decoding = At(decoder, X, M);
        decoding.MustAgree();
        decoding.MustReject("the encoder hears of the last layer only", "M", dY => d(dY).Layers[1].dM);
        decoding.MustReject("the encoder hears of the first layer only", "M", dY => d(dY).Layers[0].dM);
        decoding.MustReject("the encoder hears the average of the layers", "M", dY => d(dY).dM / 2);
        decoding.MustReject("the first layer is skipped", "X", dY => d(dY).Layers[1].dX);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(768)]
    public void A_layer_has_twelve_d_squared_and_thirteen_d_numbers(int d)
    {
        var layer = EncoderLayer.Random(SeededRandom.Create(1), new LayerOptions { DModel = d, Heads = 2 });

        layer.Parameters.NumberCount.ShouldBe(12 * d * d + 13 * d);
        if (d == 768) layer.Parameters.NumberCount.ShouldBe(7_087_872);
        layer.Parameters.Where(p => p.Shape.Count == 2).Sum(p => p.Count).ShouldBe(12 * d * d);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(768)]
    public void Attention_alone_has_four_d_squared_and_six_d_numbers(int d)
    {
        var layer = EncoderLayer.Random(SeededRandom.Create(1), new LayerOptions { DModel = d, Heads = 2, HasFeedForward = false });

        layer.Parameters.NumberCount.ShouldBe(4 * d * d + 6 * d);
        layer.Parameters.Where(p => p.Shape.Count == 2).Sum(p => p.Count).ShouldBe(4 * d * d);
    }

    [Fact]
    public void Attention_alone_has_the_names_of_attention_and_of_one_norm()
    {
        var random = SeededRandom.Create(1);
        EncoderLayer Layer(NormPlacement placement, bool bias = true) => EncoderLayer.Random(random, Small(placement) with { HasFeedForward = false, Bias = bias });

        Layer(NormPlacement.Pre).Parameters.Select(p => p.Name).ShouldBe(
        [
            "attention.W_Q", "attention.W_K", "attention.W_V", "attention.W_O", "attention.b_Q", "attention.b_K", "attention.b_V", "attention.b_O", "norm1.γ", "norm1.β",
        ]);
        Layer(NormPlacement.None, bias: false).Parameters.Select(p => p.Name).ShouldBe(["attention.W_Q", "attention.W_K", "attention.W_V", "attention.W_O"]);
        Encoder.Random(random, 1, Small(NormPlacement.Pre) with { HasFeedForward = false }).Parameters.Select(p => p.Name).TakeLast(3).ShouldBe(["layers.0.norm1.β", "norm.γ", "norm.β"]);
    }

    [Fact]
    public void What_attention_alone_does_not_have_says_so_and_is_not_shown()
    {
        var random = SeededRandom.Create(1);
        var layer = EncoderLayer.Random(random, Small(NormPlacement.Pre) with { HasFeedForward = false });
        var X = random.NormalMatrix(3, 4);
        var trace = layer.Forward(X).Trace;
        var gradients = layer.Backward(trace, X);

        layer.HasFeedForward.ShouldBeFalse();
        EncoderLayer.Random(random, Small(NormPlacement.Pre)).HasFeedForward.ShouldBeTrue();
        foreach (Func<object> absent in new Func<object>[] { () => layer.FeedForward, () => layer.AddAndNorm2, () => trace.FeedForward, () => gradients.FeedForward })
            Should.Throw<InvalidOperationException>(absent).Message.ShouldContain("has no feed-forward block");
        foreach (string shown in new[] { trace.ToText(), trace.ToHtml(), gradients.ToText(), gradients.ToHtml() })
        {
            shown.ShouldContain("Attention");
            shown.ShouldNotContain("FeedForward");
        }
    }

    [Fact]
    public void The_parameters_have_the_names_of_their_parts()
    {
        var layer = EncoderLayer.Random(SeededRandom.Create(1), Small(NormPlacement.Pre));

        layer.Parameters.Select(p => p.Name).ShouldBe(
        [
            "attention.W_Q", "attention.W_K", "attention.W_V", "attention.W_O", "attention.b_Q", "attention.b_K", "attention.b_V", "attention.b_O",
            "norm1.γ", "norm1.β", "feedForward.W_1", "feedForward.b_1", "feedForward.W_2", "feedForward.b_2", "norm2.γ", "norm2.β",
        ]);
    }

    [Fact]
    public void Gradients_come_under_the_names_and_in_the_shapes_of_the_parameters() => Seeded.ForAll(
        from random in Seeded.Random
        from options in Options
        select (random, options),
        c =>
        {
            var (random, options) = c;
            var (encoder, decoder) = (EncoderLayer.Random(random, options), DecoderLayer.Random(random, options));
            var X = random.NormalMatrix(2, options.DModel);

            var alone = EncoderLayer.Random(random, options with { HasFeedForward = false });
            alone.Backward(alone.Forward(X).Trace, X).OfParameters().Select(p => p.ToString()).ShouldBe(alone.Parameters.Select(p => p.ToString()));
            encoder.Backward(encoder.Forward(X).Trace, X).OfParameters().Select(p => p.ToString()).ShouldBe(encoder.Parameters.Select(p => p.ToString()));
            decoder.Backward(decoder.Forward(X, X, null).Trace, X).OfParameters().Select(p => p.ToString()).ShouldBe(decoder.Parameters.Select(p => p.ToString()));
        });

    [Fact]
    public void Backward_changes_nothing()
    {
        var random = SeededRandom.Create(5);
        var layer = EncoderLayer.Random(random, Small(NormPlacement.Post)).With(random);
        var (X, dY) = (random.NormalMatrix(3, 4), random.NormalMatrix(3, 4));
        var trace = layer.Forward(X).Trace;
        double[] before = [.. layer.Parameters.SelectMany(p => p.ToArray()), .. X.Enumerate(), .. dY.Enumerate()];

        var first = layer.Backward(trace, dY).ByName();
        var second = layer.Backward(trace, dY).ByName();

        double[] after = [.. layer.Parameters.SelectMany(p => p.ToArray()), .. X.Enumerate(), .. dY.Enumerate()];
        after.ShouldBe(before);
        second.SelectMany(p => p.ToArray()).ShouldBe(first.SelectMany(p => p.ToArray()));
    }

    [Fact]
    public void Dropout_acts_with_a_generator_and_not_without()
    {
        var random = SeededRandom.Create(6);
        var options = Small(NormPlacement.Pre) with { Dropout = 0.5 };
        var layer = EncoderLayer.Random(random, options);
        var X = random.NormalMatrix(3, 4);
        var still = EncoderLayer.Random(SeededRandom.Create(1), options with { Dropout = 0 });
        still.Parameters.CopyFrom(layer.Parameters);

        layer.Forward(X).Y.ShouldBe(still.Forward(X).Y);
        layer.Forward(X, null, SeededRandom.Create(1)).Y.ShouldNotBe(layer.Forward(X).Y);
        layer.Forward(X, null, SeededRandom.Create(1)).Y.ShouldBe(layer.Forward(X, null, SeededRandom.Create(1)).Y);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var random = SeededRandom.Create(1);

        Should.Throw<ArgumentException>(() => EncoderLayer.Random(random, new LayerOptions { DModel = 6, Heads = 4 })).Message.ShouldContain("6 columns, which 4 heads");
        Should.Throw<ArgumentOutOfRangeException>(() => EncoderLayer.Random(random, new LayerOptions { DModel = 4, ε = 0 })).Message.ShouldContain("ε is 0");
        Should.Throw<ArgumentException>(() => DecoderLayer.Random(random, Small(NormPlacement.Pre) with { HasFeedForward = false })).Message.ShouldContain("HasFeedForward is false, but should be true");
        Should.Throw<ArgumentException>(() => new Encoder([], null)).Message.ShouldContain("layers is empty");
        Should.Throw<ArgumentException>(() => EncoderLayer.Random(random, Small(NormPlacement.Pre)).Forward(Matrix<double>.Build.Dense(2, 3, 1))).Message.ShouldContain("X is 2 × 3");
    }
}
