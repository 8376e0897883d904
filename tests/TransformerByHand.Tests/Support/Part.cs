using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Support;

/// <summary>
/// One part of the library at one input, with its backward pass as a value, so that the same test can be run on the right backward
/// pass and on wrong ones. A test that lets a wrong one through is no test.
/// </summary>
internal sealed class Part
{
    /// <summary>Five steps around the bottom of the U: enough for a verdict, and fast.</summary>
    private static readonly GradientCheckSettings Settings = new() { Steps = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7] };

    private readonly ParameterSet variables;
    private readonly Func<Matrix<double>> forward;
    private readonly Func<Matrix<double>, ParameterSet> backward;

    public Part(ParameterSet variables, Func<Matrix<double>> forward, Func<Matrix<double>, ParameterSet> backward) =>
        (this.variables, this.forward, this.backward) = (variables, forward, backward);

    /// <summary>A layer of one input, at that input.</summary>
    public static Part Of<TTrace, TGradients>(ILayer<TTrace, TGradients> layer, Matrix<double> X)
        where TTrace : Trace
        where TGradients : LayerGradients
    {
        X = X.Clone();
        return new([new("X", X), .. layer.Parameters], () => layer.Forward(X).Y, dY => layer.Backward(layer.Forward(X).Trace, dY).ByName());
    }

    /// <summary>The test: every gradient against central differences of a random projection.</summary>
    public GradientReport Check() => Check(variables, backward);

    public void MustAgree()
    {
        var report = Check();
        report.Verdict.ShouldBe(GradientVerdict.Agrees, report.Sentence);
    }

    /// <summary>The same test rejects a backward pass that computes one gradient differently.</summary>
    public void MustReject(string mistake, string variable, Func<Matrix<double>, Matrix<double>> wrong) =>
        MustReject(mistake, dY => new ParameterSet(backward(dY).Select(g => g.Name == variable ? Replace(g, wrong(dY)) : g)), variable);

    /// <summary>The same test rejects a backward pass that computes one gradient from the right one: a factor, a sign, a transpose.</summary>
    public void MustRejectChanged(string mistake, string variable, Func<Matrix<double>, Matrix<double>> change) =>
        MustReject(mistake, dY => new ParameterSet(backward(dY).Select(g => g.Name == variable ? Replace(g, change(g.ToMatrix())) : g)), variable);

    /// <summary>The same test rejects another backward pass, because of one variable.</summary>
    public void MustReject(string mistake, Func<Matrix<double>, ParameterSet> wrong, string variable)
    {
        var report = Check([variables[variable]], wrong);
        report.For(variable).Verdict.ShouldBe(GradientVerdict.Disagrees, $"{mistake}: {report.For(variable).Reason}");
    }

    private GradientReport Check(ParameterSet of, Func<Matrix<double>, ParameterSet> pass) => GradientCheck.Run(of, forward, pass, Settings);

    private static Parameter Replace(Parameter gradient, Matrix<double> wrong) =>
        gradient.Shape.Count == 1 ? new Parameter(gradient.Name, wrong.Row(0)) : new Parameter(gradient.Name, wrong);
}
