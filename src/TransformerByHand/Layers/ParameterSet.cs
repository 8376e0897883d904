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

    /// <summary>Adds up sets with the same names and shapes, such as the gradients of several sequences.</summary>
    /// <param name="sets">The sets; at least one.</param>
    /// <returns>A new set, in the order of the first.</returns>
    /// <exception cref="ArgumentException">There are no sets, or their names or shapes differ.</exception>
    public static ParameterSet Sum(IReadOnlyList<ParameterSet> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        if (sets.Count == 0) throw new ArgumentException("sets is empty, but should have at least one set.", nameof(sets));
        ParameterSet sum = new(sets[0].Select(p => p.Clone()));
        foreach (var set in sets.Skip(1))
        {
            sum.RequireSameAs(set, nameof(sets));
            foreach (var parameter in sum)
                for (int i = 0; i < parameter.Count; i++)
                    parameter[i] += set[parameter.Name][i];
        }
        return sum;
    }

    /// <summary>Overwrites every number with that of another set: loads what was saved.</summary>
    /// <param name="source">A set with the same names and shapes, in any order.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs; nothing has been changed then.</exception>
    public void CopyFrom(ParameterSet source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireSameAs(source, nameof(source));
        foreach (var parameter in parameters)
            parameter.Set(source[parameter.Name].ToArray());
    }

    private void RequireSameAs(ParameterSet other, string name)
    {
        var missing = parameters.Where(p => !other.Contains(p.Name)).Select(p => p.Name).ToList();
        var unknown = other.Where(p => !Contains(p.Name)).Select(p => p.Name).ToList();
        if (missing.Count + unknown.Count > 0)
            throw new ArgumentException($"The names differ: {List(missing)} missing, {List(unknown)} not expected.", name);
        foreach (var parameter in parameters)
            if (!parameter.Shape.SequenceEqual(other[parameter.Name].Shape))
                throw new ArgumentException($"The shapes differ: {other[parameter.Name]} should be {parameter}.", name);

        static string List(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
