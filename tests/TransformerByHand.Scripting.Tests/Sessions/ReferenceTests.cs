using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class ReferenceTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task A_library_is_found_relative_to_the_notebooks_folder()
    {
        TestLibrary.Build(Path.Combine(host.Folder.Path, "libs"), "Near", "namespace Near { public static class Answer { public static int Value => 42; } }");
        CellResult result = await host.RunAsync("#r \"libs/Near.dll\"\nNear.Answer.Value");
        result.ShouldSucceed().PlainValue().ShouldBe("42");
        (await host.RunAsync("using Near;\nAnswer.Value + 1")).PlainValue().ShouldBe("43");
    }

    [Fact]
    public async Task What_a_library_itself_refers_to_is_found_beside_it()
    {
        string libs = Path.Combine(host.Folder.Path, "pair");
        string inner = TestLibrary.Build(libs, "PairInner", "namespace PairInner { public class Part { public int Size => 7; } }");
        TestLibrary.Build(libs, "PairOuter", "namespace PairOuter { public class Whole { public PairInner.Part Part => new(); } }", inner);
        (await host.RunAsync("#r \"pair/PairOuter.dll\"\nnew PairOuter.Whole().Part.Size")).ShouldSucceed().PlainValue().ShouldBe("7");
    }

    [Fact]
    public async Task The_same_library_may_be_referred_to_again()
    {
        TestLibrary.Build(Path.Combine(host.Folder.Path, "libs"), "Again", "public static class AgainAnswer { public static object One = new(); }");
        await host.RunAsync("#r \"libs/Again.dll\"\nvar firstOne = AgainAnswer.One;");
        (await host.RunAsync("#r \"libs/Again.dll\"\nobject.ReferenceEquals(firstOne, AgainAnswer.One)")).PlainValue().ShouldBe("True");
    }

    [Fact]
    public async Task A_missing_library_is_named()
    {
        CellResult result = await host.RunAsync("#r \"nowhere/Missing.dll\"\n1");
        result.Error!.Message.ShouldBe("(1,1): error CS0006: Metadata file 'nowhere/Missing.dll' could not be found");
    }

    [Fact]
    public async Task A_framework_assembly_can_be_named()
    {
        (await host.RunAsync("#r \"Microsoft.AspNetCore.Http.Abstractions\"\ntypeof(Microsoft.AspNetCore.Http.HttpContext).Name")).ShouldSucceed().Value("text/plain").ShouldBe("HttpContext");
    }

    [Fact]
    public async Task A_library_named_like_one_of_the_hosts_own_does_not_clash_with_it()
    {
        // The worker has loaded the real compiler under this name; the cell gets the one it asked for.
        TestLibrary.Build(Path.Combine(host.Folder.Path, "clash"), "Microsoft.CodeAnalysis", "namespace Microsoft.CodeAnalysis { public static class Impostor { public static string Name => \"from the cell's folder\"; } }");
        CellResult result = await host.RunAsync("#r \"clash/Microsoft.CodeAnalysis.dll\"\nMicrosoft.CodeAnalysis.Impostor.Name");
        result.ShouldSucceed().Value("text/plain").ShouldBe("from the cell's folder");
        (await host.RunAsync("1 + 1")).PlainValue().ShouldBe("2");
    }

    [Fact]
    public async Task A_library_can_say_by_convention_how_its_types_show()
    {
        TestLibrary.Build(Path.Combine(host.Folder.Path, "libs"), "Shown",
            """
            namespace Shown;
            [AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct)]
            class TypeFormatterSourceAttribute(Type type) : Attribute
            {
                public Type FormatterSourceType { get; } = type;
                public string[] PreferredMimeTypes { get; set; } = { "text/html", "text/plain" };
            }
            class Source { public IEnumerable<object> CreateTypeFormatters() => new object[] { new Form("text/html"), new Form("text/plain") }; }
            class Form(string mimeType)
            {
                public string MimeType => mimeType;
                public bool Format(object value, TextWriter writer) { writer.Write(mimeType == "text/html" ? "<u>shown</u>" : "shown"); return true; }
            }
            [TypeFormatterSource(typeof(Source))] public abstract class Base;
            public sealed class Derived : Base;
            """);
        CellResult result = await host.RunAsync("#r \"libs/Shown.dll\"\nnew Shown.Derived()");
        result.ShouldSucceed().Outputs.OfType<ResultOutput>().Single().Data.ShouldBe(
            new Dictionary<string, string> { ["text/html"] = "<u>shown</u>", ["text/plain"] = "shown" });
        (await host.RunAsync("new object[] { new Shown.Derived() }")).Value()!.ShouldContain("<u>shown</u>");
    }

    [Fact]
    public async Task Load_includes_a_script_and_loses_its_using_lines()
    {
        host.Folder.Write("loaded.csx", "using System.Numerics;\nBigInteger Huge() => BigInteger.Pow(10, 3);");
        CellResult result = await host.RunAsync("#load \"loaded.csx\"\nHuge().ToString()");
        result.ShouldSucceed().Value("text/plain").ShouldBe("1000");
        (await host.RunAsync("Huge() == new BigInteger(1)")).Status.ShouldBe(CellStatus.Failed);
    }

    [Fact]
    public async Task Types_found_by_name_come_from_the_cells_own_libraries()
    {
        TestLibrary.Build(Path.Combine(host.Folder.Path, "libs"), "ByName", "namespace ByName { public class Target { } }");
        await host.RunAsync("#r \"libs/ByName.dll\"\nvar target = new ByName.Target();");
        (await host.RunAsync("Type.GetType(\"ByName.Target, ByName\") == target.GetType()")).PlainValue().ShouldBe("True");
    }
}
