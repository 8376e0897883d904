using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TransformerByHand.Benchmarks;

// dotnet run --project tests/TransformerByHand.Benchmarks -- cells [RUNS]      small cells in the script host
// dotnet run --project tests/TransformerByHand.Benchmarks -- products          the matrix product in ten seconds
// dotnet run --project tests/TransformerByHand.Benchmarks -- steps THREADS [SECONDS]   a training step
// dotnet run --project tests/TransformerByHand.Benchmarks -- lessons [--tool dotnet-interactive] [--runs N] [NOTEBOOK …]
//                                                                  whole lessons in the script host and in .NET Interactive
// dotnet run --project tests/TransformerByHand.Benchmarks -- training [--seconds N] [--torchsharp COMMAND]
//                                                                  the training engine beside PyTorch and TorchSharp; writes TRAINING.md
// dotnet run --project tests/TransformerByHand.Benchmarks -- --filter '*'      BenchmarkDotNet's own options
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["cells", ..]:
        await CellBenchmark.RunAsync(args[1..]);
        break;
    case ["products"]:
        ProductTable.Print();
        break;
    case ["product-lines"]:
        TrainingPage.PrintProducts();
        break;
    case ["profile-lines"]:
        TrainingPage.PrintProfile();
        break;
    case ["steps", var threads, .. var rest]:
        StepTimer.Print(int.Parse(threads), rest is [var seconds] ? double.Parse(seconds) : 10);
        break;
    case ["lessons", ..]:
        await LessonBenchmark.RunAsync(args[1..]);
        break;
    case ["training", ..]:
        return TrainingPage.Write(args[1..]);
    default:
        // In this process: the library is already built as learners get it, optimised.
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(8).WithIterationCount(20))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithArtifactsPath(Path.Combine(TrainingPage.Folder(), "..", "..", "artifacts", "benchmarks")));
        break;
}
return 0;
