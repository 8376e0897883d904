using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using TransformerByHand.Course.Checking;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.WayIn;

/// <summary>README and CONTRIBUTING name only what is there.</summary>
public partial class DocumentTests
{
    private static readonly string Root = Repository.Find().Root;

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_link_leads_to_a_file(string document)
    {
        string[] targets = [.. Markdown.Parse(File.ReadAllText(Path.Combine(Root, document))).Descendants<LinkInline>()
            .Select(link => link.Url!).Where(url => !url.StartsWith("https://", StringComparison.Ordinal))];

        targets.Where(target => !File.Exists(Path.Combine(Root, target))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_path_of_the_repository_that_is_named_exists(string document)
    {
        string[] paths = [.. RepositoryPath().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups["path"].Value).Where(path => !path.Contains("NN", StringComparison.Ordinal))];

        paths.ShouldNotBeEmpty();
        paths.Where(path => !Path.Exists(Path.Combine(Root, path))).ShouldBeEmpty();
    }

    [Fact]
    public void The_readme_lists_every_lesson_with_the_time_that_the_lesson_states_and_its_laboratories()
    {
        string readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        string[] rows = [.. Repository.Find().Lessons().Select(lesson =>
        {
            string title = Notebook.Read(lesson.Path).Cells.First(cell => cell.Kind == CellKind.Markdown).Source;
            string labs = string.Join(", ", lesson.Family().Where(other => other.IsLab).Select(lab => $"[lab](notebooks/{lab.Label}.ipynb)"));
            return $"[{lesson.Number}](notebooks/{lesson.Name}.ipynb) … {Minutes().Match(title).Groups["minutes"].Value} … {labs}";
        })];

        ReadmeRow().Matches(readme).Select(row => $"{row.Groups["link"].Value} … {row.Groups["minutes"].Value} … {row.Groups["labs"].Value}").ShouldBe(rows);
    }

    [Fact]
    public void The_example_of_a_marked_number_is_one_that_check_accepts()
    {
        string contributing = File.ReadAllText(Path.Combine(Root, "CONTRIBUTING.md"));
        string example = Fence().Match(contributing).Groups["text"].Value;
        example.ShouldContain("<!--=");

        using var lesson = new Checking.MadeUpLesson()
            .Code("two-deviations", "table", plain: "vector           divided by N  divided by N − 1\n(0.2, 0.1, 0.3)  0.08165       0.1")
            .Markdown("prose", example);

        IReadOnlyList<Violation> violations = lesson.Check();
        violations.ShouldBeEmpty(string.Join('\n', violations));
    }

    [GeneratedRegex(@"\*\*Time:\*\* (?<minutes>\d+) minutes")]
    private static partial Regex Minutes();

    [GeneratedRegex(@"^\| (?<link>\[\d\d\]\([^)]*\)) \| .* \| (?<minutes>\d+) \| (?:(?<labs>\[lab\]\(.*\)) )?\|$", RegexOptions.Multiline)]
    private static partial Regex ReadmeRow();

    [GeneratedRegex("`(?<path>(?:src|tests|notebooks|images)/[A-Za-z0-9_./-]*)`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex("```markdown\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
