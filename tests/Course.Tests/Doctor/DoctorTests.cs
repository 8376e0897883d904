using Spectre.Console;
using TransformerByHand.Course.Commands;
using TransformerByHand.Course.Doctor;

namespace TransformerByHand.Course.Tests.Doctor;

/// <summary>The doctor names what is missing with the command that mends it, and never fails itself.</summary>
public class DoctorTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Where_everything_is_installed_nothing_is_missing()
    {
        (int code, string text) = Run();

        code.ShouldBe(ExitCode.Success);
        text.ShouldNotContain("missing  ");
        text.ShouldContain("Nothing else is missing.");
        text.ShouldContain("SDK 10.0.401");
        text.ShouldContain("C# kernel: .net-csharp");
    }

    [Theory]
    [InlineData("python3 --version", "Python", "sudo apt-get install python3")]
    [InlineData("jupyter kernelspec list --json", "jupyter, for", "sudo apt-get install jupyter-notebook jupyter-client jupyter-nbformat")]
    [InlineData("dotnet tool list --global", "dotnet-interactive", "dotnet tool install --global Microsoft.dotnet-interactive --version 1.0.712001")]
    [InlineData("code --version", "the command `code`", "snap install code")]
    [InlineData("code --list-extensions", "ms-toolsai.jupyter", "code --install-extension ms-toolsai.jupyter")]
    public void What_does_not_answer_is_missing_and_the_course_still_runs(string command, string what, string remedy)
    {
        _machine.Answers[command] = null;

        Finding finding = Missing(what);

        finding.State.ShouldBe(State.Missing);
        finding.Remedy.ShouldNotBeNull().ShouldContain(remedy);
        Run().Code.ShouldBe(ExitCode.Success);
    }

    [Theory]
    [InlineData(null, "does not answer")]
    [InlineData("8.0.100 [/usr/share/dotnet/sdk]\n", "only 8.0.100")]
    public void Without_the_sdk_the_two_commands_cannot_work(string? answer, string what)
    {
        _machine.Answers["dotnet --list-sdks"] = answer;

        Finding finding = Missing(what);

        finding.State.ShouldBe(State.Needed);
        finding.Remedy.ShouldNotBeNull().ShouldContain("dotnet-sdk-10.0");
        (int code, string text) = Run();
        code.ShouldBe(ExitCode.CannotRun);
        text.ShouldContain("needed");
    }

    [Theory]
    [InlineData("src/TransformerByHand/Layers/LayerNorm.cs", "TransformerByHand was changed")]
    [InlineData("src/TransformerByHand.Exercises/Lesson00.cs", "TransformerByHand.Exercises was changed")]
    [InlineData("notebooks/claims.json", "TransformerByHand.Exercises was changed")]
    public void A_source_that_is_newer_than_the_build(string file, string what)
    {
        _machine.Edit(file);

        Missing(what).Remedy.ShouldBe("dotnet build");
    }

    [Fact]
    public void A_library_that_is_not_built()
    {
        _machine.Times.Remove($"{FakeMachine.Root}/artifacts/bin/TransformerByHand.Exercises/course/TransformerByHand.dll");

        Missing("TransformerByHand is not built").Remedy.ShouldBe("dotnet build");
    }

    [Fact]
    public void Jupyter_without_a_kernel_for_csharp_needs_one_command()
    {
        _machine.Answers["jupyter kernelspec list --json"] = """{ "kernelspecs": { "python3": { "spec": { "language": "python" } } } }""";

        Missing("a C# kernel").Remedy.ShouldBe("dotnet run --project src/Course -- jupyter install");
    }

    [Fact]
    public void Without_Jupyter_the_folders_say_which_kernels_there_are()
    {
        // As with VS Code alone, and on Debian, where 'jupyter kernelspec' is a package of its own.
        _machine.Answers["jupyter kernelspec list --json"] = null;
        Missing("a C# kernel").Remedy.ShouldBe("dotnet run --project src/Course -- jupyter install");

        _machine.Texts["/usr/share/jupyter/kernels/csharp-by-hand/kernel.json"] = Spec(FakeMachine.Course);
        _machine.Texts["/usr/share/jupyter/kernels/damaged/kernel.json"] = "{";

        Run().Text.ShouldContain("C# kernel: csharp-by-hand");
    }

    [Fact]
    public void Notebooks_that_are_not_marked_as_trusted_are_counted()
    {
        Run().Text.ShouldContain("notebooks marked as trusted");
        _machine.Answers[FakeMachine.Trust] = "1\n";

        Missing("1 of 1 notebooks").Remedy.ShouldBe("jupyter trust notebooks/*.ipynb");
    }

    [Fact]
    public void Where_nothing_can_tell_trust_is_not_mentioned()
    {
        _machine.Answers[FakeMachine.Trust] = null;

        (int code, string text) = Run();
        code.ShouldBe(ExitCode.Success);
        text.ShouldNotContain("trusted");
    }

    [Fact]
    public void The_courses_own_kernel_is_found_where_all_it_starts_is_there()
    {
        OwnKernel(FakeMachine.Course);

        Run().Text.ShouldContain("C# kernel: csharp-by-hand");
    }

    [Fact]
    public void A_kernel_of_another_copy_of_the_course_is_named()
    {
        OwnKernel("/other/artifacts/bin/Course/course/Course.dll");

        Missing("/other/artifacts").Remedy.ShouldBe("dotnet run --project src/Course -- jupyter install");
    }

    [Fact]
    public void A_kernel_whose_course_is_not_built_is_named()
    {
        OwnKernel(FakeMachine.Course);
        _machine.Times.Remove(FakeMachine.Course);

        Missing("C# kernel csharp-by-hand starts").Remedy.ShouldBe("dotnet build");
    }

    [Fact]
    public void A_kernel_whose_dotnet_is_gone_is_named()
    {
        OwnKernel(FakeMachine.Course);
        _machine.Times.Remove("/usr/bin/dotnet");

        Missing("/usr/bin/dotnet").Remedy.ShouldBe("dotnet run --project src/Course -- jupyter install");
    }

    [Fact]
    public void A_kernel_of_an_earlier_version_is_named()
    {
        _machine.Answers["jupyter kernelspec list --json"] =
            $$$"""{ "kernelspecs": { ".net-csharp": { "spec": { "argv": ["/usr/bin/python3", "kernel.py", "-f", "{connection_file}"], "language": "C#", "metadata": { "transformer_by_hand": { "course": "{{{FakeMachine.Course}}}" } } } } } }""";

        Missing("earlier version").Remedy.ShouldBe("dotnet run --project src/Course -- jupyter install");
    }

    [Fact]
    public void Another_build_of_the_tool_is_named()
    {
        _machine.Answers["dotnet tool list --global"] = "microsoft.dotnet-interactive    1.0.600000      dotnet-interactive\n";

        Missing("1.0.600000").Remedy.ShouldNotBeNull().ShouldContain("--version 1.0.712001");
    }

    [Fact]
    public void A_Cpp_runtime_too_old_for_TorchSharp_is_named_with_what_has_a_newer_one()
    {
        _machine.CppRuntime = "GLIBCXX_3.4\0GLIBCXX_3.4.30\0GLIBCXX_3.4.4\0";

        Finding old = Missing("GLIBCXX_3.4.30");
        old.What.ShouldContain("TorchSharp asks for GLIBCXX_3.4.32");
        old.What.ShouldContain("Debian 13");
        old.Remedy.ShouldNotBeNull().ShouldContain("container");
    }

    [Fact]
    public void A_Cpp_runtime_of_GCC_13_is_new_enough()
    {
        _machine.CppRuntime = "GLIBCXX_3.4.32\0";

        new Examination(_machine, FakeMachine.Root).Everything().ShouldContain(finding => finding.What.Contains("GLIBCXX_3.4.32") && finding.State == State.Found);
    }

    [Fact]
    public void A_package_that_was_never_restored()
    {
        _machine.Folders.Remove("/home/me/.nuget/packages/torchsharp");

        Missing("TorchSharp").Remedy.ShouldBe("dotnet run --project src/Course -- run --with TorchSharp");
    }

    [Theory]
    [InlineData(OperatingSystemKind.Windows, "winget")]
    [InlineData(OperatingSystemKind.MacOS, "brew")]
    [InlineData(OperatingSystemKind.Linux, "apt-get")]
    public void Remedies_are_those_of_the_operating_system(object system, string remedy)
    {
        _machine.System = (OperatingSystemKind)system;
        _machine.Answers.Clear();

        Missing("SDK").Remedy.ShouldNotBeNull().ShouldContain(remedy);
        Missing("Python").Remedy.ShouldNotBeNull().ShouldContain(remedy);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{ \"kernelspecs\": 3 }")]
    [InlineData("")]
    public void An_answer_that_makes_no_sense_is_survived(string answer)
    {
        foreach (string command in _machine.Answers.Keys) _machine.Answers[command] = answer;

        Should.NotThrow(() => Run());
    }

    [Fact]
    public void A_machine_that_refuses_every_question_is_survived()
    {
        _machine.Broken = new UnauthorizedAccessException("no entry");

        Run().Text.ShouldContain("could not be looked at: no entry");
    }

    [Fact]
    public void This_machine_can_be_looked_at()
    {
        var console = new StringWriter();

        DoctorCommand.Run(Console(console), new Examination(new Machine(), Repository.Find().Root)).ShouldBe(ExitCode.Success);

        console.ToString().ShouldContain("SDK 10");
    }

    [Fact]
    public void A_program_that_does_not_exist_gives_no_answer() => new Machine().Run("no-such-program-anywhere", "--version").ShouldBeNull();

    private Finding Missing(string what) =>
        new Examination(_machine, FakeMachine.Root).Everything().Where(finding => finding.State != State.Found && finding.What.Contains(what)).ShouldHaveSingleItem();

    private (int Code, string Text) Run()
    {
        var text = new StringWriter();
        return (DoctorCommand.Run(Console(text), new Examination(_machine, FakeMachine.Root)), text.ToString());
    }

    private void OwnKernel(string course) => _machine.Answers["jupyter kernelspec list --json"] =
        $$$"""{ "kernelspecs": { "csharp-by-hand": { "spec": {{{Spec(course)}}} } } }""";

    private static string Spec(string course) =>
        $$$"""{ "argv": ["/usr/bin/dotnet", "{{{course}}}", "jupyter", "kernel", "-f", "{connection_file}"], "language": "C#", "metadata": { "transformer_by_hand": { "course": "{{{course}}}" } } }""";

    private static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
