namespace TransformerByHand.Layers;

/// <summary>What <see cref="Transformer.Backward"/> returns.</summary>
/// <param name="Source">The gradients of the source's embedding and positions.</param>
/// <param name="Target">Those of the target's; its dE holds the unembedding's part too, where that is tied.</param>
/// <param name="Encoder">The gradients of the encoder.</param>
/// <param name="Decoder">The gradients of the decoder; its dM is what the encoder was given.</param>
/// <param name="Unembedding">The gradients of the unembedding.</param>
public sealed record TransformerGradients(
    InputGradients Source,
    InputGradients Target,
    EncoderGradients Encoder,
    DecoderGradients Decoder,
    UnembeddingGradients Unembedding) : LayerGradients
{
    /// <summary>Empty: ids have no gradient.</summary>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        .. Source.OfParameters().Under("source"), .. Target.OfParameters().Under("target"),
        .. Encoder.OfParameters().Under("encoder"), .. Decoder.OfParameters().Under("decoder"),
        .. Parameter.Optional("W_U", Unembedding.dW_U),
    ];
}
