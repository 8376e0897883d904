using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting.Engine;

/// <summary>The worker's side of the pipe to the parent. Any thread may send.</summary>
internal sealed class WorkerPipe(Stream input, Stream output)
{
    private readonly Lock sending = new();

    public HostMessage? Receive() => MessageFrame.Read(input, ProtocolJson.Default.HostMessage);

    public void Send(WorkerMessage message)
    {
        byte[] frame = MessageFrame.Encode(message, ProtocolJson.Default.WorkerMessage);
        // A thread that is being stopped is not stopped inside a finally block: half a message would end the session.
        try
        {
        }
        finally
        {
            lock (sending) output.Write(frame);
        }
    }
}
