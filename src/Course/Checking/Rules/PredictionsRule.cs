using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>Every prediction is asked for once, as yet without an answer, names the letters its text offers, and is revealed later, with a reason for each wrong letter.</summary>
internal sealed partial class PredictionsRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        NotebookCell[] cells = [.. lesson.Notebook.Cells];
        var asked = new Dictionary<string, NotebookCell>();
        var choices = new Dictionary<string, string>();
        var revealed = new HashSet<string>();
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Kind != CellKind.Code) continue;
            foreach (InvocationExpressionSyntax call in CellSyntax.Calls(cells[i].Source, "Predict"))
            {
                if (Id(call) is not { } id) continue;
                if (!asked.TryAdd(id, cells[i]))
                    yield return lesson.Violation(cells[i], $"prediction {id} is asked for twice; the first time in cell {asked[id].Id}.");
                if (!id.StartsWith(lesson.Lesson.Number + ".", StringComparison.Ordinal))
                    yield return lesson.Violation(cells[i], $"prediction {id} belongs to another lesson; this one is {lesson.Lesson.Number}.");
                if (call.ArgumentList.Arguments is [_, var guess, ..] && guess.ToString() != "null")
                    yield return lesson.Violation(cells[i], $"prediction {id} is already answered: {guess}. A learner should find 'null' there.");

                string offered = i > 0 && cells[i - 1].Kind == CellKind.Markdown
                    ? string.Concat(Choice().Matches(cells[i - 1].Source).Select(match => match.Groups["letter"].Value))
                    : "";
                string named = Named(call) ?? "";
                choices[id] = named;
                if (offered != named)
                    yield return lesson.Violation(cells[i], $"prediction {id} {(named == "" ? "names no choices" : $"has the choices \"{named}\"")}, but the text before it offers {(offered == "" ? "none" : $"\"{offered}\": write choices: \"{offered}\"")}.");
            }
            foreach (InvocationExpressionSyntax call in CellSyntax.Calls(cells[i].Source, "Reveal"))
            {
                if (Id(call) is not { } id) continue;
                revealed.Add(id);
                if (!asked.ContainsKey(id))
                    yield return lesson.Violation(cells[i], $"prediction {id} is revealed here, and no cell before it asks for it.");
                if (choices.GetValueOrDefault(id) is { Length: > 0 } letters && MissingReasons(call, letters) is { Length: > 0 } missing)
                    yield return lesson.Violation(cells[i], $"prediction {id} is revealed without saying why {missing} is wrong: why: [(\"{missing[0]}\", \"…\"), …].");
            }
        }
        foreach (var (id, cell) in asked.Where(prediction => !revealed.Contains(prediction.Key)))
            yield return lesson.Violation(cell, $"prediction {id} is revealed nowhere.");
    }

    /// <summary>The letters of which nothing is said although they may be wrong; where the answer is calculated, one may be left out.</summary>
    private static string MissingReasons(InvocationExpressionSyntax call, string letters)
    {
        string said = string.Concat(call.DescendantNodes().OfType<TupleExpressionSyntax>()
            .Select(tuple => tuple.Arguments[0].Expression).OfType<LiteralExpressionSyntax>().Select(letter => letter.Token.ValueText));
        string answer = call.ArgumentList.Arguments.ElementAtOrDefault(1)?.Expression is LiteralExpressionSyntax literal ? literal.Token.ValueText : "";
        string missing = string.Concat(letters.Where(letter => !said.Contains(letter) && answer != letter.ToString()));
        return answer.Length == 0 && missing.Length == 1 ? "" : missing;
    }

    /// <summary>The id, which is the first argument.</summary>
    private static string? Id(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments is [{ Expression: LiteralExpressionSyntax id }, ..] ? id.Token.ValueText : null;

    private static string? Named(InvocationExpressionSyntax call) => call.ArgumentList.Arguments
        .Where(argument => argument.NameColon?.Name.Identifier.Text == "choices")
        .Select(argument => (argument.Expression as LiteralExpressionSyntax)?.Token.ValueText).FirstOrDefault();

    /// <summary>A list item that offers a letter: <c>- `"a"` …</c>.</summary>
    [GeneratedRegex("""^\s*[-*] `"(?<letter>[a-z])"`""", RegexOptions.Multiline)]
    private static partial Regex Choice();
}
