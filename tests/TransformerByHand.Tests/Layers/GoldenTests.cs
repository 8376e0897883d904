using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using TransformerByHand.Training;

namespace TransformerByHand.Tests.Layers;

/// <summary>Outputs and all gradients are PyTorch's, to 1e-10. The values were recorded by tests/golden/make_golden.py.</summary>
public class GoldenTests
{
    [Theory, MemberData(nameof(Names), "linear")]
    public void Linear_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("linear", name);
        var layer = new Linear(c.Matrix("W"), c.OptionalVector("b"));
        var (Y, trace) = layer.Forward(c.Input("X"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "layer-norm")]
    public void LayerNorm_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("layer-norm", name);
        var layer = new LayerNorm(c.Vector("γ"), c.Vector("β"), c.Number("ε"));
        var (Y, trace) = layer.Forward(c.Input("X"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "rms-norm")]
    public void RMSNorm_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("rms-norm", name);
        var layer = new RMSNorm(c.Vector("γ"), c.Number("ε"));
        var (Y, trace) = layer.Forward(c.Input("X"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "softmax")]
    public void Softmax_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("softmax", name);
        var P = Softmax.Forward(c.Input("S"));
        c.MustAgree(P, [new("S", Softmax.Backward(P, c.dY))]);
    }

    [Theory, MemberData(nameof(Names), "embedding")]
    public void Embedding_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("embedding", name);
        var layer = new Embedding(c.Matrix("E"), c.Number("scale"));
        var (X, trace) = layer.Forward(c.Ints("ids"));
        c.MustAgree(X, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "positions")]
    public void Positions_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("positions", name);
        ILayer<PositionsTrace, PositionsGradients> layer = c.Text("kind") == "learned" ? new LearnedPositions(c.Matrix("P")) : new SinusoidalPositions();
        var (Y, trace) = layer.Forward(c.Input("X"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "dropout")]
    public void Dropout_with_the_recorded_mask_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("dropout", name);
        var (X, M) = (c.Input("X"), c.MatrixSetting("M"));
        var Y = X.PointwiseMultiply(M);
        c.MustAgree(Y, new Dropout(c.Number("p")).Backward(new DropoutTrace(M, Y), c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "feed-forward")]
    public void FeedForward_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("feed-forward", name);
        var layer = new FeedForward(c.Matrix("W_1"), c.Vector("b_1"), c.Matrix("W_2"), c.Vector("b_2"), GoldenCase.ActivationNamed(c.Text("activation")));
        var (Y, trace) = layer.Forward(c.Input("X"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "cross-entropy")]
    public void CrossEntropy_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("cross-entropy", name);
        var (loss, trace) = CrossEntropy.Forward(c.Input("logits"), c.Ints("targets"), c.Number("smoothing"));
        c.MustAgree(Matrix<double>.Build.Dense(1, 1, loss), [new("logits", CrossEntropy.Backward(trace))]);
    }

    [Theory, MemberData(nameof(Names), "attention")]
    public void ScaledDotProductAttention_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("attention", name);
        var (O, trace) = ScaledDotProductAttention.Forward(c.Input("Q"), c.Input("K"), c.Input("V"), c.Mask("mask"));
        c.MustAgree(O, ScaledDotProductAttention.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "attention-head")]
    public void AttentionHead_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("attention-head", name);
        var layer = new AttentionHead(c.Matrix("W_Q"), c.Matrix("W_K"), c.Matrix("W_V"));
        var X = c.Input("X");
        var (O, trace) = layer.Forward(X, c.Inputs.Contains("M") ? c.Input("M") : X, c.Mask("mask"));
        c.MustAgree(O, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "multi-head-attention")]
    public void MultiHeadAttention_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("multi-head-attention", name);
        var layer = new MultiHeadAttention(
            c.Int("h"), c.Matrix("W_Q"), c.Matrix("W_K"), c.Matrix("W_V"), c.Matrix("W_O"),
            c.OptionalVector("b_Q"), c.OptionalVector("b_K"), c.OptionalVector("b_V"), c.OptionalVector("b_O"));
        var X = c.Input("X");
        var (Y, trace) = layer.Forward(X, c.Inputs.Contains("M") ? c.Input("M") : X, c.Mask("mask"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "encoder-layer")]
    public void EncoderLayer_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("encoder-layer", name);
        var layer = EncoderLayer.Random(SeededRandom.Create(1), c.LayerOptions());
        layer.Parameters.CopyFrom(c.Parameters);
        var (Y, trace) = layer.Forward(c.Input("X"), c.Mask("mask"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    /// <summary>The recorded values tell attention alone from a layer whose block writes zeros and whose second norm still acts.</summary>
    [Fact]
    public void A_zero_block_with_its_norm_is_not_PyTorchs_attention_alone()
    {
        var c = Golden.Case("encoder-layer", "attention alone, post-LN, causal");
        var layer = EncoderLayer.Random(SeededRandom.Create(1), c.LayerOptions());
        layer.Parameters.CopyFrom(c.Parameters);
        int d = c.Int("d");
        var zeros = new FeedForward(Matrix<double>.Build.Dense(d, 1), null, Matrix<double>.Build.Dense(1, d), null);
        var wrong = new EncoderLayer(layer.Attention, zeros, layer.AddAndNorm1, new AddAndNorm(NormPlacement.Post, new LayerNorm(d)));

        c.MustAgree(layer.Forward(c.Input("X"), c.Mask("mask")).Y, c.Gradients);
        Should.Throw<ShouldAssertException>(() => c.MustAgree(wrong.Forward(c.Input("X"), c.Mask("mask")).Y, c.Gradients));
    }

    [Theory, MemberData(nameof(Names), "decoder-layer")]
    public void DecoderLayer_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("decoder-layer", name);
        var layer = DecoderLayer.Random(SeededRandom.Create(1), c.LayerOptions());
        layer.Parameters.CopyFrom(c.Parameters);
        var (Y, trace) = layer.Forward(c.Input("X"), c.Input("M"), c.Mask("selfMask"), c.Mask("crossMask"));
        c.MustAgree(Y, layer.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "encoder")]
    public void Encoder_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("encoder", name);
        var stack = Encoder.Random(SeededRandom.Create(1), c.Int("layers"), c.LayerOptions());
        stack.Parameters.CopyFrom(c.Parameters);
        var (Y, trace) = stack.Forward(c.Input("X"));
        c.MustAgree(Y, stack.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "decoder")]
    public void Decoder_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("decoder", name);
        var stack = Decoder.Random(SeededRandom.Create(1), c.Int("layers"), c.LayerOptions());
        stack.Parameters.CopyFrom(c.Parameters);
        var (Y, trace) = stack.Forward(c.Input("X"), c.Input("M"), c.Mask("selfMask"));
        c.MustAgree(Y, stack.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "language-model")]
    public void LanguageModel_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("language-model", name);
        var (random, V, longest, layers, tied) = (SeededRandom.Create(1), c.Int("vocabulary"), c.Int("longest"), c.Int("layers"), c.Bool("tied"));
        LanguageModel model = c.Text("kind") == "causal"
            ? CausalLanguageModel.Random(random, V, longest, layers, c.LayerOptions(), tied)
            : MaskedLanguageModel.Random(random, V, longest, layers, c.LayerOptions(), tied);
        model.Parameters.CopyFrom(c.Parameters);
        var (logits, trace) = model.Forward(c.Ints("ids"));
        c.MustAgree(logits, model.Backward(trace, c.dY).ByName());
    }

    [Theory, MemberData(nameof(Names), "transformer")]
    public void Transformer_agrees_with_PyTorch(string name)
    {
        var c = Golden.Case("transformer", name);
        var model = Transformer.Random(
            SeededRandom.Create(1), c.Int("sourceVocabulary"), c.Int("targetVocabulary"), c.Int("layers"), c.LayerOptions(), c.Bool("tied"));
        model.Parameters.CopyFrom(c.Parameters);
        var (logits, trace) = model.Forward(c.Ints("source"), c.Ints("target"), c.Has("sourceIsPadding") ? c.Bools("sourceIsPadding") : null);
        c.MustAgree(logits, model.Backward(trace, c.dY).ByName());
    }

    /// <summary>The comparison itself can fail: one entry of one gradient off by one part in 10⁸ is seen.</summary>
    [Theory, MemberData(nameof(Names), "multi-head-attention")]
    public void A_gradient_that_is_off_in_the_ninth_digit_is_rejected(string name)
    {
        var c = Golden.Case("multi-head-attention", name);
        var nearly = new ParameterSet(c.Gradients.Select(g => g.Clone()));
        nearly["W_O"][0] += 1e-8 * nearly["W_O"].ToArray().Max(Math.Abs) + 1e-11;

        c.MustAgree(c.Y, c.Gradients);
        Should.Throw<ShouldAssertException>(() => c.MustAgree(c.Y, nearly));
    }

    public static TheoryData<string> Names(string part) => Golden.Names(part);
}
