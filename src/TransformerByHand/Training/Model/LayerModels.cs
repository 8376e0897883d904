using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Training.Model;

/// <summary>The way between a fast model and the clear double-precision layers: train with the one, look inside with the other.</summary>
/// <remarks>
/// Both use the same names for their weights, with one difference. Here W_Q, W_K and W_V are one matrix side by side, W_QKV
/// (and W_KV in cross-attention), because one wide product is faster than three.
/// </remarks>
public static class LayerModels
{
    /// <summary>Copies the weights under the names that the clear layers give them.</summary>
    public static ParameterSet ToParameters(this FastTransformer model) => Copy(model, gradients: false);

    /// <summary>Copies the gradients under the names that the clear layers give the parameters.</summary>
    public static ParameterSet ToGradients(this FastTransformer model) => Copy(model, gradients: true);

    /// <summary>Overwrites the weights with those of clear layers, rounded to floats.</summary>
    /// <param name="model">The model to change.</param>
    /// <param name="parameters">Parameters with the same names and shapes as <see cref="ToParameters"/> returns.</param>
    /// <exception cref="KeyNotFoundException">A parameter is missing.</exception>
    /// <exception cref="ArgumentException">A parameter has another shape.</exception>
    public static void CopyFrom(this FastTransformer model, ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var weight in model.Weights.All)
            foreach (var part in Parts(model, weight))
            {
                var parameter = parameters[part.Name];
                if (parameter.Count != weight.Rows * part.Columns)
                    throw new ArgumentException($"{parameter} should be {weight.Rows} × {part.Columns}.", nameof(parameters));
                for (int i = 0; i < parameter.Count; i++)
                    weight.Values[i / part.Columns * weight.Columns + part.First + i % part.Columns] = (float)parameter[i];
            }
    }

    /// <summary>Makes a clear language model with the same weights.</summary>
    /// <exception cref="InvalidOperationException">The model is an encoder–decoder.</exception>
    public static LanguageModel ToLanguageModel(this FastTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var clear = model.Shape.ToLanguageModel(SeededRandom.Create(0));
        clear.Parameters.CopyFrom(model.ToParameters());
        return clear;
    }

    /// <summary>Makes a clear encoder–decoder with the same weights.</summary>
    /// <exception cref="InvalidOperationException">The model has one stack only.</exception>
    public static Transformer ToTransformer(this FastTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var clear = model.Shape.ToTransformer(SeededRandom.Create(0));
        clear.Parameters.CopyFrom(model.ToParameters());
        return clear;
    }

    /// <summary>Makes a model with the same weights and another context: to see what a model does on sequences longer than those it was trained on.</summary>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="context">The longest sequence of the new one.</param>
    /// <param name="sequences">How many sequences a batch has at most.</param>
    /// <param name="threads">How many threads work; as many as for <paramref name="model"/> where it is null.</param>
    /// <returns>A new model.</returns>
    /// <exception cref="ArgumentException">The positions are learned and the context is another: there is a vector for each trained place, and no other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static FastTransformer WithContext(this FastTransformer model, int context, int sequences, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Shape.Positions == Positions.Learned && context != model.Shape.Context)
            throw new ArgumentException($"context is {context}, but should be {model.Shape.Context}: Positions is Learned, so that there is a vector for each of {model.Shape.Context} places and for no other.", nameof(context));
        var other = new FastTransformer(model.Shape with { Context = context }, sequences, threads ?? model.Threads, model.Kernels);
        model.Weights.Values.CopyTo(other.Weights.Values, 0);
        return other;
    }

    /// <summary>Throws where the fast model has other weights than the clear one of the same shape.</summary>
    /// <remarks>Names do not depend on sizes, so that the clear model is made as small as it can be.</remarks>
    /// <exception cref="InvalidOperationException">A weight is in one of them only: somebody changed one engine and not the other.</exception>
    internal static void RequireSameNames(FastTransformer model)
    {
        var smallest = model.Shape with { Vocabulary = 1, DModel = 2, Heads = 1, KeyValueHeads = 1, DFF = 1, Context = 1 }; // rotary positions turn numbers in pairs
        var random = SeededRandom.Create(0);
        var clear = smallest.Architecture == Architecture.EncoderDecoder ? smallest.ToTransformer(random).Parameters : smallest.ToLanguageModel(random).Parameters;
        var names = clear.Select(parameter => parameter.Name).ToHashSet();
        names.SymmetricExceptWith(model.Weights.All.SelectMany(weight => Attention.ClearNames(weight.Name)));
        if (names.Count > 0)
            throw new InvalidOperationException($"The clear and the fast model of one shape differ in {string.Join(", ", names)}: a weight was added to one of them only.");
    }

    private static ParameterSet Copy(FastTransformer model, bool gradients)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<Parameter> copies = [];
        foreach (var weight in model.Weights.All)
        {
            var numbers = gradients ? weight.Gradient : weight.Values;
            foreach (var (name, first, columns) in Parts(model, weight))
            {
                var matrix = Matrix<double>.Build.Dense(weight.Rows, columns);
                for (int i = 0; i < weight.Rows; i++)
                    for (int j = 0; j < columns; j++)
                        matrix[i, j] = numbers[i * weight.Columns + first + j];
                copies.Add(weight.Role is WeightRole.Bias or WeightRole.Gain ? new(name, matrix.Row(0)) : new(name, matrix));
            }
        }
        return new(copies);
    }

    /// <summary>The columns of a weight that have a name of their own: W_QKV is W_Q, W_K and W_V.</summary>
    private static IEnumerable<(string Name, int First, int Columns)> Parts(FastTransformer model, Weight weight)
    {
        var names = Attention.ClearNames(weight.Name);
        if (names.Count == 1) return [(weight.Name, 0, weight.Columns)];
        int shared = model.Shape.KeyValueWidth, queries = weight.Columns - 2 * shared; // no queries in W_KV
        return names.Select((name, i) => (names.Count - i) switch
        {
            3 => (name, 0, queries),
            2 => (name, queries, shared),
            _ => (name, queries + shared, shared),
        });
    }
}
