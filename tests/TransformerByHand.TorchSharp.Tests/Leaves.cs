using TransformerByHand.Layers;
using Tensor = TorchSharp.torch.Tensor;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>The inputs and parameters of one computation as leaves of TorchSharp's graph, by the library's names.</summary>
internal sealed class Leaves
{
    private readonly Dictionary<string, Tensor> tensors;
    private readonly string prefix;

    public Leaves(ParameterSet variables)
        : this(variables.ToDictionary(v => v.Name, TorchTensors.Leaf), prefix: "")
    {
    }

    private Leaves(Dictionary<string, Tensor> tensors, string prefix) => (this.tensors, this.prefix) = (tensors, prefix);

    public Tensor this[string name] => tensors[prefix + name];

    /// <summary>The leaf of that name, or null: a layer without a bias.</summary>
    public Tensor? Optional(string name) => tensors.GetValueOrDefault(prefix + name);

    /// <summary>The leaves of one part, without its name in front.</summary>
    public Leaves Under(string part) => new(tensors, $"{prefix}{part}.");
}
