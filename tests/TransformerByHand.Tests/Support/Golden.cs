using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Support;

/// <summary>Reads the values that <c>tests/golden/make_golden.py</c> recorded from PyTorch.</summary>
internal static class Golden
{
    /// <summary>The full path of a recorded file.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "golden", file);

    /// <summary>All cases of one part, such as <c>layer-norm</c>.</summary>
    public static IReadOnlyList<GoldenCase> Cases(string part)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(PathOf($"{part}.json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(c.Clone()))];
    }

    /// <summary>The names of all cases of one part, as the data of a theory.</summary>
    public static TheoryData<string> Names(string part) => new(Cases(part).Select(c => c.Name));

    /// <summary>The case of that name.</summary>
    public static GoldenCase Case(string part, string name) => Cases(part).Single(c => c.Name == name);

    /// <summary>Reads an object of named vectors and matrices.</summary>
    public static ParameterSet ReadSet(JsonElement json) => new(json.EnumerateObject().Select(p => Read(p.Name, p.Value)));

    private static Parameter Read(string name, JsonElement json) => json[0].ValueKind == JsonValueKind.Array
        ? new Parameter(name, ReadMatrix(json))
        : new Parameter(name, Vector<double>.Build.Dense(ReadRow(json)));

    /// <summary>Reads a list of rows; a single row or number becomes a matrix too.</summary>
    public static Matrix<double> ReadMatrix(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => Matrix<double>.Build.Dense(1, 1, json.GetDouble()),
        _ when json[0].ValueKind == JsonValueKind.Array => Matrix<double>.Build.DenseOfRowArrays([.. json.EnumerateArray().Select(ReadRow)]),
        _ => Matrix<double>.Build.DenseOfRowArrays(ReadRow(json)),
    };

    // JSON has no infinity: the recorder writes minus infinity, 'not allowed', as null.
    private static double[] ReadRow(JsonElement json) =>
        [.. json.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NegativeInfinity : v.GetDouble())];
}
