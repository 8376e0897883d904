using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

/// <summary>The soft steps of the stop ladder. The hosts' patience is long here, so that only the soft steps can end a cell.</summary>
public sealed class StopTests(CellHost host) : IClassFixture<CellHost>
{
    [Theory]
    [InlineData("an endless loop", "while (true) { }")]
    [InlineData("a loop that counts", "long counter = 0; while (true) counter++;")]
    [InlineData("a loop in a function", "void Forever() { while (true) { } } Forever();")]
    [InlineData("a loop in a lambda that LINQ calls", "new[] { 1 }.Select(x => { while (true) { } return x; }).ToList();")]
    [InlineData("a loop that catches everything", "while (true) { try { while (true) { } } catch { } }")]
    [InlineData("a sleep", "System.Threading.Thread.Sleep(-1);")]
    [InlineData("a sleep that catches everything", "while (true) { try { System.Threading.Thread.Sleep(100_000); } catch (Exception) { } }")]
    [InlineData("a wait for a lock", "var gate = new object(); var holder = new System.Threading.Thread(() => { lock (gate) System.Threading.Thread.Sleep(-1); }) { IsBackground = true }; holder.Start(); while (holder.ThreadState == System.Threading.ThreadState.Running) { } System.Threading.Thread.Sleep(50); lock (gate) { }")]
    [InlineData("a wait for a task", "new TaskCompletionSource().Task.Wait();")]
    [InlineData("an await that never ends", "await new TaskCompletionSource().Task;")]
    [InlineData("a long delay", "await Task.Delay(-1);")]
    [InlineData("an endless loop of awaits", "while (true) await Task.Yield();")]
    [InlineData("a Parallel.For", "Parallel.For(0, int.MaxValue, i => { double x = i; for (int j = 0; j < 1000; j++) x = Math.Sqrt(x + j); });")]
    [InlineData("loops in every branch of a Parallel.For", "Parallel.For(0, 8, i => { while (true) { } });")]
    [InlineData("a loop on a pool thread", "await Task.Run(() => { while (true) { } });")]
    [InlineData("a loop in a finally block", "try { } finally { while (true) ; }")]
    [InlineData("the other kinds of loop", "foreach (var (a, b) in Pairs()) { for (;;) { do { } while (true); } } IEnumerable<(int, int)> Pairs() { yield return (1, 2); }")]
    [InlineData("a jump back", "again: goto again;")]
    [InlineData("a sleep on a pool thread", "await Task.Run(() => System.Threading.Thread.Sleep(-1));")]
    [InlineData("a flood of output", "while (true) Console.WriteLine(\"again\");")]
    [InlineData("an endless sequence", "IEnumerable<int> Endless() { while (true) yield return 1; } Endless().Count()")]
    [InlineData("an endless formatter", "class Endless { public int Value { get { while (true) { } } } } new Endless()")]
    public async Task Stopping_keeps_the_state(string what, string cell)
    {
        using var interrupt = new CancellationTokenSource();
        await host.RunAsync("var kept = 41;");
        // The cell says when it has begun; only then is it stopped.
        CellResult stopped = await host.Session.ExecuteAsync(
            $"Console.Write(\"begun\");\n{cell}",
            output =>
            {
                if (output is StreamOutput) interrupt.CancelAfter(20);
            },
            interrupt.Token);
        stopped.Status.ShouldBe(CellStatus.Interrupted, what);
        stopped.StateLost.ShouldBeFalse(what);
        stopped.Out().ShouldStartWith("begun");
        stopped.Error!.Name.ShouldBe("Interrupted");
        stopped.Error.Message.ShouldEndWith("was stopped. Variables are kept.");
        (await host.RunAsync("kept + 1")).PlainValue().ShouldBe("42");
    }

    [Fact]
    public async Task A_thread_of_an_earlier_cell_is_left_alone()
    {
        using var interrupt = new CancellationTokenSource();
        await host.RunAsync("long turns = 0; bool leave = false; var busy = new System.Threading.Thread(() => { while (!leave) { turns++; System.Threading.Thread.Sleep(1); } }); busy.Start();");
        CellResult stopped = await host.Session.ExecuteAsync("while (true) Console.Write(\".\");", _ => interrupt.Cancel(), interrupt.Token);
        stopped.StateLost.ShouldBeFalse();
        CellResult result = await host.RunAsync("var soFar = turns; while (turns == soFar) await Task.Delay(1); leave = true; busy.Join();");
        result.ShouldSucceed();
    }

    [Fact]
    public async Task A_cell_that_catches_what_stops_it_is_stopped_all_the_same()
    {
        using var interrupt = new CancellationTokenSource();
        CellResult result = await host.Session.ExecuteAsync(
            "try { Console.Write(1); while (true) { } } catch (Exception) { } var caught = 1; caught", _ => interrupt.Cancel(), interrupt.Token);
        result.Status.ShouldBe(CellStatus.Interrupted);
        (await host.RunAsync("1")).ShouldSucceed();
    }

    [Fact]
    public async Task A_cell_that_runs_too_long_is_stopped_and_says_so()
    {
        CellResult result = await host.Session.ExecuteAsync("while (true) { }", timeout: TimeSpan.FromMilliseconds(300), cellName: "cell two");
        result.Status.ShouldBe(CellStatus.TimedOut);
        result.StateLost.ShouldBeFalse();
        result.Error!.Message.ShouldBe("Cell two ran longer than the 0.3 s it is allowed and was stopped. Variables are kept.");
    }

    [Fact]
    public async Task Nothing_of_a_stopped_cell_goes_on_afterwards()
    {
        using var interrupt = new CancellationTokenSource();
        await host.RunAsync("int ticks = 0;");
        await host.Session.ExecuteAsync("while (true) { await Task.Delay(1); ticks++; Console.Write(\".\"); }", _ => interrupt.Cancel(), interrupt.Token);
        int after = int.Parse((await host.RunAsync("ticks")).ShouldSucceed().PlainValue()!, System.Globalization.CultureInfo.InvariantCulture);
        after.ShouldBeGreaterThan(0);
        (await host.RunAsync("await Task.Delay(100);")).ShouldSucceed();
        (await host.RunAsync("ticks - " + after)).ShouldSucceed().PlainValue().ShouldBe("0");
    }

    [Fact]
    public async Task A_cell_can_be_stopped_before_it_begins()
    {
        CellResult result = await host.Session.ExecuteAsync("while (true) { }", null, new CancellationToken(canceled: true));
        result.Status.ShouldBe(CellStatus.Interrupted);
        (await host.RunAsync("1")).ShouldSucceed();
    }

    [Fact]
    public async Task An_interrupt_after_the_end_changes_nothing()
    {
        using var interrupt = new CancellationTokenSource();
        CellResult result = await host.Session.ExecuteAsync("var complete = 1;", null, interrupt.Token);
        await interrupt.CancelAsync();
        result.Status.ShouldBe(CellStatus.Succeeded);
        (await host.RunAsync("complete")).PlainValue().ShouldBe("1");
    }

    [Fact]
    public async Task A_cell_that_cleans_up_when_stopped_may_do_so()
    {
        using var interrupt = new CancellationTokenSource();
        await host.RunAsync("bool cleaned = false;");
        await host.Session.ExecuteAsync(
            "try { Console.Write(\"begun\"); System.Threading.Thread.Sleep(-1); } finally { cleaned = true; }", _ => interrupt.Cancel(), interrupt.Token);
        (await host.RunAsync("cleaned")).PlainValue().ShouldBe("True");
    }
}
