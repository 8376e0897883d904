using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Models;

/// <summary>Reads models of the kind of GPT-2 from files as they are published.</summary>
/// <remarks>
/// <para>
/// What differs from the course's names and shapes: W_Q, W_K and W_V are one matrix <c>c_attn</c>, side by side; matrices stand as (d_in × d_out),
/// the transpose of what PyTorch's linear layers hold and the course's own way; each layer carries its causal mask along as a
/// buffer <c>attn.bias</c>, which is no bias and is left aside. The unembedding is the embedding.
/// </para>
/// <para>Source: Radford et al. 2019, 'Language Models are Unsupervised Multitask Learners', and its published weights.</para>
/// </remarks>
public static class Gpt2
{
    private const string Tokens = "wte.weight", Places = "wpe.weight";

    /// <summary>The width of a head in every published size; no shape tells it.</summary>
    private const int HeadWidth = 64;

    /// <summary>Loads a model into the float32 engine, where <see cref="Training.Runs.Sampler"/> writes with it.</summary>
    /// <param name="path">The file, in the format safetensors.</param>
    /// <param name="context">How many tokens it reads at most; the file's own number where it is null. Less takes less memory.</param>
    /// <param name="heads">The number of heads; a head for every 64 of the width where it is null.</param>
    /// <returns>The model: pre-LN, causal, GELU by its formula with tanh.</returns>
    /// <exception cref="InvalidDataException">The file is not in the format.</exception>
    /// <exception cref="ArgumentException">A weight is missing or of another shape than it should be, or the heads do not divide the width.</exception>
    public static FastTransformer Load(string path, int? context = null, int? heads = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ParameterSet weights = Safetensors.Load(path, name => !name.EndsWith(".attn.bias", StringComparison.Ordinal) && !name.EndsWith(".attn.masked_bias", StringComparison.Ordinal));
        string prefix = weights.FirstOrDefault(p => p.Name.EndsWith(Tokens, StringComparison.Ordinal))?.Name[..^Tokens.Length]
            ?? throw new ArgumentException($"The file has no '{Tokens}': its {weights.Count} weights do not belong to a model of the kind of GPT-2.", nameof(path));

        Matrix<double> E = Matrix(Tokens), P = Matrix(Places);                                  // (V × d_model), (longest × d_model)
        int d = E.ColumnCount, h = heads ?? Math.Max(1, d / HeadWidth), length = context ?? P.RowCount, layers = 0;
        if (length < 1 || length > P.RowCount)
            throw new ArgumentOutOfRangeException(nameof(context), length, $"context is {length}, but should be from 1 to {P.RowCount}, the positions in the file.");
        while (weights.Contains($"{prefix}h.{layers}.ln_1.weight")) layers++;
        if (layers == 0) throw new ArgumentException($"The file has no '{prefix}h.0.ln_1.weight': there should be at least one layer.", nameof(path));

        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = E.RowCount, DModel = d, Heads = h, Layers = layers, Context = length, DFF = Find("h.0.mlp.c_fc.bias").Count,
            Activation = Activation.GELUTanh, TiedOutput = true,
        }, sequences: 1);
        List<Parameter> ours = [new("E", E), new("P", P.SubMatrix(0, length, 0, d)), .. Norm("ln_f", "norm")];
        for (int l = 0; l < layers; l++)
        {
            string theirs = $"h.{l}.", here = $"layers.{l}.";
            Matrix<double> W = Matrix(theirs + "attn.c_attn.weight");                           // (d_model × 3·d_model)
            Vector<double> b = Vector(theirs + "attn.c_attn.bias");                             // (3·d_model)
            if (W.ColumnCount != 3 * d || b.Count != 3 * d)
                throw new ArgumentException($"{theirs}attn.c_attn has {W.ColumnCount} columns and {b.Count} biases; queries, keys and values side by side should have {3 * d}.", nameof(path));
            foreach (var (role, k) in new[] { ("Q", 0), ("K", 1), ("V", 2) })
            {
                ours.Add(new($"{here}attention.W_{role}", W.SubMatrix(0, d, k * d, d)));
                ours.Add(new($"{here}attention.b_{role}", b.SubVector(k * d, d)));
            }
            ours.AddRange(
            [
                .. Linear(theirs + "attn.c_proj", here + "attention.", "O"), .. Linear(theirs + "mlp.c_fc", here + "feedForward.", "1"),
                .. Linear(theirs + "mlp.c_proj", here + "feedForward.", "2"), .. Norm(theirs + "ln_1", here + "norm1"), .. Norm(theirs + "ln_2", here + "norm2"),
            ]);
        }
        model.CopyFrom(new ParameterSet(ours));
        return model;

        Parameter[] Linear(string theirs, string here, string index) => [new($"{here}W_{index}", Matrix(theirs + ".weight")), new($"{here}b_{index}", Vector(theirs + ".bias"))];

        Parameter[] Norm(string theirs, string here) => [new(here + ".γ", Vector(theirs + ".weight")), new(here + ".β", Vector(theirs + ".bias"))];

        Parameter Find(string name) => weights.Contains(prefix + name) ? weights[prefix + name] : throw new ArgumentException($"The file has no '{prefix}{name}'.", nameof(path));

        Matrix<double> Matrix(string name) => Find(name) is { Shape.Count: 2 } found ? found.ToMatrix() : throw new ArgumentException($"{Find(name)} should be a matrix.", nameof(path));

        Vector<double> Vector(string name) => Find(name) is { Shape.Count: 1 } found ? Vector<double>.Build.DenseOfArray(found.ToArray()) : throw new ArgumentException($"{Find(name)} should be a vector.", nameof(path));
    }
}
