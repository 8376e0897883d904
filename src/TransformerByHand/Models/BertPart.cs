namespace TransformerByHand.Models;

/// <summary>One of the eight parts of an encoder layer that have weights: what it is called here, and in published models of the kind of BERT.</summary>
/// <param name="Name">What it computes.</param>
/// <param name="Published">Where published names have it, below <c>encoder.layer.0.</c>: before <c>.weight</c> and <c>.bias</c>.</param>
/// <param name="Weight">The course's name for its weight, below <c>layers.0.</c></param>
/// <param name="Bias">The course's name for its bias.</param>
/// <param name="IsMatrix">Whether the weight is a matrix, which published files hold transposed (d_out × d_in), or a norm's γ.</param>
public sealed record BertPart(string Name, string Published, string Weight, string Bias, bool IsMatrix)
{
    /// <summary>The parts in the order in which they are computed. Source of the names: the published weights of Devlin et al. 2018, 'BERT', as PyTorch users have them.</summary>
    public static IReadOnlyList<BertPart> All { get; } =
    [
        new("queries", "attention.self.query", "attention.W_Q", "attention.b_Q", true),
        new("keys", "attention.self.key", "attention.W_K", "attention.b_K", true),
        new("values", "attention.self.value", "attention.W_V", "attention.b_V", true),
        new("attention", "attention.output.dense", "attention.W_O", "attention.b_O", true),
        new("norm 1", "attention.output.LayerNorm", "norm1.γ", "norm1.β", false),
        new("up", "intermediate.dense", "feedForward.W_1", "feedForward.b_1", true),
        new("down", "output.dense", "feedForward.W_2", "feedForward.b_2", true),
        new("norm 2", "output.LayerNorm", "norm2.γ", "norm2.β", false),
    ];

    /// <summary>The part's name in one layer: 'layer 2: values'.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public string In(int layer) => FormattableString.Invariant($"layer {layer}: {Name}");

    /// <summary>Where published names have it in one layer: <c>encoder.layer.2.attention.self.value</c>.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public string PublishedIn(int layer) => FormattableString.Invariant($"encoder.layer.{layer}.{Published}");
}
