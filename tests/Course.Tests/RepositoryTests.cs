namespace TransformerByHand.Course.Tests;

/// <summary>What is named on the command line, and which notebooks that means.</summary>
public sealed class RepositoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public RepositoryTests()
    {
        foreach (string path in new[] { "02-b.ipynb", "01-a.ipynb", "labs/01-a.ipynb", "labs/01-more.ipynb", "labs/02-b.ipynb", "labs/lesson.csx" })
        {
            string full = Path.Combine(_folder.FullName, "notebooks", path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, "{}");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Chosen(bool labs, params string[] names) => [.. new Repository(_folder.FullName).Select(names, labs).Select(lesson => lesson.Label)];

    [Fact]
    public void Without_a_name_the_main_line_is_meant() => Chosen(labs: false).ShouldBe(["01-a", "02-b"]);

    [Fact]
    public void With_the_laboratories_they_come_after_the_lessons() =>
        Chosen(labs: true).ShouldBe(["01-a", "02-b", "labs/01-a", "labs/01-more", "labs/02-b"]);

    [Theory]
    [InlineData("1", new[] { "01-a" })]
    [InlineData("02-b", new[] { "02-b" })]
    [InlineData("labs/01", new[] { "labs/01-a", "labs/01-more" })]
    [InlineData("labs/1", new[] { "labs/01-a", "labs/01-more" })]
    [InlineData("labs\\02", new[] { "labs/02-b" })]
    [InlineData("labs/01-more", new[] { "labs/01-more" })]
    [InlineData("labs", new[] { "labs/01-a", "labs/01-more", "labs/02-b" })]
    public void A_number_means_the_lesson_and_labs_before_it_its_laboratories(string name, string[] meant) => Chosen(labs: false, name).ShouldBe(meant);

    [Fact]
    public void What_is_named_twice_is_meant_once() => Chosen(labs: false, "labs/01", "labs/01-a").ShouldBe(["labs/01-a", "labs/01-more"]);

    [Theory, InlineData("03"), InlineData("labs/03"), InlineData("labs/01/a")]
    public void What_is_not_there_is_refused_with_what_there_is(string name) =>
        Should.Throw<CourseException>(() => Chosen(labs: false, name)).Message.ShouldContain("Lessons here: 01, 02. Laboratories: labs/01, labs/02.");

    [Fact]
    public void A_lesson_and_its_laboratories_are_a_family()
    {
        Repository repository = new(_folder.FullName);
        string[] family = ["01-a", "labs/01-a", "labs/01-more"];

        repository.Resolve("01")[0].Family().Select(lesson => lesson.Label).ShouldBe(family);
        repository.Resolve("labs/01")[0].Family().Select(lesson => lesson.Label).ShouldBe(family);
    }

    [Fact]
    public void Laboratories_are_set_up_as_lessons_are()
    {
        string notebooks = Repository.Find().Notebooks;
        string lesson = File.ReadAllText(Path.Combine(notebooks, "lesson.csx"));
        string lab = File.ReadAllText(Path.Combine(notebooks, "labs", "lesson.csx"));

        lab.ShouldBe(lesson.Replace("\"../", "\"../../", StringComparison.Ordinal).Replace("every lesson imports", "every laboratory imports", StringComparison.Ordinal));
    }
}
