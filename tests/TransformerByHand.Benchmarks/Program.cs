using System.Globalization;
using BenchmarkDotNet.Running;
using TransformerByHand.Benchmarks;

// dotnet run --project tests/TransformerByHand.Benchmarks -- cells [RUNS]      small cells in the script host
// dotnet run --project tests/TransformerByHand.Benchmarks -- products          the matrix product in ten seconds
// dotnet run --project tests/TransformerByHand.Benchmarks -- lessons [--tool dotnet-interactive] [--runs N] [NOTEBOOK …]
//                                                                  whole lessons in the script host and in .NET Interactive
// dotnet run --project tests/TransformerByHand.Benchmarks -- training          the training engine against PyTorch; writes TRAINING.md
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
    case ["lessons", ..]:
        await LessonBenchmark.RunAsync(args[1..]);
        break;
    case ["training"]:
        TrainingPage.Write();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, TrainingPage.Configuration());
        break;
}
