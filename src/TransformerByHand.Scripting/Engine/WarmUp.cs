namespace TransformerByHand.Scripting.Engine;

/// <summary>Makes the runtime translate the compiler and the formatters before a cell needs them.</summary>
/// <remarks>
/// Most of the time of a first cell goes into that translation. It starts with the process, beside everything else that a
/// start has to do, and the first cell waits for what it needs of it instead of doing the same again. It has threads of
/// its own: the thread pool is the cells'.
/// </remarks>
internal sealed class WarmUp
{
    private readonly Task compiler;

    private WarmUp(Task compiler) => this.compiler = compiler;

    /// <summary>Starts warming up and returns at once.</summary>
    public static WarmUp Start(CellReferences references)
    {
        Task compiler = OnThread(() => Compile("1", references));
        OnThread(() =>
        {
            ValueFormat.Format(1);
            ValueFormat.Format((int[])[1]);
            compiler.Wait();
            // What the first cells usually do; nothing waits for this.
            Compile(
                """
                using System.IO;
                string Name(int i) => $"{i:0.0}";
                record Pair(int A, double B);
                var pairs = Enumerable.Range(0, 3).Select(i => new Pair(i, i)).ToList();
                foreach (var pair in pairs) Console.WriteLine(Name(pair.A));
                await Task.Yield();
                pairs
                """, references);
        });
        return new WarmUp(compiler);
    }

    /// <summary>Waits until the compiler is ready for a first cell.</summary>
    public void Wait(CancellationToken ct) => compiler.Wait(ct);

    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Compile(string code, CellReferences references)
    {
        try
        {
            new SubmissionChain(AppContext.BaseDirectory, references, new CellLoadContext()).Compile(code, "warm-up", CancellationToken.None);
        }
        catch (CompilationFailedException)
        {
            // Only the translation counts.
        }
    }
}
