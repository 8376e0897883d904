using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting;

/// <summary>The cells of one notebook, run one after another in a process of their own, with state across cells.</summary>
/// <remarks>
/// A cell is stopped in steps: the worker ends loops, waits and awaits and keeps every variable; what still runs after
/// <see cref="SessionOptions.StopGrace"/> is ended with its process. A cell that ends the process is reported by name.
/// </remarks>
public sealed class CellSession : IAsyncDisposable
{
    private readonly SessionOptions options;
    private readonly SemaphoreSlim turn = new(1, 1);
    private WorkerProcess worker;
    private int executionCount;

    private CellSession(SessionOptions options, WorkerProcess worker)
    {
        this.options = options;
        this.worker = worker;
    }

    /// <summary>True while there is a process that remembers what the cells have declared.</summary>
    public bool IsAlive => worker.IsAlive;

    /// <summary>Told of each text that has compiled and starts to run: what it declares is there for later cells.</summary>
    public Action<CellDeclarations>? Declared { get; set; }

    /// <summary>Starts a session.</summary>
    /// <exception cref="WorkerStartException">The worker is missing or does not start.</exception>
    public static async Task<CellSession> StartAsync(SessionOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CellSession(options, await WorkerProcess.StartAsync(options, ct));
    }

    /// <summary>Runs one cell. Calls wait for one another.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="onOutput">Receives each output as it is made.</param>
    /// <param name="interrupt">Stops the cell; the result says so, nothing is thrown.</param>
    /// <param name="cellName">How messages name the cell. Default: <c>cell 3</c>, by execution count.</param>
    /// <param name="timeout">The longest it may run. Default: <see cref="SessionOptions.CellTimeout"/>.</param>
    /// <exception cref="InvalidOperationException">The engine is gone: see <see cref="IsAlive"/>, <see cref="RestartAsync"/>.</exception>
    public async Task<CellResult> ExecuteAsync(
        string source, Action<CellOutput>? onOutput = null, CancellationToken interrupt = default, string? cellName = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            if (!IsAlive) throw new InvalidOperationException("The engine that ran the cells is gone. Restart the session and run the earlier cells again.");
            int id = ++executionCount;
            using var run = new CellExecution(worker, id, cellName ?? $"cell {id}", onOutput, options.StopGrace) { Declared = Declared };
            return await run.RunAsync(source, interrupt, timeout ?? options.CellTimeout);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the process and starts a fresh one: every variable is gone, and execution counts start at 1.</summary>
    /// <exception cref="WorkerStartException">The worker does not start.</exception>
    public async Task RestartAsync(CancellationToken ct = default)
    {
        worker.Kill();
        await turn.WaitAsync(ct);
        try
        {
            await worker.DisposeAsync();
            worker = await WorkerProcess.StartAsync(options, ct);
            executionCount = 0;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!turn.Wait(0))
        {
            // A cell still runs: it ends with its process, which gives the turn back.
            worker.Kill();
            await turn.WaitAsync();
        }

        await worker.DisposeAsync();
    }
}
