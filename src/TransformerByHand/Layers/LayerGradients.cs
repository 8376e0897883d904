using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The gradients that a backward pass returns, <c>dX</c> standing for ∂L/∂X, with the named intermediates on the way.</summary>
public abstract record LayerGradients : Trace
{
    /// <summary>Returns the gradients of the inputs, each under the input's name (<c>X</c>, and <c>M</c> in cross-attention).</summary>
    public abstract ParameterSet OfInputs();

    /// <summary>Returns the gradient of every parameter, under the parameter's own name (<c>γ</c>, <c>attention.W_Q</c>).</summary>
    public abstract ParameterSet OfParameters();

    /// <summary>Returns both, the inputs first.</summary>
    public ParameterSet ByName() => [.. OfInputs(), .. OfParameters()];
}
