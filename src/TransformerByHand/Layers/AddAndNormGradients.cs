using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="AddAndNorm.Backward"/> returns.</summary>
/// <typeparam name="TGradients">The block's gradients.</typeparam>
/// <param name="dX">∂L/∂X (n × d_model): past the block and through it.</param>
/// <param name="dSum">∂L/∂(X + Write) (n × d_model): what goes past the block.</param>
/// <param name="Block">The gradients of the block.</param>
/// <param name="Norm">The gradients of the norm, or null where there is none.</param>
public sealed record AddAndNormGradients<TGradients>(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_model")] Matrix<double> dSum,
    TGradients Block,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
    where TGradients : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <summary>Returns the gradients of the norm's parameters. The block's are in <see cref="Block"/>.</summary>
    public override ParameterSet OfParameters() => Norm?.OfParameters() ?? [];
}
