using System.Security.Cryptography;
using System.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Tests.Text;

public class CorpusTests
{
    public static TheoryData<string> Names => [.. Corpus.All.Select(corpus => corpus.FileName)];

    [Theory, MemberData(nameof(Names))]
    public void The_file_is_what_the_generator_makes_and_has_its_checksum(string fileName)
    {
        var corpus = Corpus.All.Single(corpus => corpus.FileName == fileName);
        string text = corpus.Generate();
        File.ReadAllText(Path.Combine(DataFolder(), fileName)).ShouldBe(text);
        string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        File.ReadAllLines(Path.Combine(DataFolder(), "CHECKSUMS")).ShouldContain($"{sum}  {fileName}");
    }

    [Fact]
    public void Writing_the_corpora_again_keeps_the_checksums_of_other_files()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "CHECKSUMS"), "0123  model.safetensors\n4567  tales.txt\n");
            Corpus.Write(folder);
            string[] lines = File.ReadAllLines(Path.Combine(folder, "CHECKSUMS"));
            lines.ShouldBe([.. File.ReadAllLines(Path.Combine(DataFolder(), "CHECKSUMS")).Take(Corpus.All.Count), "0123  model.safetensors"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("repeats"), InlineData("repeats-one-layer"), InlineData("it-1"), InlineData("it-5"), InlineData("it-masked"), InlineData("long-glimpse")]
    public void A_trained_model_has_the_checksum_that_stands_beside_it(string name)
    {
        string sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(DataFolder(), $"{name}.safetensors"))));
        File.ReadAllLines(Path.Combine(DataFolder(), "CHECKSUMS")).ShouldContain($"{sum}  {name}.safetensors");
    }

    [Fact]
    public void The_tales_are_about_300_KB_of_plain_text()
    {
        string text = Corpus.Tales.Generate();
        text.Length.ShouldBeInRange(290_000, 310_000);
        text.ShouldAllBe(c => c == '\n' || (c >= ' ' && c <= '~'));
    }

    [Fact]
    public void Stories_come_in_pairs_that_differ_in_one_word_and_in_the_answer()
    {
        var stories = StoryGenerator.Generate(5, 600);
        foreach (var kind in Enum.GetValues<StoryKind>())
        {
            var beginnings = stories.Where(story => story.Kind == kind).Select(story => story.Beginning).ToHashSet();
            beginnings.Count.ShouldBeGreaterThan(20);
            // The answer is a function of the beginning: nothing is asked that cannot be known.
            stories.Where(story => story.Kind == kind).GroupBy(story => story.Beginning)
                .ShouldAllBe(group => group.Select(story => story.Answer).Distinct().Count() == 1);
        }
        var tired = stories.First(story => story.Kind == StoryKind.Coreference && story.Beginning.Contains("cross", StringComparison.Ordinal));
        tired.Beginning.ShouldContain($"the {tired.Answer}", Case.Sensitive);
    }

    [Fact]
    public void Stories_and_sequences_survive_their_files()
    {
        var stories = StoryGenerator.Generate(6, 50);
        StoryGenerator.FromFile(StoryGenerator.ToFile(stories)).ShouldBe(stories);
        var sequences = SequenceGenerator.Generate(6, 50);
        SequenceGenerator.FromFile(SequenceGenerator.ToFile(sequences)).ShouldBe(sequences);
        Should.Throw<FormatException>(() => StoryGenerator.FromFile("agreement\tno more")).Message.ShouldContain("Line 1");
    }

    [Theory]
    [InlineData("copy", "cab", "cab")]
    [InlineData("reverse", "cab", "bac")]
    [InlineData("sort", "cab", "abc")]
    public void The_results_of_sequences_are_right(string task, string letters, string result) =>
        SequenceGenerator.Result(task, letters).ShouldBe(result);

    private static string DataFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "data");
    }
}
