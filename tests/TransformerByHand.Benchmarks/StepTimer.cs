using System.Diagnostics;
using System.Globalization;

namespace TransformerByHand.Benchmarks;

/// <summary>A training step of this engine, timed as pytorch_step.py and torchsharp_step.cs time theirs, and told in the same words.</summary>
internal static class StepTimer
{
    /// <summary>
    /// Prints median and best milliseconds of a step, how many cores were at work on average, and the bytes that the median step
    /// allocates, in all threads (the runtime's own, once in a while, are not the step's).
    /// </summary>
    public static void Print(int threads, double seconds)
    {
        foreach (string model in new[] { "small", "wide" })
        {
            var benchmark = new TrainingStepBenchmarks { Model = model, Threads = threads };
            benchmark.Setup();
            // The runtime compiles what is hot once more, in the background, and on a single core waits ten times as long before it begins:
            // after two seconds the small model still took 8 ms a step where it then takes 5.
            long end = Stopwatch.GetTimestamp() + (threads == 1 ? 6 : 2) * Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end) benchmark.Step();

            List<double> times = [], processor = [];
            List<long> bytes = [];
            end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < end || times.Count < 10)
            {
                long allocated = GC.GetTotalAllocatedBytes(precise: true);
                var used = Environment.CpuUsage.TotalTime;
                long start = Stopwatch.GetTimestamp();
                benchmark.Step();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                processor.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
                bytes.Add(GC.GetTotalAllocatedBytes(precise: true) - allocated);
            }
            times.Sort();
            bytes.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{model} threads={threads} median_ms={times[times.Count / 2]:F3} best_ms={times[0]:F3} cores_used={processor.Sum() / times.Sum():F3} steps={times.Count} bytes={bytes[bytes.Count / 2]}"));
        }
    }
}
