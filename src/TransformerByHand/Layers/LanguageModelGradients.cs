namespace TransformerByHand.Layers;

/// <summary>What <see cref="LanguageModel.Backward"/> returns.</summary>
/// <param name="Input">The gradients of embedding and positions; its dE holds the unembedding's part too, where that is tied.</param>
/// <param name="Encoder">The gradients of the layers; its dX belongs to the stream as it enters the first.</param>
/// <param name="Unembedding">The gradients of the unembedding.</param>
public sealed record LanguageModelGradients(InputGradients Input, EncoderGradients Encoder, UnembeddingGradients Unembedding) : LayerGradients
{
    /// <summary>Empty: ids have no gradient.</summary>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Input.OfParameters(), .. Encoder.OfParameters(), .. Parameter.Optional("W_U", Unembedding.dW_U)];
}
