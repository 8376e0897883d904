using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The kernel's five sockets. One thread owns them; any thread may send, and what arrives is handed on by that one.</summary>
/// <remarks>
/// Pieces of one stream that wait together are sent as one message, so that a loop of small writes does not flood the client.
/// Nothing is ever dropped for want of room: a client that reads slowly gets everything late.
/// </remarks>
internal sealed class KernelWire : IDisposable
{
    private const int LongestStreamText = 1 << 16;
    private const int MostInARow = 1000;

    private static readonly TimeSpan PatienceWithPorts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(1);

    private readonly MessageSignature signature;
    private readonly Dictionary<KernelSocket, NetMQSocket> sockets;
    private readonly NetMQQueue<Outgoing> outgoing = new();
    private readonly NetMQPoller poller = [];
    private readonly Action<KernelSocket, WireMessage> received;
    private Outgoing? held;
    private StringBuilder? heldText;

    /// <summary>Listens on the client's ports.</summary>
    /// <param name="connection">Where to listen, and the key.</param>
    /// <param name="received">Told of each message whose signature is right. It must not wait: nothing else arrives meanwhile.</param>
    /// <exception cref="NetMQException">A port is taken.</exception>
    public KernelWire(ConnectionFile connection, Action<KernelSocket, WireMessage> received)
    {
        this.received = received;
        signature = new MessageSignature(connection.Key);
        sockets = new()
        {
            [KernelSocket.Shell] = new RouterSocket(),
            [KernelSocket.Control] = new RouterSocket(),
            [KernelSocket.Stdin] = new RouterSocket(),
            [KernelSocket.Iopub] = new PublisherSocket(),
            [KernelSocket.Hb] = new ResponseSocket(),
        };
        try
        {
            foreach ((KernelSocket name, NetMQSocket socket) in sockets) Bind(socket, connection, connection.Ports[name]);
        }
        catch
        {
            DisposeSockets();
            throw;
        }

        sockets[KernelSocket.Hb].ReceiveReady += (_, beat) => Echo(beat.Socket);
        foreach (KernelSocket name in new[] { KernelSocket.Shell, KernelSocket.Control })
            sockets[name].ReceiveReady += (_, ready) => Receive(name, ready.Socket);
        // Read so that it does not pile up: this kernel asks nothing, so whatever arrives here answers nothing.
        sockets[KernelSocket.Stdin].ReceiveReady += (_, ready) => ready.Socket.SkipMultipartMessage();
        outgoing.ReceiveReady += (_, _) => SendWaiting();
        poller.Add(outgoing);
        foreach ((KernelSocket name, NetMQSocket socket) in sockets)
            if (name != KernelSocket.Iopub) poller.Add(socket);
    }

    /// <summary>Begins to send and to receive.</summary>
    public void Start() => poller.RunAsync("Jupyter's sockets");

    /// <summary>Sends a message. It is on its way when this returns, not yet sent.</summary>
    public void Send(KernelSocket socket, WireMessage message) => outgoing.Enqueue(new Outgoing(socket, message, null));

    /// <summary>Waits until everything that was to be sent has been handed to the network.</summary>
    public async Task FlushAsync()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        outgoing.Enqueue(new Outgoing(KernelSocket.Iopub, null, sent));
        await sent.Task;
    }

    /// <summary>Closes the sockets. Never called by what <c>received</c> does: a poller cannot end within its own handler.</summary>
    public void Dispose()
    {
        if (poller.IsRunning) poller.Stop();
        poller.Dispose();
        outgoing.Dispose();
        DisposeSockets();
    }

    private static void Bind(NetMQSocket socket, ConnectionFile connection, int port)
    {
        socket.Options.Linger = PatienceAtTheEnd;
        socket.Options.SendHighWatermark = socket.Options.ReceiveHighWatermark = 0;
        socket.Options.IPv4Only = connection.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        string address = socket.Options.IPv4Only ? $"tcp://{connection.Address}:{port}" : $"tcp://[{connection.Address}]:{port}";
        for (long start = Environment.TickCount64; ;)
        {
            try
            {
                socket.Bind(address);
                return;
            }
            catch (AddressAlreadyInUseException) when (Environment.TickCount64 - start < PatienceWithPorts.TotalMilliseconds)
            {
                // After a restart the kernel before this one may not have let go of it yet.
                Thread.Sleep(100);
            }
        }
    }

    private static void Echo(NetMQSocket heartbeat)
    {
        var beat = new NetMQMessage();
        if (heartbeat.TryReceiveMultipartMessage(ref beat)) heartbeat.TrySendMultipartMessage(beat);
    }

    private void Receive(KernelSocket name, NetMQSocket socket)
    {
        var frames = new NetMQMessage();
        if (!socket.TryReceiveMultipartMessage(ref frames)) return;
        if (WireMessage.Read([.. frames.Select(frame => frame.ToByteArray())], signature) is { } message)
            received(name, message);
        else
            Console.Error.WriteLine("A message was dropped: it is none of Jupyter's, or its signature is wrong.");
    }

    private void SendWaiting()
    {
        // Not until none is left: while a cell writes without end, an interrupt has to come through.
        for (int i = 0; i < MostInARow && outgoing.TryDequeue(out Outgoing? next, TimeSpan.Zero); i++)
        {
            if (Join(next!)) continue;
            Release();
            if (next!.Message is null) next.Sent!.SetResult();
            else held = next;
        }

        Release();
    }

    /// <summary>Adds a piece of a stream to the one that is held back, if they belong together.</summary>
    private bool Join(Outgoing next)
    {
        if (held?.StreamName is not { } name || next.StreamName != name || next.Parent != held.Parent || heldText?.Length >= LongestStreamText) return false;
        heldText ??= new StringBuilder(held.StreamText);
        heldText.Append(next.StreamText);
        return true;
    }

    private void Release()
    {
        if (held?.Message is not { } message) return;
        if (heldText is not null) message.Content["text"] = heldText.ToString();
        var frames = new NetMQMessage(message.Frames(signature));
        sockets[held.Socket].TrySendMultipartMessage(frames);
        (held, heldText) = (null, null);
    }

    private void DisposeSockets()
    {
        foreach (NetMQSocket socket in sockets.Values) socket.Dispose();
    }

    /// <summary>A message to send, or a sign that those before it are sent.</summary>
    private sealed record Outgoing(KernelSocket Socket, WireMessage? Message, TaskCompletionSource? Sent)
    {
        public string? StreamName => Message?.Type == "stream" ? (string?)Message.Content["name"] : null;

        public string? StreamText => (string?)Message!.Content["text"];

        public string? Parent => Message?.Parent["msg_id"]?.ToString();
    }
}
