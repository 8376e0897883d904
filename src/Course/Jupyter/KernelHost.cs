using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The kernel: answers what a client asks over Jupyter's sockets, until it asks to shut down.</summary>
/// <remarks>
/// Cells run one after another, in a process of their own; neither what they print nor how they end can reach the sockets.
/// Every other question is answered at once, also while a cell runs.
/// </remarks>
internal sealed partial class KernelHost : IAsyncDisposable
{
    private static readonly TimeSpan PauseBeforeHelp = TimeSpan.FromMilliseconds(200);

    private readonly string session = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionFile connection;
    private readonly KernelWire wire;
    private readonly KernelEngine engine;
    private readonly CodeAssistant assistant;
    private readonly InputHistory history = new();
    private readonly Lock gate = new();
    private readonly List<WaitingCell> cells = []; // the first one runs
    private int executionCount;
    private int cellsRun;

    /// <exception cref="NetMQ.NetMQException">One of the client's ports is taken.</exception>
    public KernelHost(ConnectionFile connection, SessionOptions options)
    {
        this.connection = connection;
        assistant = new CodeAssistant(options.WorkingDirectory);
        engine = new KernelEngine(options) { Declared = assistant.Declare, Lost = assistant.Forget };
        wire = new KernelWire(connection, Received);
    }

    /// <summary>Answers until a client asks to shut down, or <see cref="End"/> is called.</summary>
    public async Task RunAsync()
    {
        wire.Start();
        Publish(null, "status", new JsonObject { ["execution_state"] = "starting" });
        engine.Prepare();
        await ended.Task;
        Interrupt();
        await wire.FlushAsync();
    }

    /// <summary>Ends the kernel as a client's request to shut down does.</summary>
    public void End() => ended.TrySetResult();

    /// <summary>Stops the cell that runs.</summary>
    public void Interrupt()
    {
        lock (gate) cells.FirstOrDefault()?.Interrupt.Cancel();
    }

