using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

/// <summary>A client of a kernel, over the same sockets as Jupyter's. One thread uses it.</summary>
internal sealed class KernelClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MessageSignature signature;
    private readonly DealerSocket shell = new();
    private readonly DealerSocket control = new();
    private readonly SubscriberSocket iopub = new();
    private readonly RequestSocket heartbeat = new();

    public KernelClient(ConnectionFile connection)
    {
        signature = new MessageSignature(connection.Key);
        foreach ((NetMQSocket socket, KernelSocket name) in new (NetMQSocket, KernelSocket)[] { (shell, KernelSocket.Shell), (control, KernelSocket.Control), (iopub, KernelSocket.Iopub), (heartbeat, KernelSocket.Hb) })
        {
            socket.Options.Linger = TimeSpan.Zero;
            socket.Connect($"tcp://{connection.Address}:{connection.Ports[name]}");
        }

        iopub.SubscribeToAnyTopic();
    }

    /// <summary>Five ports that nothing listens on.</summary>
    public static ConnectionFile FreePorts()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        var ports = Enum.GetValues<KernelSocket>().Zip(listeners, (socket, listener) => (socket, ((IPEndPoint)listener.LocalEndpoint).Port)).ToDictionary();
        foreach (TcpListener listener in listeners) listener.Dispose();
        return new ConnectionFile(IPAddress.Loopback, ports, "a key of the test's own");
    }

    /// <summary>Sends a request and returns its number.</summary>
    /// <param name="type">What kind.</param>
    /// <param name="content">What it says.</param>
    /// <param name="onControl">On the socket that does not wait for cells.</param>
    /// <param name="key">A key to sign with; the right one if not given.</param>
    public string Send(string type, JsonObject content, bool onControl = false, string? key = null) => SendText(type, content.ToJsonString(), onControl, key);

    /// <summary>Sends a request whose content need not be what JSON can hold in .NET.</summary>
    public string SendText(string type, string content, bool onControl = false, string? key = null)
    {
        string id = Guid.NewGuid().ToString("N");
        byte[][] parts = [.. new[] { $$"""{"msg_id":"{{id}}","session":"test","username":"me","date":"2026-01-01T00:00:00Z","msg_type":"{{type}}","version":"5.3"}""", "{}", "{}", content }.Select(Encoding.UTF8.GetBytes)];
        byte[] sign = (key is null ? signature : new MessageSignature(key)).Of(parts);
        (onControl ? control : shell).SendMultipartMessage(new NetMQMessage([Encoding.ASCII.GetBytes("<IDS|MSG>"), sign, .. parts]));
        return id;
    }

    /// <summary>Sends frames as they are.</summary>
    public void SendFrames(params byte[][] frames) => shell.SendMultipartMessage(new NetMQMessage(frames));

    /// <summary>The reply to a request; replies to others are passed over.</summary>
    public WireMessage Reply(string id, bool onControl = false)
    {
        while (true)
        {
            WireMessage message = Next(onControl ? control : shell);
            if (Parent(message) == id) return message;
        }
    }

    /// <summary>What was published about a request, from busy to idle; news of other requests is passed over.</summary>
    public List<WireMessage> News(string id)
    {
        var news = new List<WireMessage>();
        do
        {
            WireMessage message = Next(iopub);
            if (Parent(message) == id) news.Add(message);
        }
        while (State(news.LastOrDefault()) != "idle");

        return news;
    }

    /// <summary>The next thing that is published, about whatever request.</summary>
    public WireMessage NextNews() => Next(iopub);

    /// <summary>Sends a request and waits for everything about it.</summary>
    public (List<WireMessage> Shown, JsonObject Reply) Ask(string type, JsonObject content)
    {
        string id = Send(type, content);
        List<WireMessage> shown = [.. News(id).Where(message => message.Type is not ("status" or "execute_input"))];
        return (shown, Reply(id).Content);
    }

    public (List<WireMessage> Shown, JsonObject Reply) Run(string code, bool silent = false) =>
        Ask("execute_request", new JsonObject { ["code"] = code, ["silent"] = silent, ["stop_on_error"] = false });

    /// <summary>Sends bytes to be sent back.</summary>
    public byte[] Beat(byte[] bytes)
    {
        heartbeat.SendFrame(bytes);
        return heartbeat.TryReceiveFrameBytes(Patience, out byte[]? answer) ? answer! : throw new TimeoutException("No sign of life.");
    }

    /// <summary>Waits until what is published reaches this client: a subscription takes a moment.</summary>
    public void WaitUntilConnected()
    {
        while (true)
        {
            Send("kernel_info_request", []);
            if (iopub.Poll(PollEvents.PollIn, TimeSpan.FromMilliseconds(200)) == PollEvents.PollIn) break;
        }

        // One more, whose news is complete, so that the earlier ones are behind.
        Ask("kernel_info_request", []);
    }

    public static string? State(WireMessage? message) => message?.Type == "status" ? (string?)message.Content["execution_state"] : null;

    public static string? Parent(WireMessage message) => (string?)message.Parent["msg_id"];

    public void Dispose()
    {
        foreach (NetMQSocket socket in new NetMQSocket[] { shell, control, iopub, heartbeat }) socket.Dispose();
    }

    private WireMessage Next(NetMQSocket socket)
    {
        var frames = new NetMQMessage();
        if (!socket.TryReceiveMultipartMessage(Patience, ref frames)) throw new TimeoutException("The kernel said nothing more.");
        return WireMessage.Read([.. frames.Select(frame => frame.ToByteArray())], signature) ?? throw new InvalidDataException("The kernel's own message is not signed as it should be.");
    }
}
