using System.Text.RegularExpressions;
using TransformerByHand.Course.Checking;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary>What a cell means is what the genuine kernel makes of it: a corpus of small cells, run in both hosts.</summary>
[Collection(GenuineCollection.Name)]
public sealed partial class CorpusTests(GenuineInstallation genuine)
{
    private static readonly string Sources = Path.Combine(CourseBuild.Root, "tests", "Course.ClientTests", "Genuine");

    [Fact]
    public async Task Each_cell_shows_the_same_in_both_hosts_but_for_the_differences_that_have_a_reason()
    {
        (string Name, string Source)[] corpus = [.. Cells(await File.ReadAllTextAsync(Path.Combine(Sources, "corpus.txt")))];
        corpus.Length.ShouldBeGreaterThanOrEqualTo(200);
        corpus.Select(cell => cell.Name).ShouldBeUnique();
        string folder = Directory.CreateTempSubdirectory("corpus-").FullName;
        string notebook = Path.Combine(folder, "corpus.ipynb");
        await File.WriteAllTextAsync(notebook, MadeUpNotebook.Of(corpus.Select(cell => cell.Source)));

        // Many of its cells fail on purpose, so the run itself does not succeed.
        await Tool.RunAsync("dotnet", [CourseBuild.Program, "run", notebook, "--out", Path.Combine(folder, "ours")], genuine.Environment, folder);
        Notebook ours = Notebook.Read(Path.Combine(folder, "ours", "corpus.ipynb"));
        Notebook theirs = Notebook.Read(await genuine.ExecuteAsync(notebook, failing: true));

        var differing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (((string name, _), (NotebookCell our, NotebookCell their)) in corpus.Zip(ours.Cells.Zip(theirs.Cells)))
        {
            if (OutputComparison.Difference(HostOutputs.Of(our), HostOutputs.Of(their)) is { } difference) differing[name] = difference;
        }

        string[] listed = [.. TableRow().Matches(await File.ReadAllTextAsync(Path.Combine(Sources, "differences.md"))).Select(row => row.Groups["cell"].Value)];
        differing.Where(pair => !listed.Contains(pair.Key)).Select(pair => $"{pair.Key}: {pair.Value}").ShouldBeEmpty("these differ and have no reason in differences.md");
        listed.Except(differing.Keys).ShouldBeEmpty("these are the same in both hosts and need no reason");
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<(string Name, string Source)> Cells(string corpus)
    {
        string[] pieces = Heading().Split(corpus);
        for (int i = 1; i + 1 < pieces.Length; i += 2) yield return (pieces[i], pieces[i + 1].TrimEnd('\n'));
    }

    [GeneratedRegex(@"^=== (.+)\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| (?<cell>(?!cell )[^|-][^|]*?) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
