using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Course.Jupyter;

/// <summary>A line from the client's side of the kernel. Which fields it has depends on what it asks for.</summary>
internal sealed record KernelRequest
{
    public int Id { get; init; }

    /// <summary><c>execute</c>, <c>interrupt</c>, <c>complete</c>, <c>inspect</c>, <c>isComplete</c> or <c>history</c>.</summary>
    public string Ask { get; init; } = "";

    /// <summary>The cell's text.</summary>
    public string Code { get; init; } = "";

    /// <summary>A place in <see cref="Code"/>, counted in Unicode characters as Jupyter does.</summary>
    public int Cursor { get; init; }

    /// <summary>Show nothing, and do not count.</summary>
    public bool Silent { get; init; }

    public bool StoreHistory { get; init; } = true;

    /// <summary>The client's number for this run.</summary>
    public int Count { get; init; }

    /// <summary>Expressions to evaluate after the cell, by name.</summary>
    public Dictionary<string, string> Expressions { get; init; } = [];

    /// <summary>How history is looked up: <c>tail</c>, <c>range</c> or <c>search</c>.</summary>
    public string Access { get; init; } = "";

    public bool Output { get; init; }

    public int? Session { get; init; }

    public int? Start { get; init; }

    public int? Stop { get; init; }

    public int? N { get; init; }

    public string? Pattern { get; init; }

    public bool? Unique { get; init; }

    /// <summary>Reads a line; null if it is no request.</summary>
    public static KernelRequest? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KernelRequestJson.Default.KernelRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How requests are read.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(KernelRequest))]
internal sealed partial class KernelRequestJson : JsonSerializerContext;
