namespace TransformerByHand.Exercises.Tests;

public class WatchdogTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Work_that_ends_is_finished() => Watchdog.Run(_ => { }, TimeSpan.FromMinutes(1)).ShouldBe(Watchdog.End.Finished);

    [Fact]
    public void An_endless_loop_is_stopped_where_that_is_safe_and_else_left_behind()
    {
        using var loop = new Loop();

        Watchdog.Run(_ => { while (loop.GoesOn) { } }, Soon).ShouldBe(Watchdog.CanAbort ? Watchdog.End.Stopped : Watchdog.End.StillRunning);
    }

    [Fact]
    public void An_endless_loop_of_calls_that_catches_everything_leaves_the_process_alive()
    {
        using var loop = new Loop();

        Watchdog.Run(_ =>
        {
            while (loop.GoesOn)
            {
                try { Enumerable.Range(0, 50).Select(i => i / loop.Zero).Sum(); }
                catch { }
            }
        }, Soon).ShouldNotBe(Watchdog.End.Finished);
    }

    [Fact]
    public void Work_that_heeds_the_token_is_stopped() =>
        Watchdog.Run(stop => { while (!stop.IsCancellationRequested) { } }, Soon).ShouldBe(Watchdog.End.Stopped);

    [Fact]
    public void Code_that_sleeps_is_stopped() => Watchdog.Run(_ => Thread.Sleep(Timeout.Infinite), Soon).ShouldBe(Watchdog.End.Stopped);

    [Fact]
    public void Code_that_waits_for_a_lock_is_stopped()
    {
        var gate = new object();
        lock (gate)
        {
            Watchdog.Run(_ => { lock (gate) { } }, Soon).ShouldBe(Watchdog.End.Stopped);
        }
    }

    [Fact]
    public void Code_that_cannot_be_stopped_is_left_behind_and_said_to_be()
    {
        using var loop = new Loop();
        CheckResult result = Samples.Hasty.Check(x =>
        {
            // An exception on its way through a finally block is what no thread can be stopped in.
            try { throw new InvalidOperationException(); }
            finally { while (loop.GoesOn) Thread.Yield(); }
        });

        result.Outcome.ShouldBe(CheckOutcome.TimedOut);
        result.ToText().ShouldContain("goes on in the background");
    }

    [Fact]
    public void After_a_time_out_checks_work_as_before()
    {
        CheckResult stopped = Samples.Hasty.Check(x => { Thread.Sleep(Timeout.Infinite); return x; });
        stopped.Outcome.ShouldBe(CheckOutcome.TimedOut);
        stopped.ToText().ShouldContain("had not come back after 0.3 seconds");
        stopped.ToText().ShouldContain("Input 1 of 2: arg = 1");
        stopped.ToText().ShouldContain("It was stopped.");

        Samples.Doubled.Check(Samples.Doubled.ReferenceSolution).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void Interrupting_the_thread_that_waits_stops_the_work_too()
    {
        using var started = new ManualResetEventSlim();
        bool ended = false;
        var waiting = new Thread(() =>
        {
            try
            {
                Watchdog.Run(_ =>
                {
                    try { started.Set(); Thread.Sleep(Timeout.Infinite); }
                    finally { ended = true; }
                }, TimeSpan.FromMinutes(5));
            }
            catch (ThreadInterruptedException)
            {
            }
        });
        waiting.Start();
        started.Wait();

        waiting.Interrupt();
        waiting.Join();

        ended.ShouldBeTrue();
    }

    [Fact]
    public void While_a_loop_goes_on_in_the_background_checks_work_as_before()
    {
        using var loop = new Loop();
        Samples.Hasty.Check(x => { while (loop.GoesOn) { } return x; }).Outcome.ShouldBe(CheckOutcome.TimedOut);

        Samples.Doubled.Check(Samples.Doubled.ReferenceSolution).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void What_an_answer_prints_and_reads_of_its_surroundings_is_the_callers()
    {
        var local = new AsyncLocal<string> { Value = "the caller's" };
        string? seen = null;

        Watchdog.Run(_ => seen = local.Value, TimeSpan.FromMinutes(1));

        seen.ShouldBe("the caller's");
    }

    /// <summary>A loop without an end, as far as the code under test can see. The test ends it, lest it slow down the others.</summary>
    private sealed class Loop : IDisposable
    {
        private volatile bool _disposed;

        public bool GoesOn => !_disposed;

        public int Zero => 0;

        public void Dispose() => _disposed = true;
    }
}
