using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>The outputs stored in a notebook are those that its cells give today.</summary>
/// <remarks>
/// Compared are plain text, the text and numbers of HTML, and the SVG of figures; not execution counts, styles, or the ids
/// that a host invents. Numbers agree when they are printed with the same digits. Cells tagged <c>timing</c> are run and not
/// compared; cells that were not run keep what they have.
/// </remarks>
internal sealed partial class OutputsRule : LessonRule
{
    private const string Remedy = "`run --write` stores what it shows today.";

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.CodeCells)
        {
            if (lesson.FreshRun(cell) is not { Result: not null, Status: not CellRunStatus.Skipped } run || cell.Tags.Contains(TagsRule.TimingTag)) continue;
            IReadOnlyList<StoredOutput> stored = StoredOutput.Of(cell), fresh = StoredOutput.Of(run.Cell);
            if (stored.Count == 0 && fresh.Count > 0)
                yield return lesson.Violation(cell, $"it has no stored output, but shows something when it is run: {Remedy}");
            else if (stored.Count != fresh.Count)
                yield return lesson.Violation(cell, $"{stored.Count} outputs are stored, and {fresh.Count} come when it is run: {Remedy}");
            else if (stored.Zip(fresh, Difference).FirstOrDefault(difference => difference is not null) is { } difference)
                yield return lesson.Violation(cell, $"its stored output is stale: {difference}; {Remedy}");
        }
    }

    private static string? Difference(StoredOutput stored, StoredOutput fresh)
    {
        if (stored.Kind != fresh.Kind) return $"a {stored.Kind} is stored where a {fresh.Kind} comes today";
        string[] types = [.. stored.Forms.Keys.Union(fresh.Forms.Keys).Order(StringComparer.Ordinal)];
        foreach (string type in types)
        {
            if (!fresh.Forms.ContainsKey(type)) return $"{type} is stored and does not come today";
            if (!stored.Forms.ContainsKey(type)) return $"{type} is not stored and comes today";
            if (FirstDifference(Words(type, stored.Forms[type]), Words(type, fresh.Forms[type])) is { } difference) return $"{type} {difference}";
        }
        return null;
    }

    private static string? FirstDifference(string[] stored, string[] fresh)
    {
        for (int i = 0; i < Math.Max(stored.Length, fresh.Length); i++)
            if (i >= stored.Length || i >= fresh.Length || stored[i] != fresh[i])
                return $"has {Around(stored, i)} where {Around(fresh, i)} comes today";
        return null;
    }

    /// <summary>A word with what stands before it, so that an author finds the place.</summary>
    private static string Around(string[] words, int i) => i >= words.Length
        ? "nothing more"
        : $"'{Short(string.Join(' ', words[Math.Max(0, i - 2)..(i + 1)]))}'";

    private static string Short(string text) => text.Length <= 60 ? text : "…" + text[^60..];

    private static string[] Words(string type, string text) =>
        Invented().Replace(type == StoredOutput.Html ? HtmlText.Visible(text) : text, "ID")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[0-9a-f]{32}")]
    private static partial Regex Invented();
}
