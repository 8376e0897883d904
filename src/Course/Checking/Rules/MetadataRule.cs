using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A lesson carries the metadata by which every host takes it for C#, and stable ids.</summary>
internal sealed partial class MetadataRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        JsonObject json = lesson.Json;
        if ((json["nbformat"]?.ToString(), json["nbformat_minor"]?.ToString()) is not ("4", "5"))
            yield return lesson.Violation(null, $"its format is {json["nbformat"]}.{json["nbformat_minor"]}; it should be nbformat 4.5, which has cell ids.");
        foreach (string problem in Missing(json["metadata"], LessonForm.Notebook))
            yield return lesson.Violation(null, $"its {problem}");

        var ids = new HashSet<string>();
        int number = 0;
        foreach (JsonObject cell in json["cells"]!.AsArray().OfType<JsonObject>())
        {
            number++;
            string? id = cell["id"]?.ToString();
            if (id is null)
                yield return lesson.Violation(null, $"cell {number} has no id; give it a short name that will not change, such as \"by-hand\".");
            else if (!Id().IsMatch(id))
                yield return new Violation(lesson.File, id, "its id should be 1 to 64 letters, digits, hyphens or underscores.");
            else if (!ids.Add(id))
                yield return new Violation(lesson.File, id, "another cell has the same id.");

            if (cell["cell_type"]?.ToString() != "code") continue;
            foreach (string problem in Missing(cell["metadata"], LessonForm.Cell))
                yield return new Violation(lesson.File, id ?? number.ToString(), $"its {problem}");
        }
    }

    private static IEnumerable<string> Missing(JsonNode? metadata, JsonObject expected) =>
        from member in expected
        let actual = metadata?[member.Key]
        where !LessonForm.Accepts(member.Key, actual, member.Value!)
        select $"metadata \"{member.Key}\" {(actual is null ? "is missing" : $"is {actual.ToJsonString()}")}; it should be {member.Value!.ToJsonString()}.";

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex Id();
}
