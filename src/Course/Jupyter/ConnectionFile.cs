using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Course.Jupyter;

/// <summary>What the client wrote for this kernel: the address and ports to listen on, and the key that signs messages.</summary>
/// <param name="Address">A loopback address.</param>
/// <param name="Ports">The port of each socket.</param>
/// <param name="Key">The key; empty where messages are not signed.</param>
internal sealed record ConnectionFile(IPAddress Address, IReadOnlyDictionary<KernelSocket, int> Ports, string Key)
{
    /// <summary>Reads a connection file.</summary>
    /// <exception cref="CourseException">It is not there, or asks for something that this kernel does not do.</exception>
    public static ConnectionFile Read(string path)
    {
        try
        {
            JsonNode file = JsonNode.Parse(File.ReadAllText(path)) ?? throw new JsonException("it is null");
            string transport = (string?)file["transport"] ?? "tcp", ip = (string?)file["ip"] ?? "", scheme = (string?)file["signature_scheme"] ?? "", key = (string?)file["key"] ?? "";
            if (transport != "tcp") throw Problem($"its transport is '{transport}'; this kernel speaks tcp");
            // Whoever reaches these ports and knows the key runs code as this user: they are this machine's alone.
            if (!IPAddress.TryParse(ip == "localhost" ? "127.0.0.1" : ip, out IPAddress? address) || !IPAddress.IsLoopback(address))
                throw Problem($"its ip is '{ip}'; this kernel listens on this machine alone, on 127.0.0.1");
            if (key.Length > 0 && scheme is not ("hmac-sha256" or "")) throw Problem($"its signature_scheme is '{scheme}'; this kernel signs with hmac-sha256");
            return new ConnectionFile(address, Enum.GetValues<KernelSocket>().ToDictionary(socket => socket, socket => Port(file, socket)), key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            throw Problem(e.Message.TrimEnd('.'));
        }

        CourseException Problem(string what) => new($"The kernel cannot start with the connection file '{path}': {what}. Jupyter and VS Code write that file when they start a kernel.");
    }

    private static int Port(JsonNode file, KernelSocket socket)
    {
        string name = $"{socket.ToString().ToLowerInvariant()}_port";
        return file[name] is JsonValue value && value.TryGetValue(out int port) && port is > 0 and <= ushort.MaxValue ? port : throw new FormatException($"its {name} is {file[name]?.ToJsonString() ?? "missing"}; it should be a port's number");
    }
}

/// <summary>The five sockets of a kernel, by the names that connection files have for them.</summary>
internal enum KernelSocket
{
    /// <summary>Cells to run, and questions about them.</summary>
    Shell,

    /// <summary>What all clients are told: outputs, and whether the kernel is busy.</summary>
    Iopub,

    /// <summary>What a kernel asks its client; this one asks nothing.</summary>
    Stdin,

    /// <summary>Requests that must not wait for a cell: interrupt, shut down.</summary>
    Control,

    /// <summary>Bytes that come back, as a sign of life.</summary>
    Hb,
}
