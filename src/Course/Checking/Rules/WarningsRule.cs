using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A cell compiles without a remark: .NET Interactive prints each above the cell's output, where a learner takes it for a mistake.</summary>
internal sealed class WarningsRule : LessonRule
{
    /// <summary>That two assemblies name different builds of a third is not about the cell's text.</summary>
    private static readonly string[] AboutAssemblies = ["CS1701", "CS1702"];

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course) =>
        from run in lesson.Fresh?.CodeCells ?? []
        from warning in run.Result?.Warnings ?? []
        where !AboutAssemblies.Any(id => warning.Contains(id, StringComparison.Ordinal))
        select lesson.Violation(run.Cell, $"it compiles with a warning, which .NET Interactive prints: {warning}{Remedy(warning)}");

    private static string Remedy(string warning) =>
        warning.Contains("CS8632", StringComparison.Ordinal) ? " Leave the '?' out." :
        warning.Contains("CS9236", StringComparison.Ordinal) ? " Give the lambda's parameters their types." :
        "";
}
