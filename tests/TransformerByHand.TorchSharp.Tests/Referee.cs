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
    /// What rounding may leave of a gradient that is zero by mathematics, as a share of the largest gradient in the comparison.
    /// </summary>
    /// <remarks>
    /// LayerNorm's dX is 1/√(σ² + ε) times a sum of three terms of the size of the incoming gradient g, each rounded to u = 2⁻⁵³ of
    /// its size. At width 1 a token is its own mean, σ² is 0 and the terms cancel: the library gives 0, autograd's order of
    /// operations up to three roundings of g, and the factor makes 3u·|g|/√ε of them. What a block in front of the norm adds
    /// up from it (at most 4 tokens, weights near 1) stays below eight times that; for the smallest ε of the tests, 1e-5, all in all
    /// 24u/√ε = 8e-13. A wrong gradient is wrong by something near its own size, twelve digits above that.
    /// </remarks>
    private static readonly double Rounding = 24 * Math.Pow(2, -53) / Math.Sqrt(1e-5);

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
        // A leaf that the output does not depend on has no gradient there, and zeros here.
        var expected = variables.ToDictionary(
            variable => variable.Name,
            variable => leaves[variable.Name].grad is { } gradient ? TorchTensors.Read(gradient) : variable.ToMatrix() * 0);
        double largest = Math.Max(Largest(dY), expected.Values.Max(Largest));
        foreach (var (name, theirGradient) in expected)
        {
            var ourGradient = gradients[name].ToMatrix();
            (ourGradient.RowCount, ourGradient.ColumnCount).ShouldBe((theirGradient.RowCount, theirGradient.ColumnCount), $"shape of d{name}");
            Compare.Distance(ourGradient, theirGradient).ShouldBeLessThanOrEqualTo(
                Tolerance * Largest(theirGradient) + Rounding * largest, $"d{name}: {ourGradient} should be {theirGradient}");
        }
    }

    private static double Largest(Matrix<double> values) => values.Enumerate().Max(Math.Abs);

    /// <summary>The same for a layer with one input.</summary>
    public static void MustAgree<TTrace, TGradients>(ILayer<TTrace, TGradients> layer, Matrix<double> X, Func<Leaves, Tensor> torchForward)
        where TTrace : Display.Trace
        where TGradients : LayerGradients =>
        MustAgree([new("X", X), .. layer.Parameters], () => layer.Forward(X).Y, dY => layer.Backward(layer.Forward(X).Trace, dY).ByName(), torchForward);
}
