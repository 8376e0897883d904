using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking;

/// <summary>The one definition of 'the same outputs', for a fresh run and for another host's.</summary>
/// <remarks>
/// Compared are plain text, the text and numbers of HTML, the SVG of figures and the data of drawings; not execution counts,
/// styles, scripts, or the ids that a host invents. Numbers agree when they are printed with the same digits.
/// </remarks>
internal static partial class OutputComparison
{
    /// <summary>Says in what a cell's stored outputs and those of a run differ.</summary>
    /// <param name="stored">The cell as stored.</param>
    /// <param name="run">The same cell after a run.</param>
    /// <returns>A sentence without its full stop; null if they are the same.</returns>
    public static string? Difference(NotebookCell stored, NotebookCell run) => Difference(StoredOutput.Of(stored), StoredOutput.Of(run));

    /// <summary>Says in what two lists of outputs differ, the first taken as the stored one.</summary>
    public static string? Difference(IReadOnlyList<StoredOutput> before, IReadOnlyList<StoredOutput> now)
    {
        if (before.Count == 0 && now.Count > 0) return "it has no stored output, but shows something when it is run";
        if (before.Count != now.Count) return $"{before.Count} outputs are stored, and {now.Count} come when it is run";
        return before.Zip(now, Difference).FirstOrDefault(difference => difference is not null) is { } difference
            ? $"its stored output is stale: {difference}"
            : null;
    }

    private static string? Difference(StoredOutput stored, StoredOutput fresh)
    {
        if (stored.Kind != fresh.Kind) return $"a {stored.Kind} is stored where a {fresh.Kind} comes today";
        string[] types = [.. stored.Forms.Keys.Union(fresh.Forms.Keys).Order(StringComparer.Ordinal)];
        foreach (string type in types)
        {
            if (!fresh.Forms.ContainsKey(type)) return $"{type} is stored and does not come today";
            if (!stored.Forms.ContainsKey(type)) return $"{type} is not stored and comes today";
            if (FirstDifference(Words(type, stored.Forms[type]), Words(type, fresh.Forms[type])) is { } difference) return $"{type} {difference}";
        }
        return null;
    }

    private static string? FirstDifference(string[] stored, string[] fresh)
    {
        for (int i = 0; i < Math.Max(stored.Length, fresh.Length); i++)
            if (i >= stored.Length || i >= fresh.Length || stored[i] != fresh[i])
                return $"has {Around(stored, i)} where {Around(fresh, i)} comes today";
        return null;
    }

    /// <summary>A word with what stands before it, so that an author finds the place.</summary>
    private static string Around(string[] words, int i) => i >= words.Length
        ? "nothing more"
        : $"'{Short(string.Join(' ', words[Math.Max(0, i - 2)..(i + 1)]))}'";

    private static string Short(string text) => text.Length <= 60 ? text : "…" + text[^60..];

    private static string[] Words(string type, string text) =>
        Invented().Replace(type == StoredOutput.Html ? HtmlText.Visible(text) : text, "ID")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[0-9a-f]{32}|(?<=Submission#)[0-9]+")]
    private static partial Regex Invented();
}
