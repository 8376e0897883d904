using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class ErrorTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task A_compile_error_says_line_and_column()
    {
        CellResult result = await host.RunAsync("int fine = 1;\n  int broken = undefinedName;");
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Name.ShouldBe("CompilationError");
        result.Error.Message.ShouldBe("(2,16): error CS0103: The name 'undefinedName' does not exist in the current context");
        result.Error.Line.ShouldBe(2);
    }

    [Fact]
    public async Task Every_compile_error_is_listed()
    {
        CellResult result = await host.RunAsync("first();\nsecond();");
        result.Error!.Traceback.Count.ShouldBe(2);
        result.Error.Traceback[1].ShouldStartWith("(2,1): error CS0103");
    }

    [Fact]
    public async Task Lines_are_counted_in_the_cell_also_after_a_magic_line()
    {
        CellResult result = await host.RunAsync("#!csharp\n// comment\nmissing();");
        result.Error!.Line.ShouldBe(3);
        result.Error.Message.ShouldStartWith("(3,1)");
    }

    [Fact]
    public async Task An_exception_shows_its_type_its_message_and_the_lines_of_the_cell()
    {
        CellResult result = await host.RunAsync(
            """
            int[] three = [1, 2, 3];
            int Pick(int index)
            {
                return three[index];
            }
            Pick(3)
            """);
        result.Status.ShouldBe(CellStatus.Failed);
        ErrorOutput error = result.Error!;
        error.Name.ShouldBe("System.IndexOutOfRangeException");
        error.Message.ShouldBe("Index was outside the bounds of the array.");
        error.Line.ShouldBe(4);
        error.Traceback.ShouldBe(
        [
            "System.IndexOutOfRangeException: Index was outside the bounds of the array.",
            $"   at Pick(Int32 index) in cell {result.ExecutionCount}, line 4",
            $"   at cell {result.ExecutionCount}, line 6",
        ]);
    }

    [Fact]
    public async Task An_exception_in_a_function_of_an_earlier_cell_names_both_cells()
    {
        CellResult defined = await host.RunAsync("\nint Throws() => throw new NotImplementedException();");
        CellResult called = await host.RunAsync("// a comment\n\nThrows()");
        called.Error!.Line.ShouldBe(3);
        called.Error.Traceback[1].ShouldBe($"   at Throws() in cell {defined.ExecutionCount}, line 2");
        called.Error.Traceback[2].ShouldBe($"   at cell {called.ExecutionCount}, line 3");
    }

    [Fact]
    public async Task Classes_lambdas_and_async_functions_are_named_as_they_were_written()
    {
        CellResult result = await host.RunAsync(
            """
            class Thrower { public int Do(int x) => throw new ArgumentException("bad", nameof(x)); }
            async Task<int> Slow() { await Task.Yield(); Func<int> call = () => new Thrower().Do(1); return call(); }
            await Slow()
            """);
        result.Error!.Traceback[1].ShouldStartWith("   at Thrower.Do(Int32 x) in cell");
        result.Error.Traceback[2].ShouldStartWith("   at a lambda of Slow in cell");
        result.Error.Traceback[3].ShouldStartWith("   at Slow in cell");
        result.Error.Name.ShouldBe("System.ArgumentException");
    }

    [Theory]
    [InlineData("Console.WriteLine(caught);")]
    [InlineData("display(caught);")]
    [InlineData("display(caught, \"text/plain\");")]
    [InlineData("Console.WriteLine(caught.StackTrace);")]
    public async Task An_exception_that_a_cell_prints_names_the_cell_without_a_path(string print)
    {
        CellResult result = await host.RunAsync("Exception caught = null;\ntry { throw new InvalidOperationException(\"printed\"); } catch (Exception e) { caught = e; }\n" + print);
        string shown = result.ShouldSucceed().Out() + string.Concat(result.Displays().SelectMany(display => display.Data.Values));
        shown.ShouldContain($" in cell {result.ExecutionCount}:line 2");
        shown.ShouldNotContain(host.Folder.Path);
    }

    [Fact]
    public async Task A_loaded_script_is_named_relative_to_the_notebook()
    {
        host.Folder.Write("scripts/loaded.csx", "string WhereAmI([System.Runtime.CompilerServices.CallerFilePath] string path = \"\") => path;\nvar place = WhereAmI();");
        (await host.RunAsync("#load \"scripts/loaded.csx\"\nplace")).ShouldSucceed().Value("text/plain").ShouldBe("scripts/loaded.csx");
        CellResult own = await host.RunAsync("WhereAmI()");
        own.ShouldSucceed().Value("text/plain").ShouldBe($"cell {own.ExecutionCount}");
    }

    [Theory]
    [InlineData("a lazy query", "new[] { 1, 0 }.Select(x => 1 / x)", "System.DivideByZeroException", "Attempted to divide by zero.")]
    [InlineData("an iterator", "IEnumerable<int> Numbers() { yield return 1; throw new FormatException(\"no more\"); } Numbers()", "System.FormatException", "no more")]
    [InlineData("a lazy query in a list", "new List<IEnumerable<int>> { new[] { 0 }.Select(x => 1 / x) }", "System.DivideByZeroException", "Attempted to divide by zero.")]
    [InlineData("a call by reflection", "class Late { public Late() => throw new FormatException(\"too late\"); } Activator.CreateInstance(typeof(Late))", "System.FormatException", "too late")]
    public async Task The_headline_names_the_cause_and_not_what_is_around_it(string what, string cell, string name, string message)
    {
        CellResult result = await host.RunAsync(cell);
        result.Error!.Name.ShouldBe(name, what);
        result.Error.Message.ShouldBe(message, what);
        result.Error.Line.ShouldBe(1, what);
        result.Error.Traceback[0].ShouldBe($"{name}: {message}", what);
        string.Join("\n", result.Error.Traceback).ShouldNotContain("TargetInvocation", customMessage: what);
    }

    [Fact]
    public async Task Frames_of_the_cause_and_of_its_callers_are_shown_in_order()
    {
        CellResult result = await host.RunAsync("class Later { public Later() => throw new FormatException(\"x\"); }\nActivator.CreateInstance(typeof(Later))");
        result.Error!.Traceback.Skip(1).ShouldBe([$"   at Later..ctor() in cell {result.ExecutionCount}, line 1", $"   at cell {result.ExecutionCount}, line 2"]);
    }

    [Fact]
    public async Task Inner_exceptions_are_shown()
    {
        CellResult result = await host.RunAsync("throw new InvalidOperationException(\"outer\", new FormatException(\"inner\"));");
        result.Error!.Traceback.ShouldContain(" ---> System.FormatException: inner");
    }

    [Fact]
    public async Task An_exception_of_a_cells_own_type_goes_by_its_own_name()
    {
        CellResult result = await host.RunAsync("class MyProblem(string what) : Exception(what); throw new MyProblem(\"mine\");");
        result.Error!.Name.ShouldBe("MyProblem");
    }

    [Fact]
    public async Task Nothing_of_the_host_or_of_the_machine_shows_in_a_traceback()
    {
        CellResult result = await host.RunAsync("new[] { 1 }.Select(x => 1 / (x - 1)).ToList()");
        string all = string.Join("\n", result.Error!.Traceback);
        all.ShouldNotContain("TransformerByHand");
        all.ShouldNotContain("System.Linq");
        all.ShouldNotContain(host.Folder.Path);
        all.ShouldNotContain("Submission");
    }

    [Fact]
    public async Task An_exception_thrown_by_an_async_void_function_fails_the_cell()
    {
        CellResult result = await host.RunAsync("async void Fire() { await Task.Yield(); throw new InvalidOperationException(\"fired\"); } Fire(); await Task.Delay(10_000);");
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldBe("fired");
    }

    [Fact]
    public async Task Text_before_the_error_is_kept()
    {
        CellResult result = await host.RunAsync("Console.WriteLine(\"before\"); throw new Exception(\"after\");");
        result.Outputs.Count.ShouldBe(2);
        result.Out().ShouldBe("before\n");
    }

    [Theory]
    [InlineData("#!nonsense", "Unknown magic command '#!nonsense'")]
    [InlineData("#!fsharp\nlet x = 1", "not '#!fsharp'")]
    [InlineData("#!share --from javascript x", "In C# every cell sees the variables of those before it")]
    [InlineData("#!value --name x\ntext", "Assign it to a variable in C#")]
    [InlineData("#!connect jupyter", "'#!connect' cannot be run")]
    [InlineData("#!set --name x", "It is written #!set --name NAME --value TEXT")]
    [InlineData("#!set --name 1x --value 2", "A variable cannot be called '1x'")]
    [InlineData("#!set --name x --value @neverDeclared", "There is no variable 'neverDeclared'")]
    [InlineData("#!set --name x --value @input:age", "nobody who could be asked")]
    [InlineData("#!set --name x --value 1 --mime-type text/plain", "has no option '--mime-type'")]
    public async Task A_magic_that_cannot_be_run_is_named(string cell, string expected)
    {
        CellResult result = await host.RunAsync(cell);
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldStartWith("(1,1): ");
        result.Error.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_namespace_is_refused_by_the_compiler() =>
        (await host.RunAsync("namespace Inner { class C { } }")).Error!.Message.ShouldContain("CS7021");
}
