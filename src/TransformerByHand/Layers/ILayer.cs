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
