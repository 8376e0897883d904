using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A number quoted in prose is the one that a cell printed.</summary>
/// <remarks>
/// The number is followed by <c>&lt;!--= CELL | LABEL | K --&gt;</c>: it equals, rounded to its own digits, the K-th number
/// (the first if K is left out) after LABEL in that cell's plain text. LABEL too may be left out where the cell prints
/// one number only. In a Markdown table the bars are written <c>\|</c>.
/// </remarks>
internal sealed partial class MarkedNumbersRule : LessonRule
{
    /// <summary>A lesson that quotes fewer has probably forgotten to mark some.</summary>
    private const int Fewest = 10;

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        int marked = 0;
        foreach (NotebookCell cell in lesson.MarkdownCells)
            foreach (Match mark in Mark().Matches(cell.Source))
            {
                marked++;
                if (Problem(cell.Source[..mark.Index], mark.Groups["source"].Value, lesson) is { } problem)
                    yield return lesson.Violation(cell, problem);
            }
        if (marked < Fewest && lesson.Lesson.Number is { Length: 2 } number && number != "00")
            yield return lesson.Violation(null, $"{marked} numbers of its prose are marked with the cell they come from; a lesson quotes at least {Fewest}.");
    }

    private static string? Problem(string before, string mark, CheckedLesson lesson)
    {
        string[] parts = [.. mark.Replace(@"\|", "|", StringComparison.Ordinal).Split('|').Select(part => part.Trim())];
        string shown = $"the mark '{mark.Trim()}'";
        if (parts.Length > 3) return $"{shown} has too many parts; it is CELL | LABEL | K.";
        if (NumberInText.AtEndOf(before) is not { } quoted) return $"{shown} does not stand directly after a number.";

        string id = parts[0], label = parts.ElementAtOrDefault(1) ?? "";
        int k = 1;
        if (parts.Length == 3 && (!int.TryParse(parts[2], out k) || k < 1)) return $"{shown} should end in a count from 1, but ends in '{parts[2]}'.";
        if (lesson.CodeCells.FirstOrDefault(cell => cell.Id == id) is not { } source) return $"{shown} names a cell that is not there: '{id}'.";
        if (source.Tags.Contains(TagsRule.TimingTag)) return $"{shown} quotes the cell {id}, whose measured times differ from run to run. Speak of ratios.";

        string text = Spaces().Replace(string.Join('\n', lesson.Outputs(source).Select(output => output.Form(StoredOutput.Plain))), " ");
        if (text.Length == 0) return $"{shown} quotes the cell {id}, which has no output.";
        int start = 0;
        if (label.Length > 0)
        {
            start = End(text, Spaces().Replace(label, " "));
            if (start < 0) return $"{shown}: the output of {id} does not contain '{label}'.";
        }
        NumberInText[] numbers = [.. NumberInText.In(text[start..])];
        if (label.Length == 0 && numbers.Length != 1) return $"{shown} needs a label: the output of {id} holds {numbers.Length} numbers.";
        if (numbers.Length < k) return $"{shown}: after '{label}' the output of {id} has {numbers.Length} numbers, not {k}.";
        NumberInText found = numbers[k - 1];
        return quoted.Quotes(found) ? null : FormattableString.Invariant($"the prose says {quoted.Value}, but the cell {id} shows {found.Value} ({mark.Trim()}).");
    }

    /// <summary>Where a label ends, taken as whole words; −1 if it is not there.</summary>
    private static int End(string text, string label)
    {
        for (int at = text.IndexOf(label, StringComparison.Ordinal); at >= 0; at = text.IndexOf(label, at + 1, StringComparison.Ordinal))
        {
            int end = at + label.Length;
            bool startsWord = at == 0 || !char.IsLetterOrDigit(label[0]) || !char.IsLetterOrDigit(text[at - 1]);
            bool endsWord = end == text.Length || !char.IsLetterOrDigit(label[^1]) || !char.IsLetterOrDigit(text[end]);
            if (startsWord && endsWord) return end;
        }
        return -1;
    }

    [GeneratedRegex("<!--=(?<source>.*?)-->", RegexOptions.Singleline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
