using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The gradients that a backward pass returns, <c>dX</c> standing for ∂L/∂X, with the named intermediates on the way.</summary>
public abstract record LayerGradients : Trace
{
    /// <summary>
    /// Returns the gradients under the names of what they belong to: the inputs (<c>X</c>) first, then every parameter under
    /// its own name (<c>γ</c>, <c>attention.W_Q</c>).
    /// </summary>
    public abstract ParameterSet ByName();
}
