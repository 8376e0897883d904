using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using Tensor = TorchSharp.torch.Tensor;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>
/// TorchSharp's own modules with the library's weights. They are post-LN, take (sequence, batch, feature), and know no other order of
/// norms; they are made in single precision, and converted. So these tests are fewer than those of <see cref="LayerTests"/>, and nearer to what a user of TorchSharp would write.
/// </summary>
public class ModuleTests
{
    private const double Tolerance = 1e-10;

    [Fact]
    public void MultiheadAttention()
    {
        using var scope = torch.NewDisposeScope();
        var random = SeededRandom.Create(1);
        var layer = Layers.MultiHeadAttention.Random(random, 6, 3).With(random);
        var (X, M, dY) = (random.NormalMatrix(3, 6), random.NormalMatrix(5, 6), random.NormalMatrix(3, 6));
        var (Y, trace) = layer.Forward(X, M, mask: null);
        var gradients = layer.Backward(trace, dY).ByName();

        using var module = torch.nn.MultiheadAttention(embedded_dim: 6, num_heads: 3).to(torch.ScalarType.Float64);
        var p = Parameters(module);
        Load(p, "", layer.Parameters);
        var (x, m) = (TorchTensors.Leaf(new Parameter("X", X)), TorchTensors.Leaf(new Parameter("M", M)));
        var y = module.call(x.unsqueeze(1), m.unsqueeze(1), m.unsqueeze(1)).Item1.squeeze(1);
        (y * TorchTensors.Of(dY)).sum().backward();

        Compare.MustBeClose("Y", Y, TorchTensors.Read(y), Tolerance);
        Compare.MustBeClose("dX", gradients["X"].ToMatrix(), TorchTensors.Read(x.grad!), Tolerance);
        Compare.MustBeClose("dM", gradients["M"].ToMatrix(), TorchTensors.Read(m.grad!), Tolerance);
        MustMatch(p, "", gradients, "");
    }

    [Fact]
    public void TransformerEncoderLayer()
    {
        using var scope = torch.NewDisposeScope();
        var random = SeededRandom.Create(2);
        var layer = Layers.EncoderLayer.Random(random, new LayerOptions { DModel = 6, Heads = 2, DFF = 9, Placement = NormPlacement.Post }).With(random);
        var (X, dY) = (random.NormalMatrix(4, 6), random.NormalMatrix(4, 6));
        var (Y, trace) = layer.Forward(X);
        var gradients = layer.Backward(trace, dY).ByName();

        using var module = torch.nn.TransformerEncoderLayer(d_model: 6, nhead: 2, dim_feedforward: 9, dropout: 0).to(torch.ScalarType.Float64);
        var p = Parameters(module);
        Load(p, "self_attn.", Part(layer.Parameters, "attention"));
        LoadFeedForwardAndNorms(p, layer.Parameters, norms: 2);
        var x = TorchTensors.Leaf(new Parameter("X", X));
        var y = module.forward(x.unsqueeze(1)).squeeze(1);
        (y * TorchTensors.Of(dY)).sum().backward();

        Compare.MustBeClose("Y", Y, TorchTensors.Read(y), Tolerance);
        Compare.MustBeClose("dX", gradients["X"].ToMatrix(), TorchTensors.Read(x.grad!), Tolerance);
        MustMatch(p, "self_attn.", gradients, "attention.");
        MustMatchFeedForwardAndNorms(p, gradients, norms: 2);
    }

    [Fact]
    public void TransformerDecoderLayer()
    {
        using var scope = torch.NewDisposeScope();
        var random = SeededRandom.Create(3);
        var layer = Layers.DecoderLayer.Random(random, new LayerOptions { DModel = 4, Heads = 2, DFF = 5, Placement = NormPlacement.Post }).With(random);
        var (X, M, dY) = (random.NormalMatrix(3, 4), random.NormalMatrix(2, 4), random.NormalMatrix(3, 4));
        var (Y, trace) = layer.Forward(X, M, selfMask: null);
        var gradients = layer.Backward(trace, dY).ByName();

        using var module = torch.nn.TransformerDecoderLayer(d_model: 4, nhead: 2, dim_feedforward: 5, dropout: 0).to(torch.ScalarType.Float64);
        var p = Parameters(module);
        Load(p, "self_attn.", Part(layer.Parameters, "selfAttention"));
        Load(p, "multihead_attn.", Part(layer.Parameters, "crossAttention"));
        LoadFeedForwardAndNorms(p, layer.Parameters, norms: 3);
        var (x, m) = (TorchTensors.Leaf(new Parameter("X", X)), TorchTensors.Leaf(new Parameter("M", M)));
        var y = module.call(x.unsqueeze(1), m.unsqueeze(1)).squeeze(1);
        (y * TorchTensors.Of(dY)).sum().backward();

        Compare.MustBeClose("Y", Y, TorchTensors.Read(y), Tolerance);
        Compare.MustBeClose("dX", gradients["X"].ToMatrix(), TorchTensors.Read(x.grad!), Tolerance);
        Compare.MustBeClose("dM", gradients["M"].ToMatrix(), TorchTensors.Read(m.grad!), Tolerance);
        MustMatch(p, "self_attn.", gradients, "selfAttention.");
        MustMatch(p, "multihead_attn.", gradients, "crossAttention.");
        MustMatchFeedForwardAndNorms(p, gradients, norms: 3);
    }

