namespace TransformerByHand.Layers;

/// <summary>
/// What the parts of a model are called in the names of its parameters, <c>layers.0.attention.W_Q</c>: the one place that says it,
/// for the clear layers and for the fast engine. What follows the last point is the name of a layer's own property.
/// </summary>
internal static class PartName
{
    public const string Source = "source";
    public const string Target = "target";
    public const string Encoder = "encoder";
    public const string Decoder = "decoder";

    /// <summary>The self-attention of an encoder layer.</summary>
    public const string Attention = "attention";

    /// <summary>The self-attention of a decoder layer.</summary>
    public const string SelfAttention = "selfAttention";
    public const string CrossAttention = "crossAttention";
    public const string FeedForward = "feedForward";

    /// <summary>The norm of what enters a stack.</summary>
    public const string InputNorm = "inputNorm";

    /// <summary>The norm at the end of a stack.</summary>
    public const string FinalNorm = "norm";

    /// <summary>A layer of a stack, counted from 0.</summary>
    public static string Layer(int l) => $"layers.{l}";

    /// <summary>The norm of a layer's k-th block, counted from 1 as in the papers.</summary>
    public static string Norm(int k) => $"norm{k}";

    /// <summary>The name of something within a part; the part's own where there is no part.</summary>
    public static string Join(string part, string name) => part.Length == 0 ? name : $"{part}.{name}";
}
