using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Course.Jupyter;

/// <summary>A message of Jupyter's protocol 5.3, as it goes over a socket: routing, a mark, a signature and four parts in JSON.</summary>
/// <param name="Routing">From whom or to whom; for what is published, its topic.</param>
/// <param name="Header">Its type and number.</param>
/// <param name="Parent">The header of the request that it belongs to.</param>
/// <param name="Metadata">Remarks.</param>
/// <param name="Content">What it says.</param>
internal sealed record WireMessage(IReadOnlyList<byte[]> Routing, JsonObject Header, JsonObject Parent, JsonObject Metadata, JsonObject Content)
{
    /// <summary>The version of the protocol.</summary>
    public const string Protocol = "5.3";

    private static readonly byte[] Mark = "<IDS|MSG>"u8.ToArray();

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What kind of message it is, such as <c>execute_request</c>.</summary>
    public string Type => Header["msg_type"] is JsonValue value && value.TryGetValue(out string? type) ? type : "";

    /// <summary>The answer to a request, for the client that asked.</summary>
    public static WireMessage Reply(WireMessage request, string session, string type, JsonObject content) =>
        new(request.Routing, NewHeader(request, session, type), Copy(request.Header), new JsonObject { ["status"] = content["status"]?.DeepClone() }, content);

    /// <summary>News for all clients.</summary>
    /// <param name="request">The request that it belongs to; null for none.</param>
    /// <param name="session">The kernel's own name.</param>
    /// <param name="type">What kind of message it is.</param>
    /// <param name="content">What it says.</param>
    public static WireMessage News(WireMessage? request, string session, string type, JsonObject content) =>
        new([Encoding.ASCII.GetBytes(type)], NewHeader(request, session, type), request is null ? [] : Copy(request.Header), [], content);

    /// <summary>Reads a message; null for one that is none, or whose signature is wrong.</summary>
    public static WireMessage? Read(IReadOnlyList<byte[]> frames, MessageSignature signature)
    {
        int mark = 0;
        while (mark < frames.Count && !frames[mark].AsSpan().SequenceEqual(Mark)) mark++;
        // The mark, the signature, four parts; what follows are buffers, which no request to this kernel uses.
        if (frames.Count < mark + 6) return null;
        byte[][] parts = [.. frames.Skip(mark + 2).Take(4)];
        if (!signature.Fits(frames[mark + 1], parts)) return null;
        try
        {
            return parts.Select(part => JsonNode.Parse(part)).ToArray() is [JsonObject header, JsonObject parent, JsonObject metadata, JsonObject content]
                ? new WireMessage([.. frames.Take(mark)], header, parent, metadata, content)
                : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The frames to send.</summary>
    public IEnumerable<byte[]> Frames(MessageSignature signature)
    {
        byte[][] parts = [.. new[] { Header, Parent, Metadata, Content }.Select(part => JsonSerializer.SerializeToUtf8Bytes(part, Json))];
        return [.. Routing, Mark, signature.Of(parts), .. parts];
    }

    private static JsonObject NewHeader(WireMessage? request, string session, string type) => new()
    {
        ["msg_id"] = Guid.NewGuid().ToString("N"),
        ["session"] = session,
        ["username"] = request?.Header["username"]?.DeepClone() ?? "kernel",
        ["date"] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        ["msg_type"] = type,
        ["version"] = Protocol,
    };

    private static JsonObject Copy(JsonObject header) => header.DeepClone().AsObject();
}
