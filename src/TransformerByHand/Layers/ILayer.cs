using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A part of a transformer: a value with named parameters.</summary>
public interface ILayer
{
    /// <summary>The parameters, by the names the formulas give them. They are views: writing to one changes the layer.</summary>
    ParameterSet Parameters { get; }
}

/// <summary>A layer that takes one matrix of tokens and gives another.</summary>
/// <typeparam name="TTrace">The record of the forward pass's named intermediates.</typeparam>
/// <typeparam name="TGradients">The record of the gradients.</typeparam>
public interface ILayer<TTrace, TGradients> : ILayer
    where TTrace : Trace
    where TGradients : LayerGradients
{
    /// <summary>Computes the output, and keeps every intermediate that has a name.</summary>
    /// <param name="X">The input (tokens × d_in): a token is a row.</param>
    /// <returns>The output Y (tokens × d_out), and the trace.</returns>
    (Matrix<double> Y, TTrace Trace) Forward(Matrix<double> X);

    /// <summary>Carries the gradient of a loss L back from the output to the input and to every parameter. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (tokens × d_out).</param>
    /// <returns>∂L/∂X, and ∂L/∂θ for every parameter θ.</returns>
    TGradients Backward(TTrace trace, Matrix<double> dY);
}

/// <summary>Gradients among which is one for an input X.</summary>
public interface IInputGradient
{
    /// <summary>∂L/∂X, of the shape of X.</summary>
    Matrix<double> dX { get; }
}

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
