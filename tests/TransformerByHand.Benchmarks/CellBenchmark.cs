using System.Diagnostics;
using TransformerByHand.Scripting;

namespace TransformerByHand.Benchmarks;

/// <summary>How long small cells take: a notebook of 40, in a fresh worker, several times.</summary>
internal static class CellBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        int runs = args.Length > 0 ? int.Parse(args[0]) : 5;
        string[] kinds =
        [
            "int a{0} = {0};",
            "a{1} * 2",
            "double F{0}(double x) => x * {0}; F{0}(1.5)",
            "Console.WriteLine(Enumerable.Range(0, {0}).Sum());",
            "var words{0} = new[] {{ \"one\", \"two\" }}; words{0}.Select(word => word.Length).ToArray()",
        ];
        string[] cells = [.. Enumerable.Range(0, 40).Select(i => string.Format(kinds[i % kinds.Length], i, i - i % kinds.Length))];

        Console.WriteLine("run | start ms | first cell ms | start and first ms | median of the others ms | slowest of the others ms");
        for (int run = 1; run <= runs; run++)
        {
            long begin = Stopwatch.GetTimestamp();
            await using CellSession session = await CellSession.StartAsync(new SessionOptions { WorkingDirectory = AppContext.BaseDirectory });
            double start = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var times = new List<double>();
            foreach (string cell in cells)
            {
                long before = Stopwatch.GetTimestamp();
                CellResult result = await session.ExecuteAsync(cell);
                times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                if (result.Status != CellStatus.Succeeded) throw new InvalidOperationException($"'{cell}': {result.Error?.Message}");
            }

            double[] others = [.. times.Skip(1).Order()];
            Console.WriteLine($"{run,3} | {start,8:0} | {times[0],13:0} | {start + times[0],18:0} | {others[others.Length / 2],23:0.0} | {others[^1],24:0}");
        }
    }
}