    /// <summary>Ends the cells' process and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        wire.Dispose();
        assistant.Dispose();
    }

    private void Received(KernelSocket from, WireMessage request)
    {
        if (request.Type == "execute_request")
        {
            Enqueue(request);
            return;
        }

        // Here, on the thread that reads, and so before any cell that is sent after it.
        if (request.Type == "interrupt_request") Interrupt();
        _ = Task.Run(() => AnswerAsync(from, request));
    }

    private void Enqueue(WireMessage request)
    {
        var cell = new WaitingCell(request, new CancellationTokenSource());
        lock (gate)
        {
            cells.Add(cell);
            if (cells.Count > 1) return;
        }

        _ = Task.Run(() => RunCellsAsync(cell));
    }

    private async Task RunCellsAsync(WaitingCell? cell)
    {
        while (cell is not null)
        {
            Publish(cell.Request, "status", Busy());
            JsonObject reply = await AnswerAsync(cell.Request, () => ExecuteAsync(cell.Request, cell.Interrupt.Token));
            reply.TryAdd("execution_count", executionCount);
            Reply(KernelSocket.Shell, cell.Request, "execute_reply", reply);
            bool stops = (string?)reply["status"] == "error" && Flag(cell.Request, "stop_on_error", otherwise: true);
            lock (gate)
            {
                Publish(cell.Request, "status", Idle());
                cells.RemoveAt(0);
                cell.Interrupt.Dispose();
                // Whoever runs all cells does not want the rest when one has failed.
                if (stops)
                {
                    foreach (WaitingCell waiting in cells) Abort(waiting);
                    cells.Clear();
                }

                cell = cells.FirstOrDefault();
            }
        }

        _ = PrepareHelpAsync(Interlocked.Increment(ref cellsRun));
    }

    private void Abort(WaitingCell waiting)
    {
        Publish(waiting.Request, "status", Busy());
        Reply(KernelSocket.Shell, waiting.Request, "execute_reply", new JsonObject { ["status"] = "aborted", ["execution_count"] = executionCount });
        Publish(waiting.Request, "status", Idle());
        waiting.Interrupt.Dispose();
    }

    /// <summary>Answers a request that is not a cell.</summary>
    private async Task AnswerAsync(KernelSocket from, WireMessage request)
    {
        Publish(request, "status", Busy());
        switch (request.Type)
        {
            case "comm_open":
                // Nothing in this kernel takes the other end of a comm, whatever target is named.
                Publish(request, "comm_close", new JsonObject { ["comm_id"] = request.Content["comm_id"]?.DeepClone(), ["data"] = new JsonObject() });
                break;
            case var type when type.EndsWith("_request", StringComparison.Ordinal):
                string replyType = type[..^"request".Length] + "reply";
                JsonObject reply = await AnswerAsync(request, () => AnswerAsync(request));
                Reply(from, request, replyType, reply);
                if (type == "shutdown_request") Publish(request, replyType, reply.DeepClone().AsObject());
                break;
        }

        lock (gate)
        {
            Publish(request, "status", Idle());
            // Clients show the last state they were told, of whatever request: a cell is still running.
            if (cells.FirstOrDefault() is { } running) Publish(running.Request, "status", Busy());
        }

        if (request.Type == "shutdown_request") End();
    }

    /// <summary>Answers, whatever happens: the client waits for it, and shows for a cell what arrives as a message.</summary>
    private async Task<JsonObject> AnswerAsync(WireMessage request, Func<Task<JsonObject>> answer)
    {
        ErrorOutput error;
        try
        {
            return await answer();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException && !IsReadable(request))
        {
            error = new ErrorOutput("UnreadableRequest", "The kernel could not read what it was asked. Is there half a character in the cell?", []);
        }
        catch (Exception e)
        {
            error = new ErrorOutput(e.GetType().Name, e.Message, e.ToString().Split('\n'));
        }

        if (request.Type == "execute_request" && !Flag(request, "silent")) Publish(request, "error", JupyterMessage.Error(error));
        return Failed(error);
    }

    private async Task<JsonObject> AnswerAsync(WireMessage request) => request.Type switch
    {
        "kernel_info_request" => KernelInfo(),
        "complete_request" => await CompleteAsync(Text(request, "code"), Number(request, "cursor_pos")),
        "inspect_request" => await InspectAsync(Text(request, "code"), Number(request, "cursor_pos")),
        "is_complete_request" => IsComplete(Text(request, "code")),
        "history_request" => History(request),
        "comm_info_request" => new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() },
        "connect_request" => Connect(),
        "interrupt_request" => new JsonObject { ["status"] = "ok" },
        "shutdown_request" => new JsonObject { ["status"] = "ok", ["restart"] = Flag(request, "restart") },
        _ => Failed(new ErrorOutput("UnknownRequest", $"The kernel does not know '{request.Type}'.", [])),
    };

    private void Publish(WireMessage? request, string type, JsonObject content) =>
        wire.Send(KernelSocket.Iopub, WireMessage.News(request, session, type, content));

    private void Reply(KernelSocket to, WireMessage request, string type, JsonObject content) =>
        wire.Send(to, WireMessage.Reply(request, session, type, content));

    private static JsonObject Busy() => new() { ["execution_state"] = "busy" };

    private static JsonObject Idle() => new() { ["execution_state"] = "idle" };

    private static JsonObject KernelInfo() => new()
    {
        ["status"] = "ok",
        ["protocol_version"] = WireMessage.Protocol,
        ["implementation"] = "transformer-by-hand",
        ["implementation_version"] = typeof(KernelHost).Assembly.GetName().Version?.ToString(3) ?? "1.0.0",
        ["language_info"] = new JsonObject
        {
            ["name"] = "C#",
            ["version"] = "14.0",
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        },
        ["banner"] = "C# for notebooks",
        ["help_links"] = new JsonArray(),
        ["debugger"] = false,
    };

    private JsonObject Connect()
    {
        var ports = new JsonObject { ["status"] = "ok" };
        foreach ((KernelSocket socket, int port) in connection.Ports) ports[$"{socket.ToString().ToLowerInvariant()}_port"] = port;
        return ports;
    }

    /// <summary>
    /// Looks through what is in scope after a cell, unless another follows at once, so that the next completion is quick:
    /// JupyterLab waits a second for it, and then offers only words that the cell has already.
    /// </summary>
    private async Task PrepareHelpAsync(int cell)
    {
        await Task.Delay(PauseBeforeHelp);
        if (cell != Volatile.Read(ref cellsRun) || IsRunning()) return;
        await assistant.CompleteAsync("", 0);
        // A list so short that its items are described.
        await assistant.CompleteAsync("Math.Sq", 7);
        await assistant.InspectAsync("Math.Sqrt", 9);
    }

    private bool IsRunning()
    {
        lock (gate) return cells.Count > 0;
    }

    private Task<JsonObject> ExecuteAsync(WireMessage request, CancellationToken interrupt)
    {
        string code = Text(request, "code");
        bool silent = Flag(request, "silent");
        if (!silent)
        {
            executionCount++;
            Publish(request, "execute_input", new JsonObject { ["code"] = code, ["execution_count"] = executionCount });
        }

        return HelpQuestion().Match(code) is { Success: true } help
            ? HelpAsync(help.Groups["name"].Value, executionCount)
            : RunCellAsync(request, code, silent, executionCount, interrupt);
    }

    private async Task<JsonObject> RunCellAsync(WireMessage request, string code, bool silent, int count, CancellationToken interrupt)
    {
        string? result = null;
        ErrorOutput? error;
        try
        {
            CellResult cell = await engine.ExecuteAsync(code, silent ? "a silent cell" : $"cell {count}", Show, interrupt);
            error = cell.Status == CellStatus.Succeeded ? null : cell.Error;
        }
        catch (Exception e) when (e is WorkerStartException or OperationCanceledException)
        {
            error = e is WorkerStartException
                ? new ErrorOutput("EngineNotStarted", e.Message, e.Message.Split('\n'))
                : new ErrorOutput("Interrupted", "The cell was stopped before it started.", ["The cell was stopped before it started."]);
            Show(error);
        }

        if (!silent && Flag(request, "store_history", otherwise: true)) history.Add(count, code, result);
        JsonObject reply = error is null ? new JsonObject { ["status"] = "ok" } : Failed(error);
        reply["execution_count"] = count;
        reply["payload"] = new JsonArray();
        reply["user_expressions"] = error is null ? await EvaluateAsync(request, interrupt) : [];
        return reply;

        void Show(CellOutput output)
        {
            if (output is ResultOutput value) result = value.Data.GetValueOrDefault("text/plain");
            if (silent) return;
            (string type, JsonObject content) = JupyterMessage.Of(output, count, engine.Generation);
            Publish(request, type, content);
        }
    }

    private async Task<JsonObject> EvaluateAsync(WireMessage request, CancellationToken interrupt)
    {
        var values = new JsonObject();
        foreach ((string name, JsonNode? expression) in request.Content["user_expressions"] as JsonObject ?? [])
        {
            CellResult evaluated = await engine.ExecuteAsync((string?)expression ?? "", "a user expression", _ => { }, interrupt);
            values[name] = evaluated.Error is { } error
                ? Failed(error)
                : new JsonObject
                {
                    ["status"] = "ok",
                    ["data"] = evaluated.Outputs.OfType<ResultOutput>().LastOrDefault() is { } value ? JupyterMessage.Data(value.Data) : [],
                    ["metadata"] = new JsonObject(),
                };
        }

        return values;
    }

    /// <summary><c>?name</c> opens what Shift+Tab says about the name.</summary>
    private async Task<JsonObject> HelpAsync(string name, int count)
    {
        CellInspection? found = await assistant.InspectAsync(name, name.Length);
        string text = found?.Text ?? $"Nothing is known about '{name}'.";
        return new JsonObject
        {
            ["status"] = "ok",
            ["execution_count"] = count,
            ["payload"] = new JsonArray(new JsonObject { ["source"] = "page", ["start"] = 0, ["data"] = new JsonObject { ["text/plain"] = text } }),
            ["user_expressions"] = new JsonObject(),
        };
    }

    private async Task<JsonObject> CompleteAsync(string code, int cursor)
    {
        CompletionList list = await assistant.CompleteAsync(code, CursorText.ToIndex(code, cursor));
        int start = CursorText.FromIndex(code, list.Start);
        int end = CursorText.FromIndex(code, list.End);
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. list.Items.Select(item => (JsonNode)JsonValue.Create(item.Text))]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject
            {
                // Clients that know it show what each match is.
                ["_jupyter_types_experimental"] = new JsonArray([.. list.Items.Select(item => (JsonNode)new JsonObject
                {
                    ["start"] = start, ["end"] = end, ["text"] = item.Text, ["type"] = item.Kind, ["signature"] = item.Signature,
                })]),
            },
        };
    }

    private async Task<JsonObject> InspectAsync(string code, int cursor)
    {
        CellInspection? found = await assistant.InspectAsync(code, CursorText.ToIndex(code, cursor));
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = found is not null,
            ["data"] = found is null ? [] : new JsonObject { ["text/plain"] = found.Text, ["text/markdown"] = found.Markdown },
            ["metadata"] = new JsonObject(),
        };
    }

    private static JsonObject IsComplete(string code) => CellCompletenessCheck.Of(code) switch
    {
        CellCompleteness.Complete => new() { ["status"] = "complete" },
        CellCompleteness.Invalid => new() { ["status"] = "invalid" },
        _ => new() { ["status"] = "incomplete", ["indent"] = code.Count(c => c == '{') > code.Count(c => c == '}') ? "    " : "" },
    };

    private JsonObject History(WireMessage request)
    {
        bool output = Flag(request, "output");
        int? n = MaybeNumber(request, "n");
        return new()
        {
            ["status"] = "ok",
            ["history"] = Text(request, "hist_access_type") switch
            {
                "tail" => history.Tail(n, output),
                "range" => history.Range(MaybeNumber(request, "session") ?? 0, MaybeNumber(request, "start"), MaybeNumber(request, "stop"), output),
                "search" => history.Search((string?)request.Content["pattern"], n, Flag(request, "unique"), output),
                _ => [],
            },
        };
    }

    private static JsonObject Failed(ErrorOutput error)
    {
        JsonObject reply = JupyterMessage.Error(error);
        reply["status"] = "error";
        return reply;
    }

    [GeneratedRegex(@"^\s*(\?{1,2}\s*(?<name>[\w.]+)|(?<name>[\w.]+)\s*\?{1,2})\s*$")]
    private static partial Regex HelpQuestion();

    private static string Text(WireMessage request, string name) => (string?)request.Content[name] ?? "";

    private static int Number(WireMessage request, string name) => MaybeNumber(request, name) ?? 0;

    private static int? MaybeNumber(WireMessage request, string name) => (int?)request.Content[name];

    private static bool Flag(WireMessage request, string name, bool otherwise = false) =>
        request.Content[name] is JsonValue value && value.TryGetValue(out bool flag) ? flag : otherwise;

    /// <summary>Whether every text in a request can be read: half a surrogate pair is no text to .NET.</summary>
    private static bool IsReadable(WireMessage request)
    {
        try
        {
            foreach ((_, JsonNode? value) in request.Content)
                if (value is JsonValue && value.GetValueKind() == System.Text.Json.JsonValueKind.String) _ = (string?)value;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private sealed record WaitingCell(WireMessage Request, CancellationTokenSource Interrupt);
}
