using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>Compiles small assemblies for cells to refer to.</summary>
internal static class TestLibrary
{
    /// <summary>Compiles source to <c>NAME.dll</c> in a folder and returns its path.</summary>
    public static string Build(string folder, string name, string source, params string[] references)
    {
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> framework = trusted.Split(Path.PathSeparator).Where(path => Path.GetDirectoryName(path) == runtime);
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText("using System; using System.Collections.Generic; using System.IO;\n" + source)],
            [.. framework.Concat(references).Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Directory.CreateDirectory(folder);
        string target = Path.Combine(folder, $"{name}.dll");
        compilation.Emit(target).Diagnostics.ShouldNotContain(found => found.Severity == DiagnosticSeverity.Error);
        return target;
    }
}
