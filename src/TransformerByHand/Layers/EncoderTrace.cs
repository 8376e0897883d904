using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What a stack of encoder layers computed.</summary>
/// <param name="Layers">What each layer computed.</param>
/// <param name="Norm">What the norm at the end computed, or null where there is none.</param>
public sealed record EncoderTrace(IReadOnlyList<EncoderLayerTrace> Layers, LayerNormTrace? Norm) : Trace
{
    /// <summary>Returns the residual stream between two layers. The norm at the end reads it and does not change it.</summary>
    /// <param name="layers">How many layers it has passed: 0 for the embedding.</param>
    /// <returns>The stream (n × d_model).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many layers, or the number is negative.</exception>
    public Matrix<double> StreamAfter(int layers)
    {
        if (layers < 0 || layers > Layers.Count)
            throw new ArgumentOutOfRangeException(nameof(layers), layers, $"layers is {layers}, but should be from 0 to {Layers.Count}.");
        return layers == 0 ? Layers[0].Attention.X : Layers[layers - 1].FeedForward.Y;
    }
}
