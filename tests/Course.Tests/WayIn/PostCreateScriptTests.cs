using System.Diagnostics;
using System.Runtime.Versioning;

namespace TransformerByHand.Course.Tests.WayIn;

/// <summary>The container's script, with stand-ins for the programs it calls: what it asks for, and what it says when it cannot have it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PostCreateScriptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("post-create-");

    private string Log => Path.Combine(_folder.FullName, "log");

    [LinuxFact]
    public void It_builds_and_registers_the_kernel()
    {
        (int code, string output) = Run(dotnet: "exit 0", jupyter: "exit 0");

        code.ShouldBe(0, output);
        string calls = File.ReadAllText(Log);
        calls.ShouldContain("dotnet build");
        calls.ShouldContain("dotnet tool install --global Microsoft.dotnet-interactive --version 1.0.712001");
        calls.ShouldContain("dotnet interactive jupyter install");
        calls.IndexOf("src/Course -- jupyter install", StringComparison.Ordinal)
            .ShouldBeGreaterThan(calls.IndexOf("dotnet interactive jupyter install", StringComparison.Ordinal), "the other kernel takes its name whether or not it is free");
        calls.ShouldContain("jupyter trust notebooks/");
        calls.ShouldNotContain("apt-get", customMessage: "Jupyter is there");
        output.ShouldContain("Ready. Open notebooks/00-start-here.ipynb");
    }

    [LinuxFact]
    public void It_succeeds_and_says_so_where_the_tool_cannot_be_had()
    {
        (int code, string output) = Run(dotnet: "case \"$1\" in tool) exit 1;; esac", jupyter: "exit 0");

        code.ShouldBe(0, output);
        output.ShouldContain("Microsoft.dotnet-interactive 1.0.712001 could not be had");
        output.ShouldContain("The course's own kernel does without it");
        File.ReadAllText(Log).ShouldContain("src/Course -- jupyter install");
        File.ReadAllText(Log).ShouldNotContain("dotnet interactive jupyter install");
    }

    [LinuxFact]
    public void It_installs_Jupyter_where_there_is_none_and_says_so_where_it_cannot()
    {
        (int code, string output) = Run(dotnet: "exit 0", jupyter: "exit 1");

        code.ShouldBe(0, output);
        File.ReadAllText(Log).ShouldContain("python3-ipykernel jupyter-client jupyter-nbformat jupyter-notebook");
        output.ShouldContain("Jupyter could not be installed");
    }

    [LinuxFact]
    public void It_fails_where_the_course_does_not_build()
    {
        (int code, string output) = Run(dotnet: "case \"$1\" in build) exit 1;; esac", jupyter: "exit 0");

        code.ShouldBe(1);
        output.ShouldContain("does not build");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (int Code, string Output) Run(string dotnet, string jupyter)
    {
        StandIn("dotnet", dotnet);
        StandIn("jupyter", jupyter);
        StandIn("python3", "exit 0");
        StandIn("apt-get", "exit 0");
        StandIn("sudo", "exec \"$@\"");

        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Find().Root, ".devcontainer", "post-create.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:/usr/bin:/bin";
        start.Environment["HOME"] = _folder.FullName;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private void StandIn(string program, string behaviour)
    {
        string file = Path.Combine(_folder.FullName, program);
        File.WriteAllText(file, $"#!/bin/bash\necho \"{program} $*\" >> '{Log}'\n{behaviour}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
