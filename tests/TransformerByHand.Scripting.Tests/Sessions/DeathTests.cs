using System.Diagnostics;
using System.Globalization;
using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class DeathTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Environment.Exit(3);", "The fatal cell ended its process with exit code 3.")]
    [InlineData("int Deeper(int n) => Deeper(n + 1) + 1; Deeper(0)", "The fatal cell overflowed the stack")]
    [InlineData("var stray = new System.Threading.Thread(() => throw new InvalidOperationException(\"stray\")); stray.Start(); stray.Join(); System.Threading.Thread.Sleep(-1);",
        "The fatal cell let an exception escape on a thread of its own: System.InvalidOperationException: stray.")]
    [InlineData("Environment.FailFast(\"on purpose\");", "on purpose")]
    [InlineData("System.Diagnostics.Process.GetCurrentProcess().Kill(); System.Threading.Thread.Sleep(-1);", "The fatal cell ended its process (exit code")]
    public async Task A_cell_that_ends_the_engine_is_named(string cell, string message)
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        CellResult result = await session.ExecuteAsync($"Console.Write(\"last words\");\n{cell}", cellName: "the fatal cell");
        result.Status.ShouldBe(CellStatus.Died);
        result.StateLost.ShouldBeTrue();
        result.DeathMessage!.ShouldContain(message);
        result.DeathMessage.ShouldEndWith("The engine is gone, and every variable with it.");
        result.Out().ShouldBe("last words");
        result.Error!.Name.ShouldBe("EngineDied");
        session.IsAlive.ShouldBeFalse();
    }

    [Fact]
    public async Task A_dead_session_refuses_cells_until_it_is_restarted()
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        await session.ExecuteAsync("var lost = 1;");
        await session.ExecuteAsync("Environment.Exit(0);");
        (await Should.ThrowAsync<InvalidOperationException>(() => session.ExecuteAsync("1"))).Message.ShouldContain("Restart the session");

        await session.RestartAsync();
        session.IsAlive.ShouldBeTrue();
        CellResult fresh = await session.ExecuteAsync("1 + 1");
        fresh.ExecutionCount.ShouldBe(1);
        fresh.PlainValue().ShouldBe("2");
        (await session.ExecuteAsync("lost")).Error!.Message.ShouldContain("CS0103");
    }

    [Fact]
    public async Task A_restart_ends_a_cell_that_runs()
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        var begun = new TaskCompletionSource();
        Task<CellResult> running = session.ExecuteAsync("Console.Write(1); while (true) { }", _ => begun.TrySetResult());
        await begun.Task;
        await session.RestartAsync();
        (await running).Status.ShouldBe(CellStatus.Died);
        (await session.ExecuteAsync("1")).ShouldSucceed();
    }

    [Theory]
    [InlineData("a jump back on a pool thread", "await Task.Run(() => { again: goto again; });")]
    [InlineData("a finally block that never ends", "try { Console.Write(1); } finally { again: goto again; }")]
    public async Task A_cell_that_cannot_be_stopped_is_ended_with_its_process(string what, string cell)
    {
        SessionOptions impatient = CellHost.OptionsFor(folder) with { StopGrace = TimeSpan.FromMilliseconds(500) };
        await using CellSession session = await CellSession.StartAsync(impatient);
        using var interrupt = new CancellationTokenSource();
        CellResult result = await session.ExecuteAsync($"Console.Write(\"begun\");\n{cell}", _ => interrupt.CancelAfter(20), interrupt.Token);
        result.Status.ShouldBe(CellStatus.Interrupted, what);
        result.StateLost.ShouldBeTrue(what);
        result.DeathMessage!.ShouldContain("its engine was ended: every variable is gone");
        session.IsAlive.ShouldBeFalse();
    }

    [Fact]
    public async Task Exhausted_memory_is_an_exception_and_the_state_is_kept()
    {
        SessionOptions small = CellHost.OptionsFor(folder) with { HeapLimit = 200_000_000 };
        await using CellSession session = await CellSession.StartAsync(small);
        await session.ExecuteAsync("var kept = 1;");
        CellResult result = await session.ExecuteAsync("var hoard = new List<byte[]>(); while (true) hoard.Add(new byte[10_000_000]);");
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Name.ShouldBe("System.OutOfMemoryException");
        (await session.ExecuteAsync("hoard = null; kept")).PlainValue().ShouldBe("1");
    }

    [Fact]
    public async Task The_memory_limit_is_not_passed_on_to_what_cells_start()
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        (await session.ExecuteAsync("Environment.GetEnvironmentVariable(\"DOTNET_GCHeapHardLimit\") ?? \"none\"")).Value("text/plain").ShouldBe("none");
    }

    [Fact]
    public async Task Environment_variables_reach_the_cells()
    {
        SessionOptions options = CellHost.OptionsFor(folder) with { Environment = new Dictionary<string, string?> { ["LESSON_SETTING"] = "on" } };
        await using CellSession session = await CellSession.StartAsync(options);
        (await session.ExecuteAsync("Environment.GetEnvironmentVariable(\"LESSON_SETTING\")")).Value("text/plain").ShouldBe("on");
    }

    [Fact]
    public async Task Disposing_a_session_ends_its_process_also_in_the_middle_of_a_cell()
    {
        CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        int process = int.Parse((await session.ExecuteAsync("Environment.ProcessId")).PlainValue()!, CultureInfo.InvariantCulture);
        var begun = new TaskCompletionSource();
        Task<CellResult> running = session.ExecuteAsync("Console.Write(1); while (true) { }", _ => begun.TrySetResult());
        await begun.Task;
        await session.DisposeAsync();
        (await running).Status.ShouldBe(CellStatus.Died);
        IsRunning(process).ShouldBeFalse();
    }

    [Fact]
    public async Task A_worker_ends_when_its_parent_is_killed()
    {
        // A cell that starts a session of its own is the parent here, and it is killed without warning.
        await using CellSession outer = await CellSession.StartAsync(CellHost.OptionsFor(folder));
        CellResult started = await outer.ExecuteAsync(
            $$"""
            var options = new TransformerByHand.Scripting.SessionOptions { WorkingDirectory = ".", WorkerPath = @"{{WorkerPath()}}" };
            var inner = await TransformerByHand.Scripting.CellSession.StartAsync(options);
            var answer = await inner.ExecuteAsync("Console.Write(Environment.ProcessId);");
            _ = inner.ExecuteAsync("while (true) { }");
            ((TransformerByHand.Scripting.StreamOutput)answer.Outputs[0]).Text
            """);
        int process = int.Parse(started.ShouldSucceed().Value("text/plain")!, CultureInfo.InvariantCulture);
        IsRunning(process).ShouldBeTrue();
        await outer.ExecuteAsync("System.Diagnostics.Process.GetCurrentProcess().Kill(); System.Threading.Thread.Sleep(-1);");
        while (IsRunning(process)) await Task.Delay(20);
    }

    [Fact]
    public async Task A_missing_worker_is_reported_with_the_remedy()
    {
        SessionOptions options = CellHost.OptionsFor(folder) with { WorkerPath = Path.Combine(folder.Path, "none.dll") };
        (await Should.ThrowAsync<WorkerStartException>(() => CellSession.StartAsync(options))).Message.ShouldContain("'dotnet build' makes it");
    }

    [Fact]
    public async Task A_missing_folder_is_reported_by_name()
    {
        var options = new SessionOptions { WorkingDirectory = Path.Combine(folder.Path, "gone") };
        (await Should.ThrowAsync<WorkerStartException>(() => CellSession.StartAsync(options))).Message.ShouldContain("gone");
    }

    private static string WorkerPath() => WorkerLocation.FindWorker();

    private static bool IsRunning(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
