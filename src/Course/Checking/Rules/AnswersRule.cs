using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Course.Solving;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>No answer stands above its exercise: the solution's code, and the formulas that its declaration names, may first appear below it.</summary>
/// <remarks>
/// <para>
/// Of the solution's source the telling expressions are sought: what is returned, assigned or initialised, if it calculates.
/// One of eight tokens or more is found in a code cell, or in the code of a Markdown cell, under any variables' names; a shorter
/// one, of five tokens at least, only letter for letter. Blanks and line ends do not count.
/// </para>
/// <para>
/// What an earlier exercise of the same lesson asked for has been derived by then, and its discussion may show it: such an
/// expression gives nothing away any more. Nor does one that is written in the exercise's own cells or below.
/// </para>
/// </remarks>
internal sealed class AnswersRule : LessonRule
{
    private const int FewestTokens = 5, EnoughForAnyNames = 9;

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        NotebookCell[] cells = [.. lesson.Notebook.Cells];
        var derived = new HashSet<string>();
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Kind != CellKind.Code || StubRewriter.ExerciseId(cells[i].Source) is not { } id) continue;
            if (course.Exercises.FirstOrDefault(exercise => exercise.Id == id) is not { } exercise) continue;

            Answer[] answers = [.. Telling(exercise.SolutionSource.Body)];
            // A cell that shows the whole shows its parts too: it is named once, with the longest.
            var named = new HashSet<NotebookCell>();
            foreach (Answer answer in answers.Where(answer => !derived.Contains(answer.Abstract)).DistinctBy(answer => answer.Abstract).OrderByDescending(answer => answer.Exact.Length))
                if (cells[..i].FirstOrDefault(above => Shows(above, answer)) is { } above && named.Add(above))
                    yield return lesson.Violation(above, $"it gives away exercise {id}, which stands below it in {cells[i].Id}: '{answer.Text}'.");
            foreach (string formula in exercise.Formulas)
            {
                if (cells[..i].FirstOrDefault(above => above.Kind == CellKind.Markdown && Packed(above.Source).Contains(Packed(formula), StringComparison.Ordinal)) is { } above)
                    yield return lesson.Violation(above, $"it gives away exercise {id}, which stands below it in {cells[i].Id}: the formula '{formula}'.");
                if (!cells[i..].Any(below => below.Kind == CellKind.Markdown && Packed(below.Source).Contains(Packed(formula), StringComparison.Ordinal)))
                    yield return lesson.Violation(cells[i], $"the declaration of exercise {id} names the formula '{formula}', which no cell below it shows.");
            }
            derived.UnionWith(answers.Select(answer => answer.Abstract));
        }
    }

    private sealed record Answer(string Text, string Exact, string Abstract, bool UnderAnyNames);

    private static bool Shows(NotebookCell cell, Answer answer) => cell.Kind switch
    {
        CellKind.Code => Expressions(CellSyntax.Parse(cell.Source)).Any(expression =>
            answer.UnderAnyNames ? Abstract(expression) == answer.Abstract : Exact(expression) == answer.Exact),
        CellKind.Markdown => Packed(cell.Source).Contains(answer.Exact, StringComparison.Ordinal)
            || (answer.UnderAnyNames && Fences(cell.Source).Any(code => Expressions(CellSyntax.Parse(code)).Any(expression => Abstract(expression) == answer.Abstract))),
        _ => false,
    };

    /// <summary>What a solution's statements compute, each whole.</summary>
    private static IEnumerable<Answer> Telling(string body) =>
        from node in CSharpSyntaxTree.ParseText($"void Solution()\n{{\n{body}\n}}", new CSharpParseOptions(LanguageVersion.Preview, kind: SourceCodeKind.Script)).GetRoot().DescendantNodes()
        let value = node switch
        {
            ReturnStatementSyntax returned => returned.Expression,
            AssignmentExpressionSyntax assignment => assignment.Right,
            EqualsValueClauseSyntax initializer => initializer.Value,
            LambdaExpressionSyntax lambda => lambda.ExpressionBody,
            ArrowExpressionClauseSyntax arrow => arrow.Expression,
            _ => null,
        }
        where value is not null && Calculates(value) && value.DescendantTokens().Count() >= FewestTokens
        let exact = Exact(value)
        where exact.Length > FewestTokens
        select new Answer(string.Join(' ', value.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), exact, Abstract(value), IsLong(value));

    /// <summary>Long enough, and with enough arithmetic, that the same under other names is no coincidence.</summary>
    private static bool IsLong(ExpressionSyntax value) =>
        value.DescendantTokens().Count() >= EnoughForAnyNames
        && value.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>().Count(IsArithmetic) >= 2
        && value.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>().Where(IsArithmetic).SelectMany(b => new[] { b.Left, b.Right }).Any(side => side is not LiteralExpressionSyntax);

    private static bool Calculates(ExpressionSyntax value) => value.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>().Any(IsArithmetic);

    private static bool IsArithmetic(BinaryExpressionSyntax expression) => expression.Kind() is
        SyntaxKind.MultiplyExpression or SyntaxKind.DivideExpression or SyntaxKind.AddExpression or SyntaxKind.SubtractExpression;

    private static IEnumerable<ExpressionSyntax> Expressions(SyntaxNode root) => root.DescendantNodes().OfType<ExpressionSyntax>();

    private static string Exact(SyntaxNode node) => string.Concat(node.DescendantTokens().Select(token => token.Text));

    /// <summary>The tokens with the variables numbered in the order in which they come: names of members and functions stay.</summary>
    private static string Abstract(SyntaxNode node)
    {
        var names = new Dictionary<string, string>();
        return string.Join(' ', node.DescendantTokens().Select(token =>
            token.IsKind(SyntaxKind.IdentifierToken) && !NamesAMember(token)
                ? names.TryGetValue(token.Text, out string? name) ? name : names[token.Text] = $"${names.Count}"
                : token.Text));
    }

    private static bool NamesAMember(SyntaxToken token) => token.Parent switch
    {
        { Parent: MemberAccessExpressionSyntax access } name when access.Name == name => true,
        { Parent: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Math" or "Enumerable" } } } => true,
        { Parent: InvocationExpressionSyntax call } name when call.Expression == name => true,
        _ => false,
    };

    private static string Packed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    /// <summary>The C# that stands between fences in prose.</summary>
    private static IEnumerable<string> Fences(string markdown)
    {
        string[] parts = markdown.Split("```");
        for (int i = 1; i < parts.Length; i += 2) yield return parts[i].StartsWith("csharp", StringComparison.Ordinal) ? parts[i]["csharp".Length..] : parts[i];
    }
}
