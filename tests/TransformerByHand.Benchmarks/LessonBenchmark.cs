using System.Diagnostics;
using System.Globalization;
using TransformerByHand.Scripting;

namespace TransformerByHand.Benchmarks;

/// <summary>Whole lessons in our script host and in the genuine .NET Interactive, in one run.</summary>
/// <remarks>
/// The two take turns, lesson by lesson, and the second round begins with the other one, so that whatever else the machine
/// does meets both. Each lesson has a fresh process, whose start counts. Processor time is that of the process in which
/// the cells run, from its own start to the last cell, and is what to compare on a machine that is busy; wall time is
/// shown beside it. Cells that need a package (<c>requires:</c>) are left out of both.
/// </remarks>
internal static class LessonBenchmark
{
    private const string Probe = "Console.Write(Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));";

    private readonly record struct Cost(double Wall, double Processor)
    {
        public static Cost operator +(Cost a, Cost b) => new(a.Wall + b.Wall, a.Processor + b.Processor);
    }

    /// <param name="args"><c>--tool PATH</c>, <c>--runs N</c>, then the notebooks; all lessons if none is named.</param>
    public static async Task RunAsync(string[] args)
    {
        string tool = "dotnet-interactive";
        int runs = 2;
        var notebooks = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--tool") tool = args[++i];
            else if (args[i] == "--runs") runs = int.Parse(args[++i], CultureInfo.InvariantCulture);
            else notebooks.Add(Path.GetFullPath(args[i]));
        }

        if (notebooks.Count == 0) notebooks.AddRange(Directory.GetFiles("notebooks", "*.ipynb").Order(StringComparer.Ordinal).Select(Path.GetFullPath));

        Console.WriteLine("lesson                         | ours: wall s, processor s | genuine: wall s, processor s | ours / genuine: wall, processor");
        (Cost Ours, Cost Genuine) total = default;
        foreach (string notebook in notebooks)
        {
            string[] cells = Cells(notebook);
            (Cost Ours, Cost Genuine) sum = default;
            for (int run = 0; run < runs; run++)
            {
                if (run % 2 == 0) sum.Ours += await OursAsync(notebook, cells);
                sum.Genuine += await GenuineAsync(tool, notebook, cells);
                if (run % 2 == 1) sum.Ours += await OursAsync(notebook, cells);
            }

            Print(Path.GetFileNameWithoutExtension(notebook), sum, runs);
            total = (total.Ours + sum.Ours, total.Genuine + sum.Genuine);
        }

        Print("all", total, runs);
    }

    private static void Print(string name, (Cost Ours, Cost Genuine) sum, int runs) => Console.WriteLine(
        $"{name,-30} | {sum.Ours.Wall / runs,12:0.0} {sum.Ours.Processor / runs,12:0.0} | {sum.Genuine.Wall / runs,15:0.0} {sum.Genuine.Processor / runs,12:0.0} | {sum.Ours.Wall / sum.Genuine.Wall,20:0.00} {sum.Ours.Processor / sum.Genuine.Processor,10:0.00}");

    private static string[] Cells(string notebook) =>
    [
        .. Notebook.Read(notebook).Cells
            .Where(cell => cell.Kind == CellKind.Code && !cell.Tags.Any(tag => tag.StartsWith("requires:", StringComparison.Ordinal)))
            .Select(cell => cell.Source),
        Probe,
    ];

    private static async Task<Cost> OursAsync(string notebook, string[] cells)
    {
        long start = Stopwatch.GetTimestamp();
        await using CellSession session = await CellSession.StartAsync(new SessionOptions { WorkingDirectory = Path.GetDirectoryName(notebook)! });
        string last = "";
        foreach (string cell in cells)
        {
            CellResult result = await session.ExecuteAsync(cell);
            last = string.Concat(result.Outputs.OfType<StreamOutput>().Select(stream => stream.Text));
            if (result.StateLost) throw new InvalidOperationException($"{Path.GetFileName(notebook)} in our host: {result.DeathMessage}");
        }

        return new Cost(Stopwatch.GetElapsedTime(start).TotalSeconds, double.Parse(last, CultureInfo.InvariantCulture) / 1000);
    }

    private static async Task<Cost> GenuineAsync(string tool, string notebook, string[] cells)
    {
        long start = Stopwatch.GetTimestamp();
        using GenuineKernel kernel = await GenuineKernel.StartAsync(tool, Path.GetDirectoryName(notebook)!);
        string last = "";
        foreach (string cell in cells) last = await kernel.ExecuteAsync(cell);
        return new Cost(Stopwatch.GetElapsedTime(start).TotalSeconds, double.Parse(last, CultureInfo.InvariantCulture) / 1000);
    }
}
