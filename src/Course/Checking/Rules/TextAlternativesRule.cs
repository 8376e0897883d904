using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A picture among the outputs says in words what it shows, and takes the form that every client keeps.</summary>
internal sealed class TextAlternativesRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.CodeCells)
            foreach (StoredOutput output in lesson.Outputs(cell))
            {
                if (output.Forms.Keys.FirstOrDefault(type => type.StartsWith("image/", StringComparison.Ordinal)) is { } type)
                    yield return lesson.Violation(cell, $"it shows {type}, which has no text alternative; show a Figure.");
                string html = output.Form(StoredOutput.Html) ?? "";
                if (html.Contains("<svg", StringComparison.OrdinalIgnoreCase))
                    yield return lesson.Violation(cell, "it shows a bare <svg>, which clients take out of a notebook that is not trusted; show a Figure.");
                if (HtmlText.Images(html).Any(image => string.IsNullOrWhiteSpace(HtmlText.Attribute(image, "alt"))))
                    yield return lesson.Violation(cell, "it shows a picture without a text alternative (alt).");
                if (PlotlyDrawing.IsIn(html) && !PlotlyDrawing.HasTitle(html))
                    yield return lesson.Violation(cell, "it draws with Plotly without saying what: end the cell with Titled(chart, \"what it shows\", x: …, y: …).");
                if (html.Length > 0 && string.IsNullOrWhiteSpace(output.Form(StoredOutput.Plain)))
                    yield return lesson.Violation(cell, "it shows text/html with no text/plain beside it.");
            }
    }
}
