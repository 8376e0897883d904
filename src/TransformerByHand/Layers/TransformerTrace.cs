using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What an encoder–decoder transformer computed.</summary>
/// <param name="Source">The source's embedding and positions.</param>
/// <param name="Encoder">What the encoder computed.</param>
/// <param name="Target">The target's embedding and positions.</param>
/// <param name="Decoder">What the decoder computed.</param>
/// <param name="Unembedding">What the decoder's output was turned into.</param>
public sealed record TransformerTrace(InputTrace Source, EncoderTrace Encoder, InputTrace Target, DecoderTrace Decoder, UnembeddingTrace Unembedding) : Trace;
