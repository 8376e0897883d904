using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>Every claim of the ledger waits, or is shown with its figures in the cell that the ledger names; no lesson shows another.</summary>
internal sealed class ClaimsRule : IRule
{
    private const string File = "claims.json";

    public IEnumerable<Violation> Check(CheckedCourse course) =>
        course.Ledger.SelectMany(entry => Settled(entry, course)).Concat(course.Lessons.SelectMany(lesson => Shown(lesson, course)));

    private static IEnumerable<Violation> Settled(LedgerEntry entry, CheckedCourse course)
    {
        if (entry.Verdict == ClaimVerdict.Waiting) yield break;
        CheckedLesson[] places = [.. course.Lessons.Where(lesson => Owns(lesson, entry))];
        if (places.Length == 0)
        {
            if (course.IsWhole) yield return new Violation(File, null, $"{entry.Id} has a verdict from {entry.Place}, which does not exist.");
            yield break;
        }
        // A lesson may have several laboratories; not all of them need be among those checked.
        CheckedLesson lesson = places.FirstOrDefault(place => place.CodeCells.Any(cell => cell.Id == entry.Cell)) ?? places[0];
        if (!lesson.CodeCells.Any(cell => cell.Id == entry.Cell) && !course.IsWhole && lesson.Lesson.Family().Count(Owner(entry)) > places.Length) yield break;
        NotebookCell? cell = lesson.CodeCells.FirstOrDefault(cell => cell.Id == entry.Cell);
        if (cell is null)
            yield return new Violation(File, null, $"{entry.Id} has its verdict from the cell {entry.Cell} of {lesson.File}, which is not there. Add it, or list the claim as waiting.");
        else if (!Ids(cell).Contains(entry.Id))
            yield return lesson.Violation(cell, $"the ledger has the verdict on {entry.Id} from this cell, which does not call Claim(\"{entry.Id}\", …).");
    }

    private static IEnumerable<Violation> Shown(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.CodeCells)
        {
            foreach (string id in Ids(cell))
            {
                if (course.Ledger.FirstOrDefault(entry => entry.Id == id) is not { } entry)
                    yield return lesson.Violation(cell, $"the ledger has no claim {id}.");
                else if (entry.Verdict == ClaimVerdict.Waiting)
                    yield return lesson.Violation(cell, $"it measures the claim {id}, which the ledger lists as waiting.");
                else if (!Owns(lesson, entry) || entry.Cell != cell.Id)
                    yield return lesson.Violation(cell, $"it measures the claim {id}, which the ledger has from {entry.Place}, cell {entry.Cell}.");
            }
            foreach (StoredOutput output in lesson.Outputs(cell))
                if (output.Form(StoredOutput.Plain)?.StartsWith("Not confirmed: Claim", StringComparison.Ordinal) == true)
                    yield return lesson.Violation(cell, $"what it measures is not what the ledger says: {output.Form(StoredOutput.Plain)!.ReplaceLineEndings(" / ")}");
        }
    }

    private static bool Owns(CheckedLesson lesson, LedgerEntry entry) => Owner(entry)(lesson.Lesson);

    private static Func<Lesson, bool> Owner(LedgerEntry entry) => lesson => lesson.Number == entry.Lesson && lesson.IsLab == entry.Lab;

    private static IEnumerable<string> Ids(NotebookCell cell) =>
        from call in CellSyntax.Calls(cell.Source, "Claim")
        let id = call.ArgumentList.Arguments.FirstOrDefault()?.Expression as LiteralExpressionSyntax
        where id.IsKind(SyntaxKind.StringLiteralExpression)
        select id.Token.ValueText;
}
