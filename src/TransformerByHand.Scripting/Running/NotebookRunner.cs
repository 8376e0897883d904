using System.Diagnostics;

namespace TransformerByHand.Scripting;

/// <summary>Runs the code cells of a notebook from first to last in a fresh engine, and puts their outputs into the notebook.</summary>
/// <remarks>
/// Tags of a cell: <c>raises-exception</c> says that it is meant to fail; <c>requires:X</c> that it needs package X and
/// runs only if X is asked for and can be restored. A skipped cell keeps the outputs it has.
/// A cell that takes the engine with it ends the run: the later ones are reported as not run, never as passed.
/// </remarks>
public sealed class NotebookRunner
{
    private const string RaisesException = "raises-exception";
    private const string Requires = "requires:";

    /// <summary>Runs a notebook.</summary>
    /// <param name="notebook">The notebook; its outputs are replaced.</param>
    /// <param name="path">Where it lies: its folder is the cells' current directory.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="progress">Told when a code cell starts and when it ends.</param>
    /// <param name="ct">Stops the run: the cell that runs is stopped, the later ones are not run.</param>
    /// <exception cref="NotebookFormatException">The notebook is for another language.</exception>
    /// <exception cref="WorkerStartException">The engine does not start.</exception>
    public async Task<NotebookRun> RunAsync(
        Notebook notebook, string path, RunOptions? options = null, IProgress<CellProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new RunOptions();
        if (!CellLanguage.IsCSharp(notebook.Language))
            throw new NotebookFormatException($"'{path}' is a notebook for {notebook.Language}; this host runs C#.");
        long start = Stopwatch.GetTimestamp();
        SessionOptions session = options.Session ?? new SessionOptions { WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(path))! };
        await using CellSession cells = await CellSession.StartAsync(session, ct);

        var run = new Pass(cells, options, ct);
        int total = notebook.Cells.Count(cell => cell.Kind == CellKind.Code);
        int number = 0;
        var ended = new List<CellRun>(notebook.Cells.Count);
        foreach (NotebookCell cell in notebook.Cells)
        {
            if (cell.Kind != CellKind.Code)
            {
                ended.Add(new CellRun(cell, 0, CellRunStatus.Skipped, cell.Kind == CellKind.Raw ? "raw" : "Markdown", TimeSpan.Zero, null));
                continue;
            }

            progress?.Report(new CellProgress(cell, ++number, total, null));
            CellRun result = await run.RunAsync(cell, number);
            ended.Add(result);
            progress?.Report(new CellProgress(cell, number, total, result));
        }

        return new NotebookRun(notebook, ended, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>One run, with what it has to remember from cell to cell.</summary>
    private sealed class Pass(CellSession cells, RunOptions options, CancellationToken ct)
    {
        private readonly Dictionary<string, string> unavailable = new(StringComparer.OrdinalIgnoreCase);
        private string? stateLost;

        public async Task<CellRun> RunAsync(NotebookCell cell, int number)
        {
            string[] required = [.. cell.Tags.Where(tag => tag.StartsWith(Requires, StringComparison.Ordinal)).Select(tag => tag[Requires.Length..])];
            if (SkipReason(required) is { } skip) return new CellRun(cell, number, CellRunStatus.Skipped, skip, TimeSpan.Zero, null);
            if (stateLost is not null) return NotRun(cell, number, stateLost);
            if (ct.IsCancellationRequested) return NotRun(cell, number, "not run: the run was stopped");

            string source = options.TransformSource?.Invoke(cell) ?? CellLanguage.WithMagic(cell);
            CellResult result = await cells.ExecuteAsync(source, output => options.OnOutput?.Invoke(cell, output), ct, timeout: options.CellTimeout);
            if (result.StateLost) stateLost = $"not run: state lost ({result.DeathMessage})";

            if (result.UnavailablePackage is { } package && required.Length > 0)
            {
                string reason = result.Error?.Message ?? $"{package} could not be restored";
                foreach (string name in required) unavailable[name] = reason;
                return new CellRun(cell, number, CellRunStatus.Skipped, reason, result.Elapsed, result);
            }

            cell.SetOutputs(result.Outputs);
            cell.ExecutionCount = result.ExecutionCount;
            bool expected = cell.Tags.Contains(RaisesException);
            (CellRunStatus status, string? why) = result.Status switch
            {
                CellStatus.Succeeded when expected => (CellRunStatus.DidNotFailThoughExpected, $"it is tagged {RaisesException} and did not fail"),
                CellStatus.Succeeded => (CellRunStatus.Ran, null),
                CellStatus.Failed when expected => (CellRunStatus.FailedAsExpected, null),
                _ => (CellRunStatus.Failed, FailureReason(result)),
            };
            return new CellRun(cell, number, status, why, result.Elapsed, result);
        }

        private string? SkipReason(IReadOnlyList<string> required)
        {
            foreach (string name in required)
            {
                if (!options.With.Contains(name)) return $"requires {name}, which was not asked for";
                if (unavailable.TryGetValue(name, out string? reason)) return reason;
            }

            return null;
        }

        private static CellRun NotRun(NotebookCell cell, int number, string reason) =>
            new(cell, number, CellRunStatus.NotRun, reason, TimeSpan.Zero, null);

        private static string FailureReason(CellResult result) => result.Error is not { } error
            ? result.Status.ToString()
            : error.Line is { } line ? FormattableString.Invariant($"line {line}: {error.Name}: {error.Message}") : $"{error.Name}: {error.Message}";
    }
}
