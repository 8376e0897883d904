using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Course.Jupyter;

/// <summary>A line from the client's side of the kernel. Which fields it has depends on what it asks for.</summary>
/// <remarks>Settable, because a field that a line leaves out has to keep its default.</remarks>
internal sealed record KernelRequest
{
    public int Id { get; set; }

    /// <summary><c>execute</c>, <c>interrupt</c>, <c>complete</c>, <c>inspect</c>, <c>isComplete</c> or <c>history</c>.</summary>
    public string Ask { get; set; } = "";

    /// <summary>The cell's text.</summary>
    public string Code { get; set; } = "";

    /// <summary>A place in <see cref="Code"/>, counted in Unicode characters as Jupyter does.</summary>
    public int Cursor { get; set; }

    /// <summary>Show nothing, and do not count.</summary>
    public bool Silent { get; set; }

    public bool StoreHistory { get; set; } = true;

    /// <summary>The client's number for this run.</summary>
    public int Count { get; set; }

    /// <summary>Expressions to evaluate after the cell, by name.</summary>
    public Dictionary<string, string> Expressions { get; set; } = [];

    /// <summary>How history is looked up: <c>tail</c>, <c>range</c> or <c>search</c>.</summary>
    public string Access { get; set; } = "";

    public bool Output { get; set; }

    public int? Session { get; set; }

    public int? Start { get; set; }

    public int? Stop { get; set; }

    public int? N { get; set; }

    public string? Pattern { get; set; }

    public bool? Unique { get; set; }

    /// <summary>Reads a line; null if it is no request. One that cannot be read but has a number asks for nothing: its asker waits for an answer.</summary>
    public static KernelRequest? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KernelRequestJson.Default.KernelRequest);
        }
        catch (JsonException)
        {
            return Number(line) is { } id ? new KernelRequest { Id = id } : null;
        }
    }

    private static int? Number(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("id", out JsonElement id) && id.TryGetInt32(out int number) ? number : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>How requests are read.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(KernelRequest))]
internal sealed partial class KernelRequestJson : JsonSerializerContext;
