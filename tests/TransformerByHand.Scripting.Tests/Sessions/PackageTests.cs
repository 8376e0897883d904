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

    [Theory]
    [InlineData("")]
    [InlineData(", 1.*")]
    [InlineData(", 1.2.*")]
    [InlineData(", *")]
    [InlineData(", [1.0, 2.0)")]
    [InlineData(", 1.2.3")]
    [InlineData(", 1.2.3.0")]
    public async Task A_package_that_is_loaded_is_taken_where_it_is_what_is_asked_for(string again)
    {
        string id = $"Course.Test.Again{unique}";
        Pack(id, $"namespace Again{unique} {{ public static class Hello {{ public static string Text => \"loaded once\"; }} }}");
        (await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}, 1.*\"")).ShouldSucceed();
        Pack(id, $"namespace Again{unique} {{ public static class Hello {{ public static string Text => \"newer\"; }} }}", "1.3.0");

        (await host.RunAsync($"#r \"nuget: {id}{again}\"\nAgain{unique}.Hello.Text")).ShouldSucceed().Value("text/plain").ShouldBe("loaded once");
    }

    [Theory]
    [InlineData("2.*")]
    [InlineData("[2.0, 3.0)")]
    [InlineData("1.3.0")]
    public async Task A_package_that_is_loaded_in_another_version_is_a_conflict(string asked)
    {
        string id = $"Course.Test.Other{unique}";
        Pack(id, "namespace Other { public class Thing { } }");
        (await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}\"")).ShouldSucceed();
        Pack(id, "namespace Other { public class Thing { } }", "1.3.0");

        CellResult conflict = await host.RunAsync($"#r \"nuget: {id}, {asked}\"");
        conflict.Error!.Name.ShouldBe("PackageConflict");
        conflict.Error.Message.ShouldBe($"(1,1): Package {id} is already loaded in version 1.2.3. Restart the kernel to use {asked}.");
    }

    [Fact]
    public async Task A_version_that_the_feed_lacks_is_the_one_it_gives_instead()
    {
        string id = $"Course.Test.Instead{unique}";
        Pack(id, "namespace Instead { public class Thing { } }");
        (await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}, 1.0.0\"")).ShouldSucceed();
        (await host.RunAsync($"#r \"nuget: {id}, 1.1.0\"\nnew Instead.Thing() is not null")).ShouldSucceed();
    }

    [Fact]
    public async Task The_cell_functions_are_the_hosts_whatever_a_package_brings_along()
    {
        // The host's own assemblies refer to both of these.
        (await host.RunAsync("1 + 1\n")).ShouldSucceed();
        (await host.RunAsync("#r \"nuget: Microsoft.DotNet.Interactive.Formatting, 1.0.0-beta.26120.1\"\n#r \"nuget: Microsoft.CodeAnalysis.CSharp, 5.12.0\"")).ShouldSucceed();
        (await host.RunAsync("HTML(\"<b>x</b>\")")).ShouldSucceed().Value().ShouldBe("<b>x</b>");
        (await host.RunAsync("display(1); 2.Display(); typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Name")).ShouldSucceed().Displays().Count.ShouldBe(2);
        (await host.RunAsync("while (true) { break; }")).ShouldSucceed();
    }

    [Theory]
    [InlineData("an assembly that the package lacks", "typeof(Microsoft.DotNet.Interactive.Absent).ToString()", "")]
    [InlineData("the kernel itself", "kernel.ToString()", "")]
    [InlineData("neither", "throw new InvalidOperationException(\"broken\")", "could not be loaded: broken\n")]
    public async Task An_extension_that_asks_for_the_genuine_kernel_is_left_aside_without_a_word(string what, string code, string said)
    {
        string id = $"Course.Test.Asks{unique}";
        string build = Path.Combine(host.Folder.Path, $"build-{unique}");
        string absent = TestLibrary.Build(build, "Microsoft.DotNet.Interactive.Absent", "namespace Microsoft.DotNet.Interactive { public class Absent { } }");
        string library = TestLibrary.Build(build, id, $"namespace Asks{unique} {{ public class Thing {{ public static int Size => 3; }} }}");
        string extension = TestLibrary.Build(build, $"{id}.Interactive",
            $$"""
            namespace Microsoft.DotNet.Interactive { public class Kernel { } public interface IKernelExtension { System.Threading.Tasks.Task OnLoadAsync(Kernel kernel); } }
            public class Extension : Microsoft.DotNet.Interactive.IKernelExtension
            {
                public System.Threading.Tasks.Task OnLoadAsync(Microsoft.DotNet.Interactive.Kernel kernel)
                {
                    {{code}};
                    return System.Threading.Tasks.Task.CompletedTask;
                }
            }
            """, absent);
        TestPackage.Build(Source, id, "1.2.3", new Dictionary<string, string>
        {
            [$"lib/net8.0/{id}.dll"] = library,
            [$"interactive-extensions/dotnet/{id}.Interactive.dll"] = extension,
        });
        CellResult result = await host.RunAsync($"#i \"nuget: {Source}\"\n#r \"nuget: {id}, 1.2.3\"\nAsks{unique}.Thing.Size");
        result.ShouldSucceed().PlainValue().ShouldBe("3", what);
        result.Err().ShouldEndWith(said, Case.Sensitive, what);
        if (said.Length == 0) result.Err().ShouldBeEmpty(what);
    }

    private void Pack(string id, string source, string version = "1.2.3") =>
        TestPackage.Build(Source, id, version, new Dictionary<string, string>
        {
            [$"lib/net8.0/{id}.dll"] = TestLibrary.Build(Path.Combine(host.Folder.Path, $"build-{unique}-{version}"), id, source),
        });
}
