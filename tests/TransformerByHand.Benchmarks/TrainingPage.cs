using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Benchmarks;

/// <summary>Times the training engine beside PyTorch and TorchSharp, each held to the same cores, and writes TRAINING.md.</summary>
/// <remarks>
/// Every measurement is a process of its own, started with <c>taskset</c> on the cores that it may use, and tells its processor
/// time beside its wall time: a library that takes no notice of a thread count is found out, and then no page is written.
/// </remarks>
internal static class TrainingPage
{
    private const string Python = "/usr/bin/python3";

    /// <summary>A training step's figures, as all three programs print them.</summary>
    private readonly record struct Step(double Median, double Best, double CoresUsed, long Bytes);

    /// <summary>How wide the registers are, and what holds each side to that width.</summary>
    private sealed record Width(string Name, Dictionary<string, string?> Ours, Dictionary<string, string?> Theirs);

    // Without a core type OpenBLAS chooses its kernels for this processor, whatever this shell asks of other programs.
    private static Width Widest { get; } = new("everything this processor has",
        [],
        new() { ["OPENBLAS_CORETYPE"] = null, ["OPENBLAS_L2_SIZE"] = null });

    private static Width Avx2 { get; } = new("AVX2 only",
        new() { ["DOTNET_EnableAVX512"] = "0" },
        new()
        {
            ["OPENBLAS_CORETYPE"] = "Haswell", ["OPENBLAS_L2_SIZE"] = null,
            ["ATEN_CPU_CAPABILITY"] = "avx2", ["ONEDNN_MAX_CPU_ISA"] = "AVX2", ["MKL_ENABLE_INSTRUCTIONS"] = "AVX2",
        });

    /// <summary>
    /// The three take turns, this often: on a machine that others share, a slow minute then meets all of them, and the best
    /// step of each is one that nobody disturbed.
    /// </summary>
    private const int Rounds = 4;

