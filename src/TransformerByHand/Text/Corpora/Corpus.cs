using System.Security.Cryptography;
using System.Text;

namespace TransformerByHand.Text.Corpora;

/// <summary>A text that this project makes for itself, from a small grammar and a seed.</summary>
/// <remarks>
/// The files in <c>data/</c> are what <see cref="Write"/> writes. Their SHA-256 sums stand beside them, so that a changed
/// file, or a changed generator, is noticed: <c>sha256sum --check CHECKSUMS</c> in that folder.
/// </remarks>
public sealed class Corpus
{
    private readonly Func<string> generate;

    private Corpus(string fileName, string description, Func<string> generate)
    {
        (FileName, Description, this.generate) = (fileName, description, generate);
    }

    /// <summary>About 300 KB of short tales, for the character model.</summary>
    public static Corpus Tales { get; } = new("tales.txt", "short tales, one paragraph each", () => TaleGenerator.Generate(seed: 1, length: 300_000));

    /// <summary>Sentences about agreement, reference and ambiguous words, each with a place at which the right word is known.</summary>
    public static Corpus Stories { get; } = new("stories.tsv", "kind, beginning, right word and end, separated by tabs",
        () => StoryGenerator.ToFile(StoryGenerator.Generate(seed: 2, count: 3000)));

    /// <summary>Rows of letters to copy, reverse or sort.</summary>
    public static Corpus Sequences { get; } = new("sequences.tsv", "task, letters and result, separated by tabs",
        () => SequenceGenerator.ToFile(SequenceGenerator.Generate(seed: 3, count: 4000)));

    /// <summary>Every corpus.</summary>
    public static IReadOnlyList<Corpus> All { get; } = [Tales, Stories, Sequences];

    /// <summary>The name of its file in <c>data/</c>.</summary>
    public string FileName { get; }

    /// <summary>What its lines hold.</summary>
    public string Description { get; }

    /// <summary>Makes the text again; it is the same on every machine.</summary>
    public string Generate() => generate();

    /// <summary>Writes all corpora and their checksums into a folder. The checksums of other files there, such as trained models', are kept.</summary>
    /// <param name="folder">The folder, which is made if it is not there.</param>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "CHECKSUMS");
        string[] others = File.Exists(path) ? [.. File.ReadAllLines(path).Where(line => !All.Any(corpus => line.EndsWith($"  {corpus.FileName}", StringComparison.Ordinal)))] : [];
        var sums = new StringBuilder();
        foreach (var corpus in All)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(corpus.Generate());
            File.WriteAllBytes(Path.Combine(folder, corpus.FileName), bytes);
            sums.Append($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {corpus.FileName}\n");
        }
        foreach (string line in others) sums.Append(line).Append('\n');
        File.WriteAllText(path, sums.ToString());
    }

    /// <summary>A random element of a list.</summary>
    internal static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
