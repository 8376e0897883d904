using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What a stack of encoder layers computed.</summary>
/// <param name="Layers">What each layer computed.</param>
/// <param name="Norm">What the norm at the end computed, or null where there is none.</param>
public sealed record EncoderTrace(IReadOnlyList<EncoderLayerTrace> Layers, LayerNormTrace? Norm) : Trace;
