using System.Collections;
using System.Runtime.CompilerServices;

namespace TransformerByHand.Layers;

/// <summary>The parameters of a layer, or their gradients: in a fixed order, and each under a name of its own.</summary>
[CollectionBuilder(typeof(ParameterSet), nameof(Create))]
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private readonly List<Parameter> parameters = [];
    private readonly Dictionary<string, Parameter> byName = [];

    /// <summary>Collects parameters in the order given.</summary>
    /// <param name="parameters">The parameters; their names must differ.</param>
    /// <exception cref="ArgumentException">Two of them have the same name.</exception>
    public ParameterSet(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var parameter in parameters)
        {
            if (!byName.TryAdd(parameter.Name, parameter))
                throw new ArgumentException($"Two parameters are called '{parameter.Name}'; each needs a name of its own.", nameof(parameters));
            this.parameters.Add(parameter);
        }
    }

    /// <summary>Makes the set that a collection expression such as <c>[new("W", W), new("b", b)]</c> stands for.</summary>
    /// <param name="parameters">The parameters; their names must differ.</param>
    public static ParameterSet Create(ReadOnlySpan<Parameter> parameters) => new(parameters.ToArray());

    /// <summary>How many matrices and vectors there are; <see cref="NumberCount"/> counts the numbers in them.</summary>
    public int Count => parameters.Count;

    /// <summary>How many numbers there are in all: what is meant by 'a model with so many parameters'.</summary>
    public int NumberCount => parameters.Sum(p => p.Count);

    /// <summary>Returns the parameter at a position.</summary>
    /// <param name="index">Position, from 0.</param>
    public Parameter this[int index] => parameters[index];

    /// <summary>Returns the parameter with a name.</summary>
    /// <param name="name">The full name, such as <c>attention.W_Q</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists those there are.</exception>
    public Parameter this[string name] =>
        byName.TryGetValue(name, out var parameter)
            ? parameter
            : throw new KeyNotFoundException($"There is no '{name}' here; there is {string.Join(", ", byName.Keys)}.");

    /// <summary>Says whether there is a parameter with a name.</summary>
    /// <param name="name">The full name.</param>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>Returns the same parameters, each under the name <c>part.Name</c>.</summary>
    /// <param name="part">The part of a larger layer that they belong to.</param>
    public ParameterSet Under(string part) => new(parameters.Select(p => p.Under(part)));

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
