using TransformerByHand.Course.Checking;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>A lesson of an hour passes; a longer one, or one that misstates its time, is named with its formula.</summary>
public class LimitsTests
{
    // With the made-up lesson's own: 9 words, 3 lines.
    private static MadeUpLesson Lesson(string name = "42-limits", int words = 586, int cells = 4, int lines = 9, int exercises = 4, string time = "**Time:** 35 minutes")
    {
        MadeUpLesson lesson = new(name);
        lesson.Json.Cell("title")["source"] = $"# Made up\n\n{time}";
        lesson.Markdown("prose", string.Join(' ', Enumerable.Repeat("word", words)) + " <!-- not counted at all -->");
        for (int i = 0; i < cells; i++) lesson.Code($"code-{i}", string.Join('\n', Enumerable.Repeat("x();\n", lines)));
        for (int i = 0; i < exercises; i++) lesson.Code($"ex-{i}", "throw new NotImplementedException();");
        return lesson;
    }

    private static IReadOnlyList<Violation> Found(MadeUpLesson lesson)
    {
        using (lesson) return [.. lesson.Check(limits: true).Where(violation => Words.Any(violation.Message.Contains))];
    }

    private static readonly string[] Words = ["hour", "read in the time", "a lesson has", "are the most", "may be so long", "state"];

    [Fact]
    public void The_minutes_are_those_of_words_lines_and_exercises_rounded_up_to_five() => Found(Lesson()).ShouldBeEmpty();

    [Theory]
    [InlineData("**Time:** 30 minutes", "states 30 minutes and should state 35: 595 words / 60")]
    [InlineData("**Time:** 40 minutes", "states 40 minutes and should state 35")]
    [InlineData("About an hour.", "does not state its time: write '**Time:** 35 minutes'")]
    public void A_time_that_is_misstated(string time, string message) =>
        Found(Lesson(time: time)).ShouldHaveSingleItem().Message.ShouldContain(message);

    [Fact]
    public void More_words_than_are_read() => Found(Lesson(words: 2100, time: "**Time:** 60 minutes")).ShouldContain(violation => violation.Message.Contains("words; at most 2000"));

    [Fact]
    public void More_lines_than_are_read() => Found(Lesson(cells: 13, lines: 20)).ShouldContain(violation => violation.Message.Contains("lines of code; at most 250"));

    [Fact]
    public void Longer_than_an_hour() => Found(Lesson(words: 1900, cells: 10, lines: 15, exercises: 6)).ShouldContain(violation => violation.Message.Contains("longer than an hour"));

    [Theory, InlineData(3), InlineData(7)]
    public void Too_few_or_too_many_exercises(int exercises) =>
        Found(Lesson(exercises: exercises)).ShouldContain(violation => violation.Message.Contains($"it has {exercises} exercises; a lesson has 4 to 6"));

    [Fact]
    public void A_cell_that_is_too_long_and_one_too_many_that_is_nearly() =>
        Found(Lesson(cells: 4, lines: 26)).Select(violation => (violation.Cell, Long: violation.Message.Contains("are the most"))).ShouldBe(
            [("code-0", true), ("code-1", true), ("code-2", true), ("code-3", true), ("code-3", false), (violationOfTime, false)], ignoreOrder: true);

    private const string violationOfTime = "title";

    [Fact]
    public void A_laboratory_has_no_limits() => Found(Lesson("labs/42-limits", words: 9000, cells: 20, lines: 40, exercises: 1, time: "As long as you like.")).ShouldBeEmpty();

    [Fact]
    public void Nor_has_a_notebook_of_the_reader_s_own() => Found(Lesson("mine", words: 9000, exercises: 1, time: "")).ShouldBeEmpty();
}
