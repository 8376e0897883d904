using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The lines to the client, written one at a time. Any thread may add one.</summary>
/// <remarks>
/// Each line starts with a line break of its own: whatever something else has written before it, the line stays whole.
/// Pieces of one stream that wait together are sent as one message, so that a loop of small writes does not flood the client.
/// </remarks>
internal sealed class KernelChannel : IAsyncDisposable
{
    private const int LongestStreamText = 1 << 16;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<KernelLine> lines = Channel.CreateUnbounded<KernelLine>(new() { SingleReader = true });
    private readonly Stream output;
    private readonly Task writing;

    public KernelChannel(Stream output)
    {
        this.output = output;
        writing = Task.Run(WriteAsync);
    }

    /// <summary>Says which version of this protocol the process speaks.</summary>
    public void Hello(int protocol) => lines.Writer.TryWrite(new KernelLine(null, null, new JsonObject { ["hello"] = protocol }));

    /// <summary>Sends a message for the client that belongs to a request.</summary>
    public void Message(int id, string type, JsonObject content) => lines.Writer.TryWrite(new KernelLine(id, type, content));

    /// <summary>Answers a request; nothing of it follows.</summary>
    public void Reply(int id, JsonObject content) => lines.Writer.TryWrite(new KernelLine(id, null, content));

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await lines.Reader.WaitToReadAsync())
            {
                while (lines.Reader.TryRead(out KernelLine? line)) await WriteAsync(Joined(line));
                await output.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The client is gone; the end of its input says so too.
        }
    }

    /// <summary>Joins a piece of a stream with the pieces that wait right behind it.</summary>
    private KernelLine Joined(KernelLine line)
    {
        if (line.StreamName is not { } name) return line;
        StringBuilder? text = null;
        while (lines.Reader.TryPeek(out KernelLine? next) && next.Id == line.Id && next.StreamName == name && (text?.Length ?? 0) < LongestStreamText)
        {
            lines.Reader.TryRead(out _);
            text ??= new StringBuilder(line.StreamText);
            text.Append(next.StreamText);
        }

        return text is null ? line : line with { Content = new JsonObject { ["name"] = name, ["text"] = text.ToString() } };
    }

    private async Task WriteAsync(KernelLine line)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(line.ToJson(), Json);
        byte[] whole = [(byte)'\n', .. json, (byte)'\n'];
        await output.WriteAsync(whole);
    }

    /// <summary>One line: a message if it has a type, a reply if it has only an id.</summary>
    private sealed record KernelLine(int? Id, string? Type, JsonObject Content)
    {
        public string? StreamName => Type == "stream" ? (string?)Content["name"] : null;

        public string? StreamText => (string?)Content["text"];

        public JsonObject ToJson() => (Id, Type) switch
        {
            (null, _) => Content,
            (_, null) => new JsonObject { ["id"] = Id, ["reply"] = Content },
            _ => new JsonObject { ["id"] = Id, ["message"] = Type, ["content"] = Content },
        };
    }
}
