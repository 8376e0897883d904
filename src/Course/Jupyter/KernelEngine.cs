using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Jupyter;

/// <summary>A session that outlives its process: when a cell takes the process with it, the next cell gets a fresh one.</summary>
internal sealed class KernelEngine(SessionOptions options) : IAsyncDisposable
{
    private Task<CellSession>? session;
    private bool diedIdle;

    /// <summary>Names the process that runs cells now, differently after every start: names given by one mean nothing to the next.</summary>
    public string Generation { get; private set; } = "";

    /// <summary>Told of each text that later cells can see.</summary>
    public Action<CellDeclarations>? Declared { get; init; }

    /// <summary>Told when everything that was declared is gone.</summary>
    public Action? Lost { get; init; }

    /// <summary>Starts the process, if there is none, without waiting for it.</summary>
    public void Prepare() => session ??= StartAsync();

    /// <summary>Runs one cell, starting the process first if there is none.</summary>
    /// <exception cref="WorkerStartException">The process does not start.</exception>
    /// <exception cref="OperationCanceledException">Interrupted before the cell could start.</exception>
    public async Task<CellResult> ExecuteAsync(string source, string cellName, Action<CellOutput> onOutput, CancellationToken interrupt)
    {
        CellSession running = await ReadyAsync(interrupt);
        if (diedIdle)
        {
            diedIdle = false;
            onOutput(new StreamOutput(StreamOutput.Error,
                "The engine ended after an earlier cell had finished, and every variable with it. This cell runs in a fresh one: run the earlier cells again.\n"));
        }

        CellResult result = await running.ExecuteAsync(source, onOutput, interrupt, cellName);
        if (!result.StateLost) return result;
        await ForgetAsync(running);
        Prepare();
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (session is null) return;
        try
        {
            await (await session).DisposeAsync();
        }
        catch (WorkerStartException)
        {
            // Nothing was started, so nothing has to end.
        }
    }

    private async Task<CellSession> ReadyAsync(CancellationToken interrupt)
    {
        if (session is { IsCompletedSuccessfully: true } && (await session) is { IsAlive: false } dead)
        {
            diedIdle = true;
            await ForgetAsync(dead);
        }

        Prepare();
        try
        {
            return await session!.WaitAsync(interrupt);
        }
        catch (WorkerStartException)
        {
            // What was missing may be there the next time.
            session = null;
            throw;
        }
    }

    private async Task<CellSession> StartAsync()
    {
        Generation = Guid.NewGuid().ToString("N")[..8];
        CellSession started = await CellSession.StartAsync(options);
        started.Declared = Declared;
        return started;
    }

    private async Task ForgetAsync(CellSession dead)
    {
        session = null;
        Lost?.Invoke();
        await dead.DisposeAsync();
    }
}
