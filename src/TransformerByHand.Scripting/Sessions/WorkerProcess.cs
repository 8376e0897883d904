using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Threading.Channels;
using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting;

/// <summary>One running worker and the two pipes to it.</summary>
/// <remarks>
/// The pipes are named ones, one for each direction: unlike inherited handles they are never passed on by accident to
/// another process started at the same moment, so the end of a worker always shows as the end of its pipe.
/// </remarks>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly NamedPipeServerStream toWorker;
    private readonly NamedPipeServerStream fromWorker;
    private readonly ErrorLines errors;
    private readonly Channel<WorkerMessage> messages = Channel.CreateUnbounded<WorkerMessage>(new() { SingleWriter = true });
    private readonly Lock sending = new();

    private WorkerProcess(Process process, NamedPipeServerStream toWorker, NamedPipeServerStream fromWorker, ErrorLines errors)
    {
        this.process = process;
        this.toWorker = toWorker;
        this.fromWorker = fromWorker;
        this.errors = errors;
        new Thread(ReadMessages) { IsBackground = true, Name = "Worker messages" }.Start();
    }

    /// <summary>What the worker says, in order; completed when its pipe closes.</summary>
    public ChannelReader<WorkerMessage> Messages => messages.Reader;

    public bool IsAlive => !messages.Reader.Completion.IsCompleted && !process.HasExited;

    public static async Task<WorkerProcess> StartAsync(SessionOptions options, CancellationToken ct)
    {
        string worker = options.WorkerPath ?? WorkerLocation.FindWorker();
        if (!File.Exists(worker)) throw new WorkerStartException($"There is no worker at '{worker}'. 'dotnet build' makes it.");
        if (!Directory.Exists(options.WorkingDirectory))
            throw new WorkerStartException($"The folder '{options.WorkingDirectory}', in which cells should run, does not exist.");

        // Short, because the path of a socket may have no more than about a hundred characters.
        string name = $"cells-{Guid.NewGuid().ToString("N")[..16]}";
        var toWorker = new NamedPipeServerStream($"{name}-in", PipeDirection.Out, 1, PipeTransmissionMode.Byte, PipeOptions.CurrentUserOnly);
        var fromWorker = new NamedPipeServerStream($"{name}-out", PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.CurrentUserOnly | PipeOptions.Asynchronous);
        Process? process = null;
        try
        {
            process = Process.Start(StartInfo(worker, name, options))
                ?? throw new WorkerStartException($"'{worker}' could not be started.");
            // Nobody types at the cells, and what native code prints must neither block nor reach the terminal.
            process.StandardInput.Close();
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            var errors = new ErrorLines(process);

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(StartLimit);
            Task exited = process.WaitForExitAsync(limit.Token);
            Task connected = Task.WhenAll(toWorker.WaitForConnectionAsync(limit.Token), fromWorker.WaitForConnectionAsync(limit.Token));
            if (await Task.WhenAny(connected, exited) == exited && !ct.IsCancellationRequested)
                throw new WorkerStartException($"The worker ended before it was ready (exit code {process.ExitCode}). {errors.Text}".TrimEnd());
            await connected;

            var started = new WorkerProcess(process, toWorker, fromWorker, errors);
            if (await started.Messages.ReadAsync(limit.Token) is not ReadyMessage)
                throw new WorkerStartException($"'{worker}' does not speak this library's protocol. Build the whole solution again.");
            return started;
        }
        catch (Exception e)
        {
            if (process is not null) KillTree(process);
            process?.Dispose();
            await toWorker.DisposeAsync();
            await fromWorker.DisposeAsync();
            ct.ThrowIfCancellationRequested();
            if (e is WorkerStartException) throw;
            throw new WorkerStartException($"The worker at '{worker}' could not be started: {e.Message}", e);
        }
    }

    public void Send(HostMessage message)
    {
        byte[] frame = MessageFrame.Encode(message, ProtocolJson.Default.HostMessage);
        try
        {
            lock (sending) toWorker.Write(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The worker is gone. Whoever waits for its answer learns so from the end of Messages.
        }
    }

    /// <summary>Ends the worker and what the cells started.</summary>
    public void Kill() => KillTree(process);

    /// <summary>Says how the worker ended, once it has: the rest of the sentence 'The cell …'.</summary>
    public async Task<string> DescribeEndAsync(string? announced)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            // A process that the cells started may hold the standard error of the dead one open.
        }

        if (announced is not null) return announced;
        string said = errors.Text;
        if (said.Contains("Stack overflow", StringComparison.Ordinal))
            return "overflowed the stack (a function that calls itself without end?)";
        if (said.Contains("Out of memory", StringComparison.Ordinal)) return "ran out of memory";
        string code = !process.HasExited ? "unknown" : process.ExitCode.ToString(CultureInfo.InvariantCulture);
        return said.Length == 0 ? $"ended its process (exit code {code})" : $"ended its process (exit code {code}): {said}";
    }

    public async ValueTask DisposeAsync()
    {
        // It would end itself when its pipe closes, as it does when this process is gone; but then what the cells started
        // would stay behind, and from here it can be found.
        KillTree(process);
        await toWorker.DisposeAsync();
        using var patience = new CancellationTokenSource(EndLimit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Killed, and yet not seen to end: its standard error may be held open by something that left the tree.
        }

        await fromWorker.DisposeAsync();
        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string worker, string pipeName, SessionOptions options)
    {
        var start = new ProcessStartInfo(DotnetCommand.OfThisRuntime())
        {
            WorkingDirectory = Path.GetFullPath(options.WorkingDirectory),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            ArgumentList = { Path.GetFullPath(worker), pipeName },
        };
        if (options.Culture is not null) start.ArgumentList.Add(options.Culture);
        long heapLimit = options.HeapLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 3 / 4;
        start.Environment["DOTNET_GCHeapHardLimit"] = heapLimit.ToString("x", CultureInfo.InvariantCulture);
        // Quick start: the compiler is interpreted code to the runtime until it is warm.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        foreach ((string name, string? value) in options.Environment) start.Environment[name] = value;
        return start;
    }

    private void ReadMessages()
    {
        try
        {
            while (MessageFrame.Read(fromWorker, ProtocolJson.Default.WorkerMessage) is { } message)
                messages.Writer.TryWrite(message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A pipe broken off is a worker gone, as is a closed one.
        }
        finally
        {
            messages.Writer.TryComplete();
        }
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }
}
