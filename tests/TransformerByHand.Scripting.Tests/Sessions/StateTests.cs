using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class StateTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task A_variable_is_there_in_the_next_cell()
    {
        await host.RunAsync("var kept = 41;");
        (await host.RunAsync("kept + 1")).PlainValue().ShouldBe("42");
    }

    [Fact]
    public async Task A_variable_can_be_declared_again_with_another_type()
    {
        await host.RunAsync("var changing = 1;");
        await host.RunAsync("var changing = \"now text\";");
        (await host.RunAsync("changing")).Value("text/plain").ShouldBe("now text");
    }

    [Fact]
    public async Task A_redeclared_function_does_not_change_earlier_callers()
    {
        await host.RunAsync("int Inner() => 1; int Outer() => Inner();");
        await host.RunAsync("int Inner() => 2;");
        (await host.RunAsync("$\"{Inner()} {Outer()}\"")).Value("text/plain").ShouldBe("2 1");
    }

    [Fact]
    public async Task Types_declared_in_a_cell_can_be_used_later()
    {
        await host.RunAsync("record Point(int X, int Y); interface IShape { double Area { get; } } class Square(double side) : IShape { public double Area => side * side; }");
        (await host.RunAsync("$\"{new Point(1, 2)} {new Square(3).Area}\"")).Value("text/plain").ShouldBe("Point { X = 1, Y = 2 } 9");
    }

    [Fact]
    public async Task Await_works_at_top_level_and_its_value_is_shown()
    {
        CellResult result = await host.RunAsync("await Task.Delay(1); var awaited = await Task.FromResult(7); awaited");
        result.ShouldSucceed().PlainValue().ShouldBe("7");
    }

    [Fact]
    public async Task Continuations_run_on_the_thread_of_the_cell()
    {
        CellResult result = await host.RunAsync(
            "var threadBefore = Environment.CurrentManagedThreadId; await Task.Delay(5); threadBefore == Environment.CurrentManagedThreadId");
        result.PlainValue().ShouldBe("True");
    }

    [Fact]
    public async Task A_using_line_stays_in_force()
    {
        await host.RunAsync("using System.Diagnostics.CodeAnalysis;");
        (await host.RunAsync("typeof(SuppressMessageAttribute).Name")).ShouldSucceed();
    }

    [Theory]
    [InlineData("new StringBuilder().Length")]
    [InlineData("new ArrayList().Count")]
    [InlineData("new List<int>().Count")]
    [InlineData("Enumerable.Empty<int>().Count()")]
    [InlineData("(int)Math.Abs(await Task.FromResult(0.0))")]
    public async Task The_default_usings_are_there(string expression) => (await host.RunAsync(expression)).PlainValue().ShouldBe("0");

    [Fact]
    public async Task System_IO_is_not_among_the_default_usings()
    {
        // In a fresh session, since another test may have imported it.
        await using CellSession fresh = await CellSession.StartAsync(CellHost.OptionsFor(host.Folder));
        CellResult result = await fresh.ExecuteAsync("File.Exists(\"x\")");
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldContain("CS0103");
    }

    [Fact]
    public async Task Variables_set_before_an_exception_are_kept()
    {
        CellResult failed = await host.RunAsync("var beforeThrow = 5; if (beforeThrow == 5) throw new Exception(\"x\"); var afterThrow = 6;");
        failed.Status.ShouldBe(CellStatus.Failed);
        (await host.RunAsync("$\"{beforeThrow} {afterThrow}\"")).Value("text/plain").ShouldBe("5 0");
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_declares_nothing()
    {
        await host.RunAsync("var original = 1;");
        (await host.RunAsync("var original = 2; var neverDeclared = 3; missing();")).Status.ShouldBe(CellStatus.Failed);
        (await host.RunAsync("original")).PlainValue().ShouldBe("1");
        (await host.RunAsync("neverDeclared")).Error!.Message.ShouldContain("CS0103");
    }

    [Theory]
    [InlineData("int[] collection = [1, 2, .. new[] { 3 }]; collection.Length", "3")]
    [InlineData("class Celsius { public double Degrees { get; set => field = Math.Max(value, -273.15); } } new Celsius { Degrees = -300 }.Degrees", "-273.15")]
    [InlineData("T Total<T>(IEnumerable<T> items) where T : System.Numerics.INumber<T> { T sum = T.Zero; foreach (var item in items) sum += item; return sum; } Total(new[] { 1.5, 2 })", "3.5")]
    [InlineData("string? nothing = null; nothing?.Length ?? -1", "-1")]
    public async Task Recent_language_features_compile(string cell, string value) => (await host.RunAsync(cell)).ShouldSucceed().PlainValue().ShouldBe(value);

    [Fact]
    public async Task Unsafe_code_runs() =>
        (await host.RunAsync("int fromPointer; unsafe { int number = 6; int* pointer = &number; fromPointer = *pointer + 1; }\nfromPointer")).ShouldSucceed().PlainValue().ShouldBe("7");

    [Fact]
    public async Task Execution_counts_go_up_by_one()
    {
        int first = (await host.RunAsync("1")).ExecutionCount;
        (await host.RunAsync("1")).ExecutionCount.ShouldBe(first + 1);
    }

    [Fact]
    public async Task The_current_directory_is_the_notebooks_folder()
    {
        host.Folder.Write("beside.txt", "found");
        (await host.RunAsync("System.IO.File.ReadAllText(\"beside.txt\")")).Value("text/plain").ShouldBe("found");
    }

    [Fact]
    public async Task A_cell_that_fills_the_thread_pool_does_not_hold_up_the_next_ones()
    {
        await using CellSession starved = await CellSession.StartAsync(CellHost.OptionsFor(host.Folder));
        (await starved.ExecuteAsync("for (int i = 0; i < 3_000; i++) System.Threading.ThreadPool.QueueUserWorkItem(_ => System.Threading.Thread.Sleep(-1));")).ShouldSucceed();

        (await starved.ExecuteAsync("int Twice(int x) => 2 * x;\nTwice(21)")).ShouldSucceed().PlainValue().ShouldBe("42");
        (await starved.ExecuteAsync("missing();")).Error!.Name.ShouldBe("CompilationError");
        (await starved.ExecuteAsync("#r \"nuget: MathNet.Numerics, 5.0.0\"\nMathNet.Numerics.SpecialFunctions.Factorial(5)")).ShouldSucceed().PlainValue().ShouldBe("120");
        (await starved.ExecuteAsync("await Task.FromResult(1); new { A = 1 }")).ShouldSucceed();
    }

    [Fact]
    public async Task An_empty_cell_and_one_of_comments_succeed_without_output()
    {
        (await host.RunAsync("")).ShouldSucceed().Outputs.ShouldBeEmpty();
        (await host.RunAsync("// nothing to do\n/* here */")).ShouldSucceed().Outputs.ShouldBeEmpty();
    }
}
