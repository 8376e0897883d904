using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting.Tests.Engine;

public sealed class LoopChecksTests
{
    private static readonly CSharpParseOptions Script = new(kind: SourceCodeKind.Script);

    [Theory]
    [InlineData("while (a)\n{\n    b();\n}\nc();")]
    [InlineData("do\n b();\nwhile (a);")]
    [InlineData("for (;;)\n  foreach (var x in y)\n  {\n  }\nz();")]
    [InlineData("foreach (var (p, q) in r)\n  ;\nz();")]
    [InlineData("Func<int> f = () =>\n{\n  while (true)\n  {\n  }\n};")]
    public void Loops_get_a_check_and_every_line_stays_where_it_is(string code)
    {
        string before = code.ReplaceLineEndings("\n");
        SyntaxTree tree = LoopChecks.AddTo(CSharpSyntaxTree.ParseText(before, Script));
        string after = tree.GetText().ToString();
        after.ShouldContain("CellStop.Requested");
        tree.GetDiagnostics().ShouldBeEmpty();
        // Without the checks, and the braces that they needed, each line holds what it held.
        string check = "if (global::TransformerByHand.Scripting.InCells.CellStop.Requested) global::TransformerByHand.Scripting.InCells.CellStop.End();";
        Bare(after.Replace(check, "", StringComparison.Ordinal)).ShouldBe(Bare(before));
    }

    [Fact]
    public void Code_without_loops_is_left_as_it_is()
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText("var x = 1;\nx + 1", Script);
        LoopChecks.AddTo(tree).ShouldBeSameAs(tree);
    }

    private static string[] Bare(string code) =>
        [.. code.Split('\n').Select(line => line.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal))];
}
