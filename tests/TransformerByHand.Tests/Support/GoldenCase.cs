using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Support;

/// <summary>One recorded computation: inputs, parameters, the output, a random dY, and PyTorch's gradient of everything.</summary>
internal sealed class GoldenCase(JsonElement json)
{
    /// <summary>What agreement means: the difference, relative to the largest entry of the tensor.</summary>
    private const double Tolerance = 1e-10;

    private readonly JsonElement settings = json.GetProperty("settings");

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public ParameterSet Inputs { get; } = Golden.ReadSet(json.GetProperty("inputs"));

    public ParameterSet Parameters { get; } = Golden.ReadSet(json.GetProperty("parameters"));

    public Matrix<double> Y { get; } = Golden.ReadMatrix(json.GetProperty("Y"));

    public Matrix<double> dY { get; } = Golden.ReadMatrix(json.GetProperty("dY"));

    public ParameterSet Gradients { get; } = Golden.ReadSet(json.GetProperty("gradients"));

    public Matrix<double> Input(string name) => Inputs[name].ToMatrix();

    public Matrix<double> Matrix(string name) => Parameters[name].ToMatrix();

    public Vector<double> Vector(string name) => Parameters[name].ToMatrix().Row(0);

    public Vector<double>? OptionalVector(string name) => Parameters.Contains(name) ? Vector(name) : null;

    public bool Has(string setting) => settings.TryGetProperty(setting, out _);

    public double Number(string setting) => settings.GetProperty(setting).GetDouble();

    public int Int(string setting) => settings.GetProperty(setting).GetInt32();

    public bool Bool(string setting) => settings.GetProperty(setting).GetBoolean();

    public string Text(string setting) => settings.GetProperty(setting).GetString()!;

    public int[] Ints(string setting) => [.. settings.GetProperty(setting).EnumerateArray().Select(v => v.GetInt32())];

    public bool[] Bools(string setting) => [.. settings.GetProperty(setting).EnumerateArray().Select(v => v.GetBoolean())];

    public Matrix<double> MatrixSetting(string setting) => Golden.ReadMatrix(settings.GetProperty(setting));

    public Mask? Mask(string setting)
    {
        if (!settings.TryGetProperty(setting, out var table)) return null;
        return TransformerByHand.Layers.Mask.Where(table.GetArrayLength(), table[0].GetArrayLength(), (i, j) => table[i][j].GetBoolean());
    }

    public LayerOptions LayerOptions() => new()
    {
        DModel = Int("d"),
        Heads = Int("h"),
        HasFeedForward = !Has("hasFeedForward") || Bool("hasFeedForward"),
        DFF = Int("d_ff"),
        Placement = Enum.Parse<NormPlacement>(Text("placement")),
        Activation = ActivationNamed(Text("activation")),
    };

    public static Activation ActivationNamed(string name) =>
        new[] { Activation.ReLU, Activation.GELU, Activation.GELUTanh }.Single(a => a.Name == name);

    /// <summary>The output, and the gradient of every input and parameter, are PyTorch's; none is missing and none is left over.</summary>
    public void MustAgree(Matrix<double> Y, ParameterSet gradients)
    {
        Compare.MustBeClose("Y", Y, this.Y, Tolerance);
        gradients.Select(g => g.Name).ShouldBe(Gradients.Select(g => g.Name), ignoreOrder: true, Name);
        foreach (var gradient in gradients)
            Compare.MustBeClose($"d{gradient.Name}", gradient.ToMatrix(), Gradients[gradient.Name].ToMatrix(), Tolerance);
    }

    public override string ToString() => Name;
}
