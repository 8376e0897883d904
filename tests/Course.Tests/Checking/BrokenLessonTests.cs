using System.Text.Json.Nodes;
using TransformerByHand.Course.Checking;
using TransformerByHand.Course.Running;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>A copy of lesson 01, with outputs as a fresh run makes them, broken in one place after another.</summary>
public class BrokenLessonTests(BrokenLessonTests.Copy copy) : IClassFixture<BrokenLessonTests.Copy>
{
    /// <summary>A copy of the course's notebooks in a folder of its own, run once.</summary>
    public sealed class Copy : IAsyncLifetime
    {
        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("broken-lesson-");
        private LessonRun? _fresh;
        private string _sound = "";

        public async Task InitializeAsync()
        {
            Repository course = Repository.Find();
            string notebooks = _root.CreateSubdirectory("notebooks").FullName;
            foreach (string file in Directory.EnumerateFiles(course.Notebooks)) File.Copy(file, Path.Combine(notebooks, Path.GetFileName(file)));
            string images = Path.Combine(course.Root, "images");
            if (Directory.Exists(images))
            {
                string copies = _root.CreateSubdirectory("images").FullName;
                foreach (string file in Directory.EnumerateFiles(images)) File.Copy(file, Path.Combine(copies, Path.GetFileName(file)));
            }
            // The copy uses the library that has been built, which lies elsewhere.
            string script = Path.Combine(notebooks, "lesson.csx");
            File.WriteAllText(script, File.ReadAllText(script).Replace("\"../artifacts/", $"\"{course.Root.Replace('\\', '/')}/artifacts/", StringComparison.Ordinal));

            Lesson lesson = Lesson.At(Directory.EnumerateFiles(notebooks, "01-*.ipynb").Single());
            _fresh = await new LessonRunner(new LessonRunOptions()).RunAsync(lesson, progress: null, CancellationToken.None);
            _sound = _fresh.Notebook.ToJson();
        }

        /// <summary>What is found after the change and was not before.</summary>
        internal IReadOnlyList<Violation> FoundAfter(Action<JsonObject> tamper) => [.. Check(tamper).Except(Check(_ => { }))];

        internal IReadOnlyList<Violation> Check(Action<JsonObject> tamper)
        {
            Lesson lesson = _fresh!.Lesson;
            var json = JsonNode.Parse(_sound)!.AsObject();
            tamper(json);
            File.WriteAllText(lesson.Path, json.ToJsonString());
            CheckedLesson read = LessonChecker.Read(lesson, [])! with { Fresh = _fresh };
            return LessonChecker.Inspect(new CheckedCourse([read], Exercises.Claims.All, Exercises.ExerciseCatalog.All, IsWhole: false));
        }

        public Task DisposeAsync()
        {
            _root.Delete(recursive: true);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void The_outputs_that_a_run_stores_are_not_stale() =>
        copy.Check(_ => { }).Where(violation => violation.Message.Contains("stale") || violation.Message.Contains("stored")).ShouldBeEmpty();

    [Fact]
    public void A_deleted_output() => Names("claim-n3", "has no stored output", json => json.Cell("claim-n3")["outputs"] = new JsonArray());

    [Fact]
    public void A_changed_number_in_a_table() =>
        Names("claim-n3", "is stale", json => json.Cell("claim-n3").ReplaceOutput("text/html", "0.08165", "0.08166"));

    [Fact]
    public void A_quoted_number_that_is_not_what_the_cell_shows() =>
        Names("n-or-n-minus-1", "the prose says 0.0917, but the cell claim-n3 shows 0.08165",
            json => json.Cell("n-or-n-minus-1")["source"] = "It is 0.0917<!--= claim-n3 | σ, divided by N -->.");

    [Fact]
    public void A_renamed_exercise() =>
        Names("ex-variance", "'double Spread(double[] x)', but exercise 01.1 is declared as 'double Variance(double[] x)'",
            json => json.Cell("ex-variance").Replace("Variance(double[] x)", "Spread(double[] x)"));

    [Fact]
    public void An_exercise_taken_out() =>
        Names(null, "exercise 01.1, ", json => json["cells"]!.AsArray().Remove(json.Cell("ex-variance")));

    [Fact]
    public void A_forbidden_construct() =>
        Names("by-hand", "Console.ReadLine", json => json.Cell("by-hand")["source"] = json.Cell("by-hand").Source() + "\nConsole.ReadLine();");

    [Fact]
    public void A_missing_picture() =>
        Names("why", "images/none.svg leads nowhere", json => json.Cell("why")["source"] = json.Cell("why").Source() + "\n![none](../images/none.svg)");

    [Fact]
    public void A_picture_whose_words_are_gone() => Names("epsilon-figure", "is stale", json =>
        json.Cell("epsilon-figure").ReplaceOutput("text/html", " alt=", " data-was="));

    [Fact]
    public void A_cell_without_an_id() => Names(null, "has no id", json => json.Cell("by-hand").Remove("id"));

    private void Names(string? cell, string message, Action<JsonObject> tamper)
    {
        IReadOnlyList<Violation> found = copy.FoundAfter(tamper);

        found.ShouldContain(violation => violation.File.StartsWith("01-") && violation.Cell == cell && violation.Message.Contains(message), string.Join('\n', found));
    }
}
