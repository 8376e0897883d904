using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Benchmarks;

/// <summary>Runs the benchmarks of the training engine and PyTorch's script, one after the other, and writes TRAINING.md.</summary>
internal static class TrainingPage
{
    /// <summary>BenchmarkDotNet in this process: the library is already built as learners get it, optimised.</summary>
    public static IConfig Configuration() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(8).WithIterationCount(20))
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithArtifactsPath(Path.Combine(Folder(), "..", "..", "artifacts", "benchmarks"));

    public static void Write()
    {
        var pytorch = PyTorch(); // first, while the machine is as quiet as it will be for the rest
        var narrow = PyTorch(coreType: "Haswell"); // a processor with AVX2 and no AVX-512
        double peak = PeakBenchmarks.Operations / Best(BenchmarkRunner.Run<PeakBenchmarks>(Configuration()).Reports.Single());
        var products = BenchmarkRunner.Run<MatrixProductBenchmarks>(Configuration()).Reports;
        var steps = BenchmarkRunner.Run<TrainingStepBenchmarks>(Configuration()).Reports;

        var page = new StringBuilder();
        page.Append($"""
            # How fast the training engine is

            Made by `dotnet run --project tests/TransformerByHand.Benchmarks -- training`, which runs BenchmarkDotNet and, if
            `/usr/bin/python3` has PyTorch, `pytorch_step.py`, and writes this page. Times are medians; best ones in brackets.

            {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores ({ProcessorName()}), {KernelSet.Fastest}.
            One core's measured fused-multiply-add peak is **{peak:F0} GFLOP/s**.

            ## Matrix product, one thread, packing included

            Rows of A × columns of B × inner size, in GFLOP/s and as a share of the peak. The goal is 80 %.

            | shape | A·B | A·Bᵀ | Aᵀ·B |
            | --- | --- | --- | --- |

            """);
        foreach (var shape in products.GroupBy(report => Parameter(report, "Shape")))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {shape.Key.Replace("x", " × ")} |");
            foreach (var report in shape)
            {
                double operations = MatrixProductBenchmarks.Operations(shape.Key);
                page.Append(CultureInfo.InvariantCulture, $" {operations / Median(report):F0} ({operations / Best(report):F0}), {operations / Median(report) / peak:P0} |");
            }
            page.Append('\n');
        }
        page.Append($"""

            ## A training step

            Forward, loss, backward, clipping, AdamW, in milliseconds. *small*: vocabulary 65, width 64, 4 heads, 2 layers, context 32,
            batch 16. *wide*: width 256, 8 heads, 4 layers, context 128, batch 8. {pytorch.About}
            In the columns "AVX2" its OpenBLAS was held to kernels for 256-bit registers (`OPENBLAS_CORETYPE=Haswell`).
            Goals: at most 0.4 times PyTorch's time for *small*, 0.6 times for *wide*, no allocation, and two threads at least 1.6
            times as fast as one for *wide*.

            | model | threads | this engine | PyTorch | ratio | PyTorch, AVX2 | ratio | allocated |
            | --- | --- | --- | --- | --- | --- | --- | --- |

            """);
        foreach (var report in steps)
        {
            string model = Parameter(report, "Model"), threads = Parameter(report, "Threads");
            string Against(Dictionary<(string Model, string Threads), (double Median, double Best)> others) =>
                others.TryGetValue((model, threads), out var other)
                    ? string.Create(CultureInfo.InvariantCulture, $"{other.Median:F2} ({other.Best:F2}) | {Median(report) / 1e6 / other.Median:F2} ({Best(report) / 1e6 / other.Best:F2})")
                    : "not measured |";
            page.Append(CultureInfo.InvariantCulture,
                $"| {model} | {threads} | {Median(report) / 1e6:F2} ({Best(report) / 1e6:F2}) | {Against(pytorch.Steps)} | {Against(narrow.Steps)} | {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)} bytes |\n");
        }
        double Wide(string threads, Func<BenchmarkReport, double> time) =>
            time(steps.Single(report => Parameter(report, "Model") == "wide" && Parameter(report, "Threads") == threads));
        page.Append(CultureInfo.InvariantCulture,
            $"\nTwo threads are {Wide("1", Median) / Wide("2", Median):F2} ({Wide("1", Best) / Wide("2", Best):F2}) times as fast as one for *wide*.\n");
        page.Append(CultureInfo.InvariantCulture, $"""

            ## What the peak would allow

            A step of *wide* is {WideOperations() / 1e9:F1} GFLOP of matrix products: {WideOperations() / peak / 1e6:F0} ms at the peak of one core.
            The step takes {Wide("1", Best) / 1e6:F0} ms, so {WideOperations() / peak / Wide("1", Best):P0} of it is arithmetic that cannot be saved.

            ## Where the time goes

            A step of *wide* on one thread, with a stopwatch around every kernel. "The rest" is what is outside of them: clearing,
            copying, look-ups, and the stopwatch itself.

            | part | share of the step |
            | --- | --- |

            """);
        foreach (var (part, share) in Profile())
            page.Append(CultureInfo.InvariantCulture, $"| {part} | {share:P1} |\n");
        page.Append("""

            ## Memory against the length of the sequence

            Bytes for attention with one head of width 16, forward, made and run once: online softmax over all keys, and a model of
            one layer with a window of 64 (forward and backward). Both grow with n; n² weights alone would take the last column.

            | n | online softmax | windowed training | n² floats |
            | --- | --- | --- | --- |

            """);
        foreach (int n in new[] { 1024, 2048, 4096, 8192 })
            page.Append(CultureInfo.InvariantCulture, $"| {n} | {Allocated(() => Online(n)) / 1024:N0} KB | {Allocated(() => Windowed(n)) / 1024:N0} KB | {4L * n * n / 1024:N0} KB |\n");

        string path = Path.Combine(Folder(), "TRAINING.md");
        File.WriteAllText(path, page.ToString());
        Console.WriteLine($"\n{page}\nWritten to {path}");
    }

    /// <summary>6 FLOP for each weight of a matrix and token, and attention's two products for half of the n² pairs, forward and twice backward.</summary>
    private static double WideOperations()
    {
        const double d = 256, layers = 4, tokens = 1024, context = 128, vocabulary = 65;
        return 6 * tokens * (layers * 12 * d * d + d * vocabulary) + 3 * layers * tokens * 4 * (context / 2) * d;
    }

    /// <summary>The shares of a step of the wide model, the longest first, and what is left.</summary>
    private static List<(string Part, double Share)> Profile()
    {
        var kernels = new TimedKernels();
        var step = new TrainingStepBenchmarks { Model = "wide", Threads = 1, Kernels = kernels };
        step.Setup();
        for (int i = 0; i < 5; i++) step.Step();
        kernels.Clear();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 20; i++) step.Step();
        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        List<(string, double)> shares = [.. kernels.Parts.Select(part => (part.Part, part.Seconds / all))];
        shares.Add(("the rest", 1 - shares.Sum(share => share.Item2)));
        return shares;
    }

    private static void Online(int n)
    {
        float[] zeros = new float[n * 16];
        new FastOnlineAttention(n, 16, causal: true).Forward(zeros, zeros, zeros, new float[n * 16], n);
    }

    private static void Windowed(int n)
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 2, Width = 16, Heads = 1, Layers = 1, Context = n, Window = 64, Positions = Positions.None }, 1, 1);
        var batch = new Batch(1, n);
        batch.Targets.AsSpan().Clear();
        model.Backpropagate(batch);
    }

    private static long Allocated(Action action)
    {
        action(); // what is made once for all is made here
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static (Dictionary<(string Model, string Threads), (double Median, double Best)> Steps, string About) PyTorch(string? coreType = null)
    {
        const string python = "/usr/bin/python3";
        var start = new ProcessStartInfo(python, [Path.Combine(Folder(), "pytorch_step.py")]) { RedirectStandardOutput = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // Without a core type OpenBLAS chooses its kernels for this processor, whatever this shell asks of other programs.
        start.Environment["OPENBLAS_CORETYPE"] = coreType;
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        var steps = new Dictionary<(string, string), (double, double)>();
        string about = "";
        try
        {
            using var process = Process.Start(start)!;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                Console.WriteLine(line);
                var words = line.Split(' ');
                string Value(string name) => words.Single(word => word.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
                if (words[0] == "torch") about = $"PyTorch is {line["torch ".Length..]}.";
                else steps[(words[0], Value("threads"))] = (double.Parse(Value("median_ms")), double.Parse(Value("best_ms")));
            }
            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            about = "PyTorch was not found on this machine.";
        }
        return (steps, about);
    }

    private static double Median(BenchmarkReport report) => report.ResultStatistics!.Median;

    private static double Best(BenchmarkReport report) => report.ResultStatistics!.Min;

    private static string Parameter(BenchmarkReport report, string name) => report.BenchmarkCase.Parameters[name].ToString()!;

    private static string ProcessorName() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Where this project's sources and its page are.</summary>
    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "TransformerByHand.Benchmarks");
    }
}
