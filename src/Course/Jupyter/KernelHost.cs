using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The .NET side of the kernel: answers requests, one a line, until their stream ends.</summary>
/// <remarks>
/// <c>kernel.py</c> is the other side. It passes messages on as they are, so everything a client sees is decided here.
/// Cells run in a process of their own; neither what they print nor how they end can reach this stream.
/// </remarks>
internal sealed partial class KernelHost : IAsyncDisposable
{
    /// <summary>The version of the lines' format; <c>kernel.py</c> holds the same number.</summary>
    public const int Protocol = 1;

    private static readonly TimeSpan PauseBeforeHelp = TimeSpan.FromMilliseconds(200);

    private readonly KernelChannel channel;
    private readonly KernelEngine engine;
    private readonly CodeAssistant assistant;
    private readonly InputHistory history = new();
    private readonly Lock gate = new();
    private CancellationTokenSource? running;
    private int cells;

    public KernelHost(Stream output, SessionOptions options)
    {
        channel = new KernelChannel(output);
        assistant = new CodeAssistant(options.WorkingDirectory);
        engine = new KernelEngine(options) { Declared = assistant.Declare, Lost = assistant.Forget };
    }

    /// <summary>Answers requests until the input ends, then ends the cells' process.</summary>
    public async Task RunAsync(TextReader input)
    {
        channel.Hello(Protocol);
        engine.Prepare();
        // Reading must not wait for answers: an interrupt arrives while a cell runs.
        while (await input.ReadLineAsync() is { } line)
        {
            if (KernelRequest.Parse(line) is not { } request) continue;
            if (request.Ask == "interrupt")
            {
                Interrupt();
                continue;
            }

            // Made here, so that an interrupt on the very next line meets the cell.
            var interrupt = new CancellationTokenSource();
            if (request.Ask == "execute") Running(interrupt);
            _ = Task.Run(() => AnswerAsync(request, interrupt));
        }

        Interrupt();
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        await channel.DisposeAsync();
        assistant.Dispose();
    }

    private async Task AnswerAsync(KernelRequest request, CancellationTokenSource interrupt)
    {
        JsonObject reply;
        try
        {
            reply = request.Ask switch
            {
                "execute" => await ExecuteAsync(request, interrupt.Token),
                "complete" => await CompleteAsync(request),
                "inspect" => await InspectAsync(request),
                "isComplete" => IsComplete(request.Code),
                "history" => History(request),
                "" => Failed(new ErrorOutput("UnreadableRequest", "The kernel could not read what it was asked. Is there half a character in the cell?", [])),
                _ => Failed(new ErrorOutput("UnknownRequest", $"The kernel does not know '{request.Ask}'.", [])),
            };
        }
        catch (Exception e)
        {
            // Whatever it is, the client waits for an answer, and shows for a cell what arrives as a message.
            var error = new ErrorOutput(e.GetType().Name, e.Message, e.ToString().Split('\n'));
            reply = Failed(error);
            if (request is { Ask: "execute", Silent: false }) channel.Message(request.Id, "error", JupyterMessage.Error(error));
        }

        NotRunning(interrupt);
        channel.Reply(request.Id, reply);
        if (request.Ask == "execute") _ = PrepareHelpAsync(Interlocked.Increment(ref cells));
    }

    /// <summary>
    /// Looks through what is in scope after a cell, unless another follows at once, so that the next completion is quick:
    /// JupyterLab waits a second for it, and then offers only words that the cell has already.
    /// </summary>
    private async Task PrepareHelpAsync(int cell)
    {
        await Task.Delay(PauseBeforeHelp);
        if (cell != Volatile.Read(ref cells) || IsRunning()) return;
        await assistant.CompleteAsync("", 0);
        await assistant.InspectAsync("Math.Sqrt", 9);
    }

    private bool IsRunning()
    {
        lock (gate) return running is not null;
    }

    private void Interrupt()
    {
        lock (gate) running?.Cancel();
    }

    private void Running(CancellationTokenSource interrupt)
    {
        lock (gate) running = interrupt;
    }

    private void NotRunning(CancellationTokenSource interrupt)
    {
        lock (gate)
        {
            if (running == interrupt) running = null;
            interrupt.Dispose();
        }
    }

    private Task<JsonObject> ExecuteAsync(KernelRequest request, CancellationToken interrupt) =>
        HelpQuestion().Match(request.Code) is { Success: true } help
            ? HelpAsync(help.Groups["name"].Value, request.Count)
            : RunCellAsync(request, interrupt);

    private async Task<JsonObject> RunCellAsync(KernelRequest request, CancellationToken interrupt)
    {
        string? result = null;
        ErrorOutput? error;
        try
        {
            CellResult cell = await engine.ExecuteAsync(request.Code, request.Silent ? "a silent cell" : $"cell {request.Count}", Show, interrupt);
            error = cell.Status == CellStatus.Succeeded ? null : cell.Error;
        }
        catch (Exception e) when (e is WorkerStartException or OperationCanceledException)
        {
            error = e is WorkerStartException
                ? new ErrorOutput("EngineNotStarted", e.Message, e.Message.Split('\n'))
                : new ErrorOutput("Interrupted", "The cell was stopped before it started.", ["The cell was stopped before it started."]);
            Show(error);
        }

        if (request is { StoreHistory: true, Silent: false }) history.Add(request.Count, request.Code, result);
        JsonObject reply = error is null ? new JsonObject { ["status"] = "ok" } : Failed(error);
        reply["execution_count"] = request.Count;
        reply["payload"] = new JsonArray();
        reply["user_expressions"] = error is null ? await EvaluateAsync(request, interrupt) : [];
        return reply;

        void Show(CellOutput output)
        {
            if (output is ResultOutput value) result = value.Data.GetValueOrDefault("text/plain");
            if (request.Silent) return;
            (string type, JsonObject content) = JupyterMessage.Of(output, request.Count, engine.Generation);
            channel.Message(request.Id, type, content);
        }
    }

    private async Task<JsonObject> EvaluateAsync(KernelRequest request, CancellationToken interrupt)
    {
        var values = new JsonObject();
        foreach ((string name, string expression) in request.Expressions)
        {
            CellResult evaluated = await engine.ExecuteAsync(expression, "a user expression", _ => { }, interrupt);
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

    private async Task<JsonObject> CompleteAsync(KernelRequest request)
    {
        CompletionList list = await assistant.CompleteAsync(request.Code, CursorText.ToIndex(request.Code, request.Cursor));
        int start = CursorText.FromIndex(request.Code, list.Start);
        int end = CursorText.FromIndex(request.Code, list.End);
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

    private async Task<JsonObject> InspectAsync(KernelRequest request)
    {
        CellInspection? found = await assistant.InspectAsync(request.Code, CursorText.ToIndex(request.Code, request.Cursor));
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

    private JsonObject History(KernelRequest request) => new()
    {
        ["status"] = "ok",
        ["history"] = request.Access switch
        {
            "tail" => history.Tail(request.N, request.Output),
            "range" => history.Range(request.Session ?? 0, request.Start, request.Stop, request.Output),
            "search" => history.Search(request.Pattern, request.N, request.Unique ?? false, request.Output),
            _ => [],
        },
    };

    private static JsonObject Failed(ErrorOutput error)
    {
        JsonObject reply = JupyterMessage.Error(error);
        reply["status"] = "error";
        return reply;
    }

    [GeneratedRegex(@"^\s*(\?{1,2}\s*(?<name>[\w.]+)|(?<name>[\w.]+)\s*\?{1,2})\s*$")]
    private static partial Regex HelpQuestion();
}
