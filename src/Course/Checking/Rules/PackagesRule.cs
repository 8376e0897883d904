using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A package that not every machine can restore is named with its version, in a cell that says what it requires: one of the packages it loads.</summary>
internal sealed partial class PackagesRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        var referenced = new List<string>();
        foreach (NotebookCell cell in lesson.CodeCells)
        {
            string[] required = [.. cell.Tags.Where(tag => tag.StartsWith(TagsRule.RequiresTag, StringComparison.Ordinal)).Select(tag => tag[TagsRule.RequiresTag.Length..])];
            Match[] packages = Package().Matches(cell.Source + Imported(cell, lesson.Lesson.Folder)).ToArray();
            bool isNamed = packages.Any(package => required.Any(tag => Provides(package.Groups["name"].Value.Trim(), tag)));
            foreach (Match package in packages)
            {
                string name = package.Groups["name"].Value.Trim();
                referenced.Add(name);
                if (!Version().IsMatch(package.Groups["version"].Value))
                    yield return lesson.Violation(cell, $"""the package {name} needs its version pinned: #r "nuget: {name}, 1.2.3".""");
                if (!isNamed)
                    yield return lesson.Violation(cell, $"it loads the package {name}, which not every machine can restore; tag the cell {TagsRule.RequiresTag}{name}.");
            }
            foreach (string tag in required.Where(tag => !referenced.Any(name => Provides(name, tag))))
                yield return lesson.Violation(cell, $"""it is tagged {TagsRule.RequiresTag}{tag}, but neither it nor a cell before it loads that package with #r "nuget: {tag}, …".""");
        }
    }

    /// <summary>The text of the scripts that a cell imports.</summary>
    private static string Imported(NotebookCell cell, string folder) => string.Concat(
        from Match import in Import().Matches(cell.Source)
        let script = Path.Combine(folder, import.Groups["file"].Value)
        where File.Exists(script)
        select "\n" + File.ReadAllText(script));

    /// <summary>Whether a package is the one a tag names, or one of its family: TorchSharp-cpu brings TorchSharp.</summary>
    private static bool Provides(string package, string tag) =>
        package.Equals(tag, StringComparison.OrdinalIgnoreCase)
        || package.StartsWith(tag + "-", StringComparison.OrdinalIgnoreCase)
        || package.StartsWith(tag + ".", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^\s*#!import\s+(?<file>\S+\.csx)\s*$", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""^\s*#r\s+"nuget:(?<name>[^",]*)(?:,(?<version>[^"]*))?""", RegexOptions.Multiline)]
    private static partial Regex Package();

    [GeneratedRegex(@"^\s*[0-9]+\.[0-9]+\.[0-9]+(\.[0-9]+)?([-+][0-9A-Za-z.+-]+)?\s*$")]
    private static partial Regex Version();
}
