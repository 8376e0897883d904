namespace TransformerByHand.Exercises.Tests;

public class WatchdogTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Work_that_ends_is_finished() => Watchdog.Run(_ => { }, TimeSpan.FromMinutes(1)).ShouldBe(Watchdog.End.Finished);

    [Fact]
    public void An_endless_loop_is_stopped()
    {
        long turns = 0;
        Watchdog.Run(_ => { while (true) turns++; }, Soon).ShouldBe(Watchdog.End.Stopped);

        turns.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void An_endless_loop_that_catches_everything_is_stopped() =>
        Watchdog.Run(_ =>
        {
            while (true)
            {
                try { throw new InvalidOperationException(); }
                catch { }
            }
        }, Soon).ShouldBe(Watchdog.End.Stopped);

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
        bool release = false;
        try
        {
            CheckResult result = Samples.Hasty.Check(x =>
            {
                // An exception on its way through a finally block is what no thread can be stopped in.
                try { throw new InvalidOperationException(); }
                finally { while (!Volatile.Read(ref release)) Thread.Yield(); }
            });

            result.Outcome.ShouldBe(CheckOutcome.TimedOut);
            result.ToText().ShouldContain("goes on in the background");
        }
        finally
        {
            Volatile.Write(ref release, true);
        }
    }

    [Fact]
    public void After_a_time_out_checks_work_as_before()
    {
        CheckResult stopped = Samples.Hasty.Check(x => { while (x > 0) { } return x; });
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
    public void What_an_answer_prints_and_reads_of_its_surroundings_is_the_callers()
    {
        var local = new AsyncLocal<string> { Value = "the caller's" };
        string? seen = null;

        Watchdog.Run(_ => seen = local.Value, TimeSpan.FromMinutes(1));

        seen.ShouldBe("the caller's");
    }
}
