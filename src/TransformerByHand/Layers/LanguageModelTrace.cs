using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What a language model computed.</summary>
/// <param name="Input">Embedding and positions; its X is the stream as it enters the first layer.</param>
/// <param name="Encoder">What the layers computed.</param>
/// <param name="Unembedding">What the layers' output was turned into.</param>
public sealed record LanguageModelTrace(InputTrace Input, EncoderTrace Encoder, UnembeddingTrace Unembedding) : Trace;