    private static Dictionary<string, Tensor> Parameters(torch.nn.Module module) =>
        module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);

    private static ParameterSet Part(ParameterSet set, string part) => new(set
        .Where(p => p.Name.StartsWith(part + ".", StringComparison.Ordinal))
        .Select(p => p.Shape.Count == 1 ? new Parameter(p.Name[(part.Length + 1)..], p.ToMatrix().Row(0)) : new Parameter(p.Name[(part.Length + 1)..], p.ToMatrix())));

    /// <summary>An attention module keeps the transposes of W_Q, W_K and W_V one below the other, and their biases one after the other.</summary>
    private static void Load(Dictionary<string, Tensor> p, string prefix, ParameterSet ours)
    {
        Matrix<double> Stacked(string name) => ours[name + "Q"].ToMatrix().Append(ours[name + "K"].ToMatrix()).Append(ours[name + "V"].ToMatrix());

        Set(p[prefix + "in_proj_weight"], Stacked("W_").Transpose());
        Set(p[prefix + "in_proj_bias"], Stacked("b_"));
        Set(p[prefix + "out_proj.weight"], ours["W_O"].ToMatrix().Transpose());
        Set(p[prefix + "out_proj.bias"], ours["b_O"].ToMatrix());
    }

    private static void LoadFeedForwardAndNorms(Dictionary<string, Tensor> p, ParameterSet ours, int norms)
    {
        foreach (var (theirs, name, transposed) in FeedForwardAndNorms(norms))
            Set(p[theirs], transposed ? ours[name].ToMatrix().Transpose() : ours[name].ToMatrix());
    }

    private static void MustMatch(Dictionary<string, Tensor> p, string prefix, ParameterSet gradients, string part)
    {
        Matrix<double> Stacked(string name) =>
            gradients[$"{part}{name}Q"].ToMatrix().Append(gradients[$"{part}{name}K"].ToMatrix()).Append(gradients[$"{part}{name}V"].ToMatrix());

        Compare.MustBeClose("W_Q, W_K, W_V", Stacked("W_").Transpose(), Gradient(p[prefix + "in_proj_weight"]), Tolerance);
        Compare.MustBeClose("b_Q, b_K, b_V", Stacked("b_"), Gradient(p[prefix + "in_proj_bias"]), Tolerance);
        Compare.MustBeClose("W_O", gradients[part + "W_O"].ToMatrix().Transpose(), Gradient(p[prefix + "out_proj.weight"]), Tolerance);
        Compare.MustBeClose("b_O", gradients[part + "b_O"].ToMatrix(), Gradient(p[prefix + "out_proj.bias"]), Tolerance);
    }

    private static void MustMatchFeedForwardAndNorms(Dictionary<string, Tensor> p, ParameterSet gradients, int norms)
    {
        foreach (var (theirs, name, transposed) in FeedForwardAndNorms(norms))
            Compare.MustBeClose(name, transposed ? gradients[name].ToMatrix().Transpose() : gradients[name].ToMatrix(), Gradient(p[theirs]), Tolerance);
    }

    private static IEnumerable<(string Theirs, string Ours, bool Transposed)> FeedForwardAndNorms(int norms)
    {
        yield return ("linear1.weight", "feedForward.W_1", true);
        yield return ("linear1.bias", "feedForward.b_1", false);
        yield return ("linear2.weight", "feedForward.W_2", true);
        yield return ("linear2.bias", "feedForward.b_2", false);
        for (int i = 1; i <= norms; i++)
        {
            yield return ($"norm{i}.weight", $"norm{i}.γ", false);
            yield return ($"norm{i}.bias", $"norm{i}.β", false);
        }
    }

    private static Matrix<double> Gradient(Tensor parameter) => TorchTensors.Read(parameter.grad!);

    /// <summary>Overwrites a module's parameter; a vector is given as one row.</summary>
    private static void Set(Tensor parameter, Matrix<double> values)
    {
        using var _ = torch.no_grad();
        var source = TorchTensors.Of(values);
        parameter.copy_(parameter.shape.Length == 1 ? source.squeeze(0) : source);
    }
}
