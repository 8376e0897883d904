using System.CommandLine;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Course.Commands;

/// <summary><c>data</c>: writes the corpora of <c>data/</c> anew, after a change to the grammar that makes them.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var command = new Command("data", "For authors: write the corpora in data/ and their checksums anew, after a change to the grammar that makes them.");
        command.SetAction(_ =>
        {
            string folder = Path.Combine(Repository.Find().Root, "data");
            Corpus.Write(folder);
            foreach (Corpus corpus in Corpus.All) Console.Out.WriteLine($"{corpus.FileName}: {corpus.Description}");
            return ExitCode.Success;
        });
        return command;
    }
}
