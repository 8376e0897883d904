using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class ConsoleTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task Output_and_error_keep_their_order()
    {
        CellResult result = await host.RunAsync("Console.Write(\"1\"); Console.WriteLine(\"2\"); Console.Error.WriteLine(\"3\"); Console.Out.Write('4');");
        result.Outputs.ShouldBe([new StreamOutput("stdout", "12\n"), new StreamOutput("stderr", "3\n"), new StreamOutput("stdout", "4")]);
    }

    [Fact]
    public async Task Text_arrives_while_the_cell_still_runs()
    {
        // The cell waits for a file that is written only when its output has arrived.
        string signal = Path.Combine(host.Folder.Path, "arrived");
        CellResult result = await host.Session.ExecuteAsync(
            "Console.Write(\"working\"); while (!System.IO.File.Exists(\"arrived\")) await Task.Delay(5); Console.Write(\" done\");",
            output =>
            {
                if (output is StreamOutput { Text: "working" }) File.WriteAllText(signal, "");
            });
        result.ShouldSucceed().Out().ShouldBe("working done");
    }

    [Fact]
    public async Task Text_of_background_threads_is_captured()
    {
        CellResult result = await host.RunAsync(
            "var thread = new System.Threading.Thread(() => Console.Write(\"from a thread \")); thread.Start(); thread.Join(); await Task.Run(() => Console.Write(\"from a task\"));");
        result.Out().ShouldBe("from a thread from a task");
    }

    [Fact]
    public async Task Lines_of_many_threads_stay_whole()
    {
        CellResult result = await host.RunAsync("Parallel.For(0, 200, i => Console.WriteLine(new string((char)('a' + i % 26), 40)));");
        string[] lines = result.ShouldSucceed().Out().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(200);
        lines.ShouldAllBe(line => line.Length == 40 && line.Distinct().Count() == 1);
    }

    [Fact]
    public async Task Text_of_an_unfinished_background_task_is_shown_with_a_later_cell()
    {
        await host.RunAsync("var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); async Task Later() { await release.Task; Console.Write(\"late\"); } var later = Later();");
        CellResult result = await host.RunAsync("release.SetResult(); await later;");
        result.ShouldSucceed().Out().ShouldBe("late");
    }

    [Fact]
    public async Task Characters_beyond_the_basic_plane_survive_in_halves() =>
        (await host.RunAsync("foreach (char half in \"𝑥²·ü\") Console.Write(half);")).Out().ShouldBe("𝑥²·ü");

    [Fact]
    public async Task Redirecting_the_console_lasts_for_one_cell()
    {
        await host.RunAsync("Console.SetOut(new System.IO.StringWriter()); Console.Write(\"lost\");");
        (await host.RunAsync("Console.Write(\"seen\");")).Out().ShouldBe("seen");
    }

    [Theory]
    [InlineData("Console.ReadLine()")]
    [InlineData("Console.Read()")]
    [InlineData("Console.In.ReadToEnd()")]
    public async Task Reading_from_the_keyboard_says_that_nobody_can_type(string cell)
    {
        CellResult result = await host.RunAsync(cell);
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldBe("A cell cannot read from the keyboard. Assign the value to a variable in the cell and run it again.");
    }

    [Fact]
    public async Task Bytes_written_past_the_console_cannot_disturb_the_session()
    {
        CellResult result = await host.RunAsync(
            "using (var raw = Console.OpenStandardOutput()) { raw.Write(new byte[] { 255, 255, 255, 127, 10 }); raw.Flush(); } Console.OpenStandardError().Write(new byte[] { 1, 2, 3 }); Console.Write(\"fine\");");
        result.ShouldSucceed().Out().ShouldBe("fine");
        (await host.RunAsync("2")).PlainValue().ShouldBe("2");
    }

    [Fact]
    public async Task A_flood_of_output_is_cut_and_says_so()
    {
        CellResult result = await host.RunAsync("var block = new string('x', 100_000); for (int i = 0; i < 60; i++) Console.Write(block);");
        result.ShouldSucceed().Out().Length.ShouldBeLessThan(5_000_000);
        result.Out().ShouldEndWith("[The rest of this cell's output is left out: more than 4 million characters.]\n");
    }
}
