using TransformerByHand.Course.Checking;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>The whole way: a notebook on disk is run afresh and held against what it stores.</summary>
public class CheckAsyncTests
{
    [Fact]
    public async Task A_lesson_is_run_and_compared_with_what_it_stores()
    {
        using var lesson = new MadeUpLesson("made-up");
        lesson.Json["cells"]!.AsArray().Clear();
        lesson.Code("load", "#!import lesson.csx")
            .Code("sound", "Console.WriteLine(6 * seven)", plain: "42\n")
            .Code("stale", "$\"{1.5 * seven}\"", plain: "10.4")
            .Code("fails", "seven.Nothing")
            .Code("warns", "int Started() { int left; return 1; }")
            .Code("annotates", "string? bare = null;")
            .Code("as-it-says", "throw new Exception(\"meant\");", tags: "raises-exception")
            .Markdown("prose", "Half as much again is 10.4<!--= stale -->.");
        lesson.Json.Cell("sound")["outputs"]![0] = new System.Text.Json.Nodes.JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = "42\n" };
        File.WriteAllText(lesson.Path, lesson.Json.ToJsonString());
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(lesson.Path)!, "lesson.csx"), "int seven = 7;");

        IReadOnlyList<Violation> violations = await LessonChecker.CheckAsync([Lesson.At(lesson.Path)], isWhole: false);

        violations.Where(violation => violation.Cell is "load" or "sound").ShouldBeEmpty();
        violations.ShouldContain(violation => violation.Cell == "stale" && violation.Message.Contains("'10.4' where '10.5' comes today"));
        violations.ShouldContain(violation => violation.Cell == "fails" && violation.Message.Contains("it fails"));
        violations.ShouldNotContain(violation => violation.Cell == "as-it-says" && violation.Message.Contains("it fails"));
        violations.ShouldContain(violation => violation.Cell == "warns" && violation.Message.Contains("line 1: CS0168") && violation.Message.Contains("'left'"));
        violations.ShouldContain(violation => violation.Cell == "annotates" && violation.Message.Contains("CS8632") && violation.Message.Contains("Leave the '?' out"));
        violations.Count(violation => violation.Message.Contains("warning")).ShouldBe(2);
        violations.ShouldContain(violation => violation.Cell == "prose" && violation.Message.Contains("the prose says 10.4, but the cell stale shows 10.5"));
    }
}