    /// <param name="args"><c>--seconds N</c> for each case and round; <c>--torchsharp COMMAND</c>: how torchsharp_step.cs is run, its arguments follow.</param>
    public static int Write(string[] args)
    {
        double seconds = 3;
        string? torchSharp = null;
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            if (args[i] == "--seconds") seconds = double.Parse(args[i + 1], CultureInfo.InvariantCulture);
            if (args[i] == "--torchsharp") torchSharp = args[i + 1];
        }
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The page is made on Linux: both sides are held to the same cores by taskset.");
            return 2;
        }

        var page = new StringBuilder();
        page.Append($"""
            # How fast the training engine is

            Made by `dotnet run --project tests/TransformerByHand.Benchmarks -- training`. Every figure comes from a process of its own that
            `taskset` held to one core or to two, and whose processor time was compared with its wall time; had one worked on more cores
            than it was given, this page would not have been written. Times are medians; best ones in brackets.

            {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores ({ProcessorName()}).

            """);
        try
        {
            foreach (Width width in Vector512.IsHardwareAccelerated ? [Widest, Avx2] : new[] { Widest })
                Section(page, width, seconds, torchSharp);
        }
        catch (InvalidOperationException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return 1;
        }
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
        return 0;
    }

    private static void Section(StringBuilder page, Width width, double seconds, string? torchSharp)
    {
        string[] products = [.. Ours(1, width, "product-lines")];
        double peak = double.Parse(products[0].Split(' ')[^1], CultureInfo.InvariantCulture);
        page.Append($"""

            # With {width.Name}: {products[0][..products[0].LastIndexOf(',')]}

            One core's measured fused-multiply-add peak is **{peak / 1e9:F0} GFLOP/s**.

            ## Matrix product on one core, packing included

            Rows of A × columns of B × inner size, in GFLOP/s and as a share of the peak: the best of many calls.

            | shape | {string.Join(" | ", ProductTable.Layouts)} |
            | --- | --- | --- | --- |

            """);
        foreach (string line in products[1..]) page.Append($"| {line} |\n");

        page.Append($"""

            ## A training step

            Forward, loss, backward, clipping, AdamW, in milliseconds. *small*: vocabulary 65, width 64, 4 heads, 2 layers, context 32,
            batch 16. *wide*: width 256, 8 heads, 4 layers, context 128, batch 8. The last column is the bytes that the median
            step allocates. Ratios above one: the other is faster. The best ones compare what nobody disturbed.


            """);
        var rows = new StringBuilder("| model | cores | this engine | PyTorch | ratio | TorchSharp | ratio | bytes |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        string aboutPyTorch = "PyTorch was not found on this machine.", aboutTorchSharp = "TorchSharp was not measured.";
        var wides = new List<Step>();
        foreach (int cores in new[] { 1, 2 })
        {
            string duration = seconds.ToString(CultureInfo.InvariantCulture);
            // In a shell, so that the command may lead into another root; it hands on the variables that it is given.
            string variables = string.Join(' ', width.Theirs.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}"));
            Dictionary<string, List<Step>> ours = [], pytorch = [], sharp = [];
            for (int round = 0; round < Rounds; round++)
            {
                Read(Ours(cores, width, "steps", $"{cores}", duration), cores, "this engine", ours);
                if (File.Exists(Python))
                    aboutPyTorch = Read(Run(cores, width.Theirs, [Python, Path.Combine(Folder(), "pytorch_step.py"), $"{cores}", duration]), cores, "PyTorch", pytorch);
                if (torchSharp is not null)
                    aboutTorchSharp = Read(Run(cores, width.Theirs, ["/bin/sh", "-c", $"{torchSharp} {cores} {duration} {variables}"]), cores, "TorchSharp", sharp);
            }
            foreach (string model in ours.Keys)
            {
                Step step = Together(ours[model]);
                string Against(Dictionary<string, List<Step>> others) => others.TryGetValue(model, out var steps) && Together(steps) is var other
                    ? string.Create(CultureInfo.InvariantCulture, $"{other.Median:F2} ({other.Best:F2}) | {step.Median / other.Median:F2} ({step.Best / other.Best:F2})")
                    : "not measured | ";
                rows.Append(CultureInfo.InvariantCulture, $"| {model} | {cores} | {step.Median:F2} ({step.Best:F2}) | {Against(pytorch)} | {Against(sharp)} | {step.Bytes} |\n");
            }
            wides.Add(Together(ours["wide"]));
        }
        Step wide = wides[0];
        page.Append($"{aboutPyTorch} {aboutTorchSharp}\n\n{rows}");
        page.Append(CultureInfo.InvariantCulture, $"""

            Two cores are {wides[0].Median / wides[1].Median:F2} ({wides[0].Best / wides[1].Best:F2}) times as fast as one for *wide*.

            ## What the peak would allow

            A step of *wide* is {WideOperations() / 1e9:F1} GFLOP of matrix products: {WideOperations() / peak * 1e3:F0} ms at the peak of one core.
            The step takes {wide.Best:F0} ms, so {WideOperations() / peak * 1e3 / wide.Best:P0} of it is arithmetic that cannot be saved.

            ## Where the time goes

            A step of *wide* on one core, with a stopwatch around every kernel. "The rest" is what is outside of them: clearing,
            copying, look-ups, and the stopwatch itself.

            | part | share of the step |
            | --- | --- |

            """);
        foreach (string line in Ours(1, width, "profile-lines")) page.Append($"| {line} |\n");
    }

    /// <summary>What a child of <see cref="Section"/> prints: the registers and the peak, then a line a shape.</summary>
    public static void PrintProducts()
    {
        double peak = ProductTable.Peak();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{KernelSet.Fastest}, {peak:R}"));
        foreach (string shape in ProductTable.Shapes)
        {
            var cells = ProductTable.Layouts.Select(layout => ProductTable.Speed(shape, layout))
                .Select(speed => string.Create(CultureInfo.InvariantCulture, $"{speed / 1e9:F0}, {speed / peak:P0}"));
            Console.WriteLine($"{shape.Replace("x", " × ")} | {string.Join(" | ", cells)}");
        }
    }

    /// <summary>What a child of <see cref="Section"/> prints: the shares of a step of the wide model, the longest first, and what is left.</summary>
    public static void PrintProfile()
    {
        var kernels = new TimedKernels();
        var step = new TrainingStepBenchmarks { Model = "wide", Threads = 1, Kernels = kernels };
        step.Setup();
        for (int i = 0; i < 5; i++) step.Step();
        kernels.Clear();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 20; i++) step.Step();
        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        List<(string Part, double Share)> shares = [.. kernels.Parts.Select(part => (part.Part, part.Seconds / all))];
        shares.Add(("the rest", 1 - shares.Sum(share => share.Share)));
        foreach (var (part, share) in shares) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part} | {share:P1}"));
        foreach (var product in kernels.Products.Take(8))
        {
            double operations = 2.0 * product.Rows * product.Columns * product.Inner * product.Calls;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"of these, {product.Rows} × {product.Columns} × {product.Inner}{(product.Transposed ? ", Aᵀ" : "")}: {operations / product.Seconds / 1e9:F0} GFLOP/s | {product.Seconds / all:P1}"));
        }
    }

    private static IEnumerable<string> Ours(int cores, Width width, params string[] command) =>
        Run(cores, width.Ours, [Environment.ProcessPath!, .. command]);

    /// <summary>Runs a program on the first cores, and gives its lines.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    private static List<string> Run(int cores, Dictionary<string, string?> variables, string[] command)
    {
        var start = new ProcessStartInfo("taskset", ["-c", cores == 1 ? "0" : $"0-{cores - 1}", .. command]) { RedirectStandardOutput = true, WorkingDirectory = Folder() };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Console.WriteLine(line);
            lines.Add(line);
        }
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {process.ExitCode}: no page was written.");
        return lines;
    }

    /// <summary>One step's figures from those of all rounds: the median of the medians, the best of all, the most bytes.</summary>
    private static Step Together(List<Step> rounds)
    {
        double[] medians = [.. rounds.Select(step => step.Median).Order()];
        return new((medians[(medians.Length - 1) / 2] + medians[medians.Length / 2]) / 2, rounds.Min(step => step.Best), 0, rounds.Max(step => step.Bytes));
    }

    /// <summary>Reads what a timing program prints: a line about itself, if it begins with 'torch', which is returned, and a line a model.</summary>
    /// <exception cref="InvalidOperationException">Something worked on more cores than it was given.</exception>
    private static string Read(IEnumerable<string> lines, int cores, string who, Dictionary<string, List<Step>> steps)
    {
        string about = "";
        foreach (string line in lines)
        {
            if (line.StartsWith("torch", StringComparison.Ordinal)) about = $"{char.ToUpperInvariant(line[0])}{line[1..]}.";
            string[] words = line.Split(' ');
            if (words[0] is not ("small" or "wide")) continue;
            string? Value(string name) => words.SingleOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
            double Number(string name) => double.Parse(Value(name)!, CultureInfo.InvariantCulture);
            var step = new Step(Number("median_ms"), Number("best_ms"), Number("cores_used"), Value("bytes") is { } bytes ? long.Parse(bytes) : 0);
            // A twentieth for what a clock of 10 ms makes of it. Sums, not medians: where steps are of two kinds, the medians may belong to different ones.
            if (step.CoresUsed > 1.05 * cores)
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"{who} had {step.CoresUsed:F2} cores at work where it was given {cores}: no page was written."));
            if (!steps.TryGetValue(words[0], out var sofar)) steps[words[0]] = sofar = [];
            sofar.Add(step);
        }
        return about;
    }

    /// <summary>6 FLOP for each weight of a matrix and token, and attention's two products for half of the n² pairs, forward and twice backward.</summary>
    private static double WideOperations()
    {
        const double d = 256, layers = 4, tokens = 1024, context = 128, vocabulary = 65;
        return 6 * tokens * (layers * 12 * d * d + d * vocabulary) + 3 * layers * tokens * 4 * (context / 2) * d;
    }

    private static void Online(int n)
    {
        float[] zeros = new float[n * 16];
        new FastOnlineAttention(n, 16, causal: true).Forward(zeros, zeros, zeros, new float[n * 16], n);
    }

    private static void Windowed(int n)
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 2, DModel = 16, Heads = 1, Layers = 1, Context = n, Window = 64, Positions = Positions.None }, 1, 1);
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

    private static string ProcessorName() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    /// <summary>Where this project's sources and its page are.</summary>
    public static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "TransformerByHand.Benchmarks");
    }
}
