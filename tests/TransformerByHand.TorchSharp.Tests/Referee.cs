using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using Tensor = TorchSharp.torch.Tensor;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>Compares an output and all gradients with those of TorchSharp's autograd.</summary>
internal static class Referee
{
    private const double Tolerance = 1e-10;

    /// <summary>
    /// The same computation twice: by the library, and in TorchSharp's operations. Outputs must be equal, and so must the gradients of
    /// Σ dY ⊙ Y with a random dY for every variable.
    /// </summary>
    public static void MustAgree(
        ParameterSet variables,
        Func<Matrix<double>> forward,
        Func<Matrix<double>, ParameterSet> backward,
        Func<Leaves, Tensor> torchForward)
    {
        using var scope = torch.NewDisposeScope();
        var leaves = new Leaves(variables);
        var ours = forward();
        var theirs = torchForward(leaves);
        Compare.MustBeClose("Y", ours, TorchTensors.Read(theirs), Tolerance);

        var dY = SeededRandom.Create(99).NormalMatrix(ours.RowCount, ours.ColumnCount);
        (theirs * TorchTensors.Of(dY)).sum().backward();
        var gradients = backward(dY);
        foreach (var variable in variables)
        {
            // A leaf that the output does not depend on has no gradient there, and zeros here.
            var theirGradient = leaves[variable.Name].grad;
            var expected = theirGradient is null ? variable.ToMatrix() * 0 : TorchTensors.Read(theirGradient);
            Compare.MustBeClose($"d{variable.Name}", gradients[variable.Name].ToMatrix(), expected, Tolerance);
        }
    }

    /// <summary>The same for a layer with one input.</summary>
    public static void MustAgree<TTrace, TGradients>(ILayer<TTrace, TGradients> layer, Matrix<double> X, Func<Leaves, Tensor> torchForward)
        where TTrace : Display.Trace
        where TGradients : LayerGradients =>
        MustAgree([new("X", X), .. layer.Parameters], () => layer.Forward(X).Y, dY => layer.Backward(layer.Forward(X).Trace, dY).ByName(), torchForward);
}
