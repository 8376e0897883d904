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
            foreach (var part in Parts(model.Shape, weight))
            {
                var parameter = parameters[part.Name];
                if (parameter.Count != weight.Rows * part.Columns)
                    throw new ArgumentException($"{parameter} should be {weight.Rows} × {part.Columns}.", nameof(parameters));
                for (int i = 0; i < parameter.Count; i++)
                    weight.Values[i / part.Columns * weight.Columns + part.First + i % part.Columns] = (float)parameter[i];
            }
    }

    /// <summary>Makes a clear language model with the same weights.</summary>
    /// <remarks>A window is not part of it: hand <see cref="Mask.SlidingWindow"/> to its forward pass.</remarks>
    /// <exception cref="InvalidOperationException">The model is an encoder–decoder.</exception>
    public static LanguageModel ToLanguageModel(this FastTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Shape.Architecture == Architecture.EncoderDecoder)
            throw new InvalidOperationException("This model is an encoder–decoder: call ToTransformer.");
        var random = SeededRandom.Create(0);
        var input = Input(model);
        var encoder = Encoder.Random(random, model.Shape.Layers, Options(model.Shape));
        LanguageModel clear = model.Shape.Architecture == Architecture.DecoderOnly
            ? new CausalLanguageModel(input, encoder, Output(model, input))
            : new MaskedLanguageModel(input, encoder, Output(model, input));
        Fill(clear.Parameters, model.ToParameters());
        return clear;
    }

    /// <summary>Makes a clear encoder–decoder with the same weights.</summary>
    /// <exception cref="InvalidOperationException">The model has one stack only.</exception>
    public static Transformer ToTransformer(this FastTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Shape.Architecture != Architecture.EncoderDecoder)
            throw new InvalidOperationException("This model has one stack: call ToLanguageModel.");
        var random = SeededRandom.Create(0);
        var (source, target) = (Input(model), Input(model));
        var clear = new Transformer(
            source, target, Encoder.Random(random, model.Shape.Layers, Options(model.Shape)),
            Decoder.Random(random, model.Shape.Layers, Options(model.Shape)), Output(model, target));
        Fill(clear.Parameters, model.ToParameters());
        return clear;
    }

    private static LayerOptions Options(ModelShape shape) => new()
    {
        DModel = shape.Width,
        Heads = shape.Heads,
        DFF = shape.FeedForwardWidth,
        Placement = shape.Norm,
        Activation = shape.Activation,
        AttentionBias = shape.AttentionBias,
        Dropout = shape.Dropout,
        ε = shape.Epsilon,
    };

    private static InputLayer Input(FastTransformer model)
    {
        var (shape, random) = (model.Shape, SeededRandom.Create(0));
        ILayer<PositionsTrace, PositionsGradients>? positions = shape.Positions switch
        {
            Positions.Learned => LearnedPositions.Random(random, shape.Context, shape.Width),
            Positions.Sinusoidal => new SinusoidalPositions(),
            _ => null,
        };
        return new(Layers.Embedding.Random(random, shape.Vocabulary, shape.Width, shape.EmbeddingScale), positions, new Dropout(shape.Dropout),
            shape.InputNorm ? new LayerNorm(shape.Width, shape.Epsilon) : null);
    }

    private static Unembedding Output(FastTransformer model, InputLayer input) => model.Shape.TiedOutput
        ? Unembedding.TiedTo(input.Embedding)
        : Unembedding.Untied(Matrix<double>.Build.Dense(model.Shape.Width, model.Shape.Vocabulary));

    private static void Fill(ParameterSet parameters, ParameterSet values)
    {
        foreach (var parameter in parameters) parameter.Set(values[parameter.Name].ToArray());
    }

    private static ParameterSet Copy(FastTransformer model, bool gradients)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<Parameter> copies = [];
        foreach (var weight in model.Weights.All)
        {
            var numbers = gradients ? weight.Gradient : weight.Values;
            foreach (var (name, first, columns) in Parts(model.Shape, weight))
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
    private static IEnumerable<(string Name, int First, int Columns)> Parts(ModelShape shape, Weight weight)
    {
        int underscore = weight.Name.LastIndexOf('_');
        string roles = weight.Name[(underscore + 1)..];
        if (roles is not ("QKV" or "KV")) return [(weight.Name, 0, weight.Columns)];
        return roles.Select((role, i) => (weight.Name[..(underscore + 1)] + role, i * shape.Width, shape.Width));
    }
}
