using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class PackageTests(CellHost host) : IClassFixture<CellHost>
{
    // Packages land in the machine's cache by name and version, so a run must not meet the packages of another.
    private readonly string unique = Guid.NewGuid().ToString("N")[..12];

    private string Source => Path.Combine(host.Folder.Path, "feed");

    [Fact]
    public async Task A_package_is_restored_and_can_be_used()
    {
        CellResult result = await host.RunAsync("#r \"nuget: MathNet.Numerics, 5.0.0\"\nMathNet.Numerics.SpecialFunctions.Factorial(5)");
        result.ShouldSucceed().PlainValue().ShouldBe("120");
    }

    [Fact]
    public async Task A_package_comes_from_a_folder_named_as_source()
    {
        string id = $"Course.Test.Plain{unique}";
        Pack(id, "namespace Plain { public static class Hello { public static string Text => \"from the package\"; } }");
        CellResult result = await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}, 1.2.3\"\nPlain.Hello.Text");
        result.ShouldSucceed().Value("text/plain").ShouldBe("from the package");
        (await host.RunAsync($"#r \"nuget: {id}, 1.2.3\"\nPlain.Hello.Text")).ShouldSucceed();
        CellResult conflict = await host.RunAsync($"#r \"nuget: {id}, 2.0.0\"");
        conflict.Error!.Message.ShouldContain($"Package {id} is already loaded in version 1.2.3");
    }

    [Fact]
    public async Task A_package_that_does_not_exist_is_named_and_the_session_lives()
    {
        string id = $"Course.Test.Missing{unique}";
        CellResult result = await host.RunAsync($"var before = 1;\n#r \"nuget: {id}, 1.0.0\"\nbefore");
        result.Status.ShouldBe(CellStatus.Failed);
        result.UnavailablePackage.ShouldBe(id);
        result.Error!.Name.ShouldBe("PackageUnavailable");
        result.Error.Line.ShouldBe(2);
        result.Error.Message.ShouldStartWith($"(2,1): Package {id} 1.0.0 could not be restored: NU");
        result.Error.Message.ShouldNotContain(Path.GetTempPath());

        CellResult again = await host.RunAsync($"var before = 1;\n#r \"nuget: {id}, 1.0.0\"\nbefore");
        again.Error!.Message.ShouldBe(result.Error.Message);
        (await host.RunAsync("1")).ShouldSucceed();
    }

    [Fact]
    public async Task A_restore_can_be_stopped()
    {
        CellResult result = await host.Session.ExecuteAsync($"#r \"nuget: Course.Test.Slow{unique}, 1.0.0\"", null, new CancellationToken(canceled: true));
        result.Status.ShouldBe(CellStatus.Interrupted);
        result.StateLost.ShouldBeFalse();
    }

    [Fact]
    public async Task The_notebook_extension_of_a_package_is_run()
    {
        string id = $"Course.Test.Extended{unique}";
        string build = Path.Combine(host.Folder.Path, $"build-{unique}");
        string formatting = Path.Combine(AppContext.BaseDirectory, "Microsoft.DotNet.Interactive.Formatting.dll");
        string library = TestLibrary.Build(build, id, "namespace Extended { public class Chart { } }");
        string extension = TestLibrary.Build(build, $"{id}.Interactive",
            """
            namespace Microsoft.DotNet.Interactive { public class Kernel { } public interface IKernelExtension { System.Threading.Tasks.Task OnLoadAsync(Kernel kernel); } }
            namespace Extended
            {
                public class Extension : Microsoft.DotNet.Interactive.IKernelExtension
                {
                    public System.Threading.Tasks.Task OnLoadAsync(Microsoft.DotNet.Interactive.Kernel kernel)
                    {
                        Microsoft.DotNet.Interactive.Formatting.Formatter.Register<Chart>(new Func<Chart, string>(_ => "<svg/>"), "text/html");
                        return System.Threading.Tasks.Task.CompletedTask;
                    }
                }
            }
            """, library, formatting);
        TestPackage.Build(Source, id, "1.2.3", new Dictionary<string, string>
        {
            [$"lib/net8.0/{id}.dll"] = library,
            [$"interactive-extensions/dotnet/{id}.Interactive.dll"] = extension,
        });
        CellResult result = await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}, 1.2.3\"\nnew Extended.Chart()");
        result.ShouldSucceed().Value().ShouldBe("<svg/>");
    }

    private void Pack(string id, string source) =>
        TestPackage.Build(Source, id, "1.2.3", new Dictionary<string, string>
        {
            [$"lib/net8.0/{id}.dll"] = TestLibrary.Build(Path.Combine(host.Folder.Path, $"build-{unique}"), id, source),
        });
}
