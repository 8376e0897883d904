using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Course.Mutants;

namespace TransformerByHand.Course.Tests.Mutants;

/// <summary>The small changes that a check has to notice.</summary>
public class MutationsTests
{
    [Theory]
    [InlineData("{ double sum = 0; foreach (double v in x) sum += v; return sum; }", "sum = v")]
    [InlineData("{ double sum = 0; foreach (double v in x) sum += v; return sum; }", "sum -= v")]
    [InlineData("{ double sum = 0; for (int i = 0; i < x.Length; i++) sum += x[i]; return sum; }", "i < x.Length - 1")]
    [InlineData("{ double sum = 0; for (int i = 0; i < x.Length; i++) sum += x[i]; return sum; }", "i <= x.Length")]
    [InlineData("{ double sum = 0; for (int i = 0; i < x.Length; i++) sum += x[i]; return sum; }", "int i = 1;")]
    [InlineData("Math.Sqrt(x[0])", "=> x[0]")]
    [InlineData("x.Sum() / 2.0", "x.Sum() / 2")]
    [InlineData("x[0] > 0 ? x[1] : x[2]", "=> x[2]")]
    [InlineData("x[0] > 0 ? x[1] : x[2]", "x[0] >= 0")]
    [InlineData("-x[0]", "=> x[0]")]
    public void Code_is_changed_as_people_change_it(string body, string expected) =>
        Of(body).ShouldContain(changed => changed.Replace(" ", "").Contains(expected.Replace(" ", ""), StringComparison.Ordinal));

    [Fact]
    public void A_sum_that_is_set_back_in_a_loop_is_also_tried_without()
    {
        IEnumerable<string> changed = Of("{ double all = 0; for (int i = 0; i < 3; i++) { double sum = 0; foreach (double v in x) sum += v; all += sum; } return all; }");

        changed.ShouldContain(code => code.Contains("double sum = 0;", StringComparison.Ordinal)
            && code.IndexOf("double sum = 0;", StringComparison.Ordinal) < code.IndexOf("for (", StringComparison.Ordinal));
    }

    [Fact]
    public void Indices_change_places() =>
        Of("{ var M = new double[2, 3]; M[0, 1] = x[0]; return M[0, 1]; }").ShouldContain(code => code.Contains("M[1,0]", StringComparison.Ordinal));

    [Fact]
    public void In_a_test_the_inputs_stay_and_a_tolerance_becomes_one()
    {
        IReadOnlyList<string> changed = Of("{ double[] input = [0.25, 0.75]; return Math.Abs(x[0] - input[0]) < 1e-9 ? 1 : 0; }", isTest: true);

        changed.ShouldAllBe(code => code.Contains("[0.25, 0.75]", StringComparison.Ordinal));
        changed.ShouldContain(code => code.Contains("< 1.0", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_loop_of_a_mutant_is_guarded()
    {
        string guarded = LoopGuards.AddTo(SyntaxFactory.ParseStatement("{ for (;;) { } foreach (var v in x) y++; while (true) ; do { } while (true); }")).ToFullString();

        guarded.Split("MutantGuard.Round()").Length.ShouldBe(5);
    }

    private static IReadOnlyList<string> Of(string body, bool isTest = false)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText($"using System; using System.Linq; class C {{ static Func<double[], double> F = x => {body}; }}");
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file));
        SemanticModel model = CSharpCompilation.Create("c", [tree], references).GetSemanticModel(tree);
        return [.. Mutations.Of(tree.GetRoot().DescendantNodes().OfType<LambdaExpressionSyntax>().First(), model, isTest, isAnswer: !isTest).Select(changed => changed.ToString())];
    }
}
