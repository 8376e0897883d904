using System.Text.Json.Nodes;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class KernelSpecsTests : IDisposable
{
    private readonly string user = Directory.CreateTempSubdirectory("jupyter-user-").FullName;
    private readonly string system = Directory.CreateTempSubdirectory("jupyter-system-").FullName;

    public void Dispose()
    {
        Directory.Delete(user, recursive: true);
        Directory.Delete(system, recursive: true);
    }

    [Fact]
    public void The_name_that_lessons_ask_for_is_taken_if_it_is_free()
    {
        (string name, string folder) = Install();

        name.ShouldBe(".net-csharp");
        folder.ShouldBe(Path.Combine(user, "kernels", ".net-csharp"));
        Directory.GetFiles(folder).ShouldBe([Path.Combine(folder, "kernel.json")]);
    }

    [Fact]
    public void The_specification_names_every_program_in_full()
    {
        (_, string folder) = Install();

        string[] argv = [.. Spec(folder)["argv"]!.AsArray().Select(argument => (string)argument!)];
        argv.ShouldBe(["/usr/bin/dotnet", "/course/Course.dll", "jupyter", "kernel", "-f", "{connection_file}"]);
        ((string?)Spec(folder)["interrupt_mode"]).ShouldBe("message");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_that_belongs_to_another_kernel_is_left_to_it(bool inTheUsersFolder)
    {
        string other = Path.Combine(inTheUsersFolder ? user : system, "kernels", ".net-csharp");
        Directory.CreateDirectory(other);
        File.WriteAllText(Path.Combine(other, "kernel.json"), """{"argv": ["dotnet", "interactive"], "display_name": ".NET (C#)", "language": "C#"}""");

        Install().Name.ShouldBe("csharp-by-hand");

        File.ReadAllText(Path.Combine(other, "kernel.json")).ShouldContain("interactive");
        Specs.Uninstall().ShouldBe([Path.Combine(user, "kernels", "csharp-by-hand")]);
        Directory.Exists(other).ShouldBeTrue();
    }

    [Fact]
    public void Installing_again_replaces_the_earlier_installation()
    {
        Install();
        Specs.Install("/usr/bin/dotnet", "/elsewhere/Course.dll").Name.ShouldBe(".net-csharp");

        Specs.Installed().ShouldHaveSingleItem().Course.ShouldBe("/elsewhere/Course.dll");
    }

    [Fact]
    public void Uninstalling_takes_everything_away_and_says_what()
    {
        (_, string folder) = Install();

        Specs.Uninstall().ShouldBe([folder]);

        Directory.Exists(folder).ShouldBeFalse();
        Specs.Uninstall().ShouldBeEmpty();
    }

    private KernelSpecs Specs => new(user, [user, system]);

    private (string Name, string Folder) Install() => Specs.Install("/usr/bin/dotnet", "/course/Course.dll");

    private static JsonNode Spec(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))!;
}
