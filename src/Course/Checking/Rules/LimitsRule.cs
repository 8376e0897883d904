using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A lesson of the main line takes an hour at most, and says how long. A laboratory may be as long as it likes.</summary>
internal sealed partial class LimitsRule : LessonRule
{
    public const int MostMinutes = 60, MostWords = 2000, MostLines = 250, MostLinesOfACell = 25, UsualLinesOfACell = 20, MostLongCells = 3, FewestExercises = 4, MostExercises = 6;

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        if (lesson.Lesson.IsLab || lesson.Lesson.Number.Length != 2) yield break;
        LessonSize size = LessonSize.Of(lesson.Notebook);
        string formula = $"{size.Words} words / 60 + {size.Lines} lines / 20 + 5 · {size.Exercises} exercises = {size.Minutes:0.0} minutes";
        if (size.Minutes > MostMinutes) yield return lesson.Violation(null, $"it takes longer than an hour: {formula}. Move evidence to the laboratory.");
        if (size.Words > MostWords) yield return lesson.Violation(null, $"it has {size.Words} words; at most {MostWords} are read in the time.");
        if (size.Lines > MostLines) yield return lesson.Violation(null, $"it shows {size.Lines} lines of code; at most {MostLines} are read in the time.");
        if (size.Exercises is < FewestExercises or > MostExercises) yield return lesson.Violation(null, $"it has {size.Exercises} exercises; a lesson has {FewestExercises} to {MostExercises}.");

        NotebookCell[] longCells = [.. lesson.CodeCells.Where(cell => LessonSize.LinesOf(cell) > UsualLinesOfACell)];
        foreach (NotebookCell cell in longCells.Where(cell => LessonSize.LinesOf(cell) > MostLinesOfACell))
            yield return lesson.Violation(cell, $"it has {LessonSize.LinesOf(cell)} lines; {MostLinesOfACell} are the most. Drawing, tables and sweeps are calls of documented functions.");
        if (longCells.Length > MostLongCells)
            yield return lesson.Violation(longCells[MostLongCells], $"it is one of {longCells.Length} cells with more than {UsualLinesOfACell} lines; at most {MostLongCells} may be so long.");

        Match stated = StatedMinutes().Match(lesson.MarkdownCells.FirstOrDefault()?.Source ?? "");
        if (!stated.Success)
            yield return lesson.Violation(lesson.MarkdownCells.FirstOrDefault(), $"it does not state its time: write '**Time:** {size.Stated} minutes' into the first cell.");
        else if (int.Parse(stated.Groups["minutes"].Value) != size.Stated)
            yield return lesson.Violation(lesson.MarkdownCells.First(), $"it states {stated.Groups["minutes"].Value} minutes and should state {size.Stated}: {formula}, rounded up to five.");
    }

    /// <summary>The time as every lesson states it.</summary>
    [GeneratedRegex(@"\*\*Time:\*\* (?<minutes>\d+) minutes")]
    public static partial Regex StatedMinutes();
}
