using TorchSharp;
using TransformerByHand.Layers;
using F = TorchSharp.torch.nn.functional;
using Tensor = TorchSharp.torch.Tensor;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>The library's forward passes once more, in TorchSharp's operations. Its autograd does the rest.</summary>
internal static class TorchForward
{
    /// <summary>PyTorch keeps the transpose of W. Shapes are the library's and checked there: a wrong one would end the process.</summary>
    public static Tensor Linear(Tensor X, Tensor W, Tensor? b) => F.linear(X, W.t(), b);

    public static Tensor LayerNorm(Tensor X, Leaves p, double ε = 1e-5) => F.layer_norm(X, [X.shape[^1]], p["γ"], p["β"], ε);

    public static Tensor RMSNorm(Tensor X, Leaves p, double ε) => X / (X.square().mean([-1], keepdim: true) + ε).sqrt() * p["γ"];

    public static Tensor Activate(Tensor X, Activation activation) =>
        activation == Activation.ReLU ? F.relu(X)
        : activation == Activation.GELU ? F.gelu(X)
        : F.gelu(X, global::TorchSharp.Modules.GELU.Approximate.tanh);

    /// <summary>TorchSharp's attention takes a batch first, and a mask that is true where attending is allowed.</summary>
    public static Tensor Attention(Tensor Q, Tensor K, Tensor V, Mask? mask) => F.scaled_dot_product_attention(
        Q.unsqueeze(0), K.unsqueeze(0), V.unsqueeze(0), mask is null ? null : TorchTensors.Of(mask).unsqueeze(0)).squeeze(0);

    public static Tensor AttentionHead(Tensor X, Tensor M, Leaves p, Mask? mask) => Attention(X.mm(p["W_Q"]), M.mm(p["W_K"]), M.mm(p["W_V"]), mask);

    public static Tensor MultiHeadAttention(Tensor X, Tensor M, Leaves p, int h, Mask? mask)
    {
        var Q = Linear(X, p["W_Q"], p.Optional("b_Q")).chunk(h, dim: 1);
        var K = Linear(M, p["W_K"], p.Optional("b_K")).chunk(h, dim: 1);
        var V = Linear(M, p["W_V"], p.Optional("b_V")).chunk(h, dim: 1);
        Tensor[] O = [.. Enumerable.Range(0, h).Select(i => Attention(Q[i], K[i], V[i], mask))];
        return Linear(torch.cat(O, dim: 1), p["W_O"], p.Optional("b_O"));
    }

    public static Tensor FeedForward(Tensor X, Leaves p, Activation activation) =>
        Linear(Activate(Linear(X, p["W_1"], p.Optional("b_1")), activation), p["W_2"], p.Optional("b_2"));

    public static Tensor AddAndNorm(Tensor X, Leaves norm, NormPlacement placement, Func<Tensor, Tensor> block) => placement switch
    {
        NormPlacement.Post => LayerNorm(X + block(X), norm),
        NormPlacement.Pre => X + block(LayerNorm(X, norm)),
        _ => X + block(X),
    };

    public static Tensor EncoderLayer(Tensor X, Leaves p, LayerOptions options, Mask? mask)
    {
        var H = AddAndNorm(X, p.Under("norm1"), options.Placement, x => MultiHeadAttention(x, x, p.Under("attention"), options.Heads, mask));
        if (!options.HasFeedForward) return H;
        return AddAndNorm(H, p.Under("norm2"), options.Placement, x => FeedForward(x, p.Under("feedForward"), options.Activation));
    }

    public static Tensor DecoderLayer(Tensor X, Tensor M, Leaves p, LayerOptions options, Mask? selfMask, Mask? crossMask)
    {
        var H = AddAndNorm(X, p.Under("norm1"), options.Placement, x => MultiHeadAttention(x, x, p.Under("selfAttention"), options.Heads, selfMask));
        var C = AddAndNorm(H, p.Under("norm2"), options.Placement, x => MultiHeadAttention(x, M, p.Under("crossAttention"), options.Heads, crossMask));
        return AddAndNorm(C, p.Under("norm3"), options.Placement, x => FeedForward(x, p.Under("feedForward"), options.Activation));
    }

    public static Tensor Encoder(Tensor X, Leaves p, int layers, LayerOptions options, Mask? mask)
    {
        for (int l = 0; l < layers; l++)
            X = EncoderLayer(X, p.Under($"layers.{l}"), options, mask);
        return options.Placement is NormPlacement.Pre ? LayerNorm(X, p.Under("norm")) : X;
    }

    public static Tensor Decoder(Tensor X, Tensor M, Leaves p, int layers, LayerOptions options, Mask? selfMask, Mask? crossMask)
    {
        for (int l = 0; l < layers; l++)
            X = DecoderLayer(X, M, p.Under($"layers.{l}"), options, selfMask, crossMask);
        return options.Placement is NormPlacement.Pre ? LayerNorm(X, p.Under("norm")) : X;
    }

    public static Tensor Embedding(IReadOnlyList<int> ids, Leaves p, double scale = 1) => p["E"].index_select(0, TorchTensors.Of(ids)) * scale;

    /// <summary>The first n rows of the table of learned positions.</summary>
    public static Tensor LearnedPositions(int n, Leaves p) => p["P"].index_select(0, TorchTensors.Of([.. Enumerable.Range(0, n)]));

    public static Tensor LanguageModel(IReadOnlyList<int> ids, Leaves p, int layers, LayerOptions options, bool causal)
    {
        var X = Embedding(ids, p) + LearnedPositions(ids.Count, p);
        var Y = Encoder(X, p, layers, options, causal ? Mask.Causal(ids.Count) : null);
        return Y.mm(p.Optional("W_U") ?? p["E"].t());
    }

    public static Tensor Transformer(IReadOnlyList<int> source, IReadOnlyList<int> target, IReadOnlyList<bool> sourceIsPadding, Leaves p, int layers, LayerOptions options)
    {
        Tensor Embed(IReadOnlyList<int> ids, string part) =>
            Embedding(ids, p.Under(part), Math.Sqrt(options.DModel)) + TorchTensors.Of(SinusoidalPositions.Of(ids.Count, options.DModel));

        var M = Encoder(Embed(source, "source"), p.Under("encoder"), layers, options, Mask.Padding(source.Count, sourceIsPadding));
        var Y = Decoder(Embed(target, "target"), M, p.Under("decoder"), layers, options, Mask.Causal(target.Count), Mask.Padding(target.Count, sourceIsPadding));
        return Y.mm(p.Optional("W_U") ?? p["target.E"].t());
    }
}
