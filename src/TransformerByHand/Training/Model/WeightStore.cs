namespace TransformerByHand.Training.Model;

/// <summary>All weights of a model one after the other in one array, and their gradients in another.</summary>
/// <remarks>An optimiser, a norm or a checkpoint then needs no list of matrices: it walks over one long vector.</remarks>
public sealed class WeightStore
{
    private readonly List<Weight> weights = [];
    private readonly Dictionary<string, Weight> byName = [];

    /// <summary>The weights, in the order in which they were added.</summary>
    public IReadOnlyList<Weight> All => weights;

    /// <summary>How many numbers the model has: what is meant by its size.</summary>
    public int Count { get; private set; }

    /// <summary>The weight of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public Weight this[string name] => byName.TryGetValue(name, out var weight) ? weight
        : throw new KeyNotFoundException($"There is no weight '{name}'; there is {string.Join(", ", byName.Keys)}.");

    /// <summary>Every number of the model.</summary>
    internal float[] Values { get; private set; } = [];

    /// <summary>The gradient at every number of the model.</summary>
    internal float[] Gradients { get; private set; } = [];

    internal Weight Add(string name, int rows, int columns, WeightRole role)
    {
        var weight = new Weight(this, name, Count, rows, columns, role);
        byName.Add(name, weight);
        weights.Add(weight);
        Count = checked(Count + weight.Count);
        return weight;
    }

    /// <summary>Makes room once the last weight is added.</summary>
    internal void Allocate()
    {
        Values = new float[Count];
        Gradients = new float[Count];
    }

    /// <summary>Sets every gradient to 0.</summary>
    public void ClearGradients() => Gradients.AsSpan().Clear();
}
