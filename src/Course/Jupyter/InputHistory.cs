using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The cells that this kernel has run, for clients that let the user step back through them.</summary>
internal sealed class InputHistory
{
    /// <summary>Kernels remember nothing of earlier ones: there is one session, the present one.</summary>
    private const int Session = 1;

    private readonly List<Entry> entries = [];

    /// <summary>Remembers a cell that has run, and the text of its result.</summary>
    public void Add(int number, string input, string? output) => entries.Add(new Entry(number, input, output));

    /// <summary>The last cells, oldest first.</summary>
    public JsonArray Tail(int? count, bool withOutput) => Json(entries.TakeLast(count ?? entries.Count), withOutput);

    /// <summary>The cells with numbers from <paramref name="start"/> to before <paramref name="stop"/>.</summary>
    /// <param name="session">1 or 0 for the present session; there is nothing in any other.</param>
    /// <param name="start">The first number; negative ones count from the end.</param>
    /// <param name="stop">The first number not wanted; null for all that follow.</param>
    /// <param name="withOutput">True for the results too.</param>
    public JsonArray Range(int session, int? start, int? stop, bool withOutput)
    {
        if (session is not (0 or Session)) return [];
        int next = entries.Count == 0 ? 1 : entries[^1].Number + 1;
        int first = start is < 0 ? next + start.Value : start ?? 0;
        int end = stop is < 0 ? next + stop.Value : stop ?? int.MaxValue;
        return Json(entries.Where(entry => entry.Number >= first && entry.Number < end), withOutput);
    }

    /// <summary>The cells that match a pattern in which <c>*</c> and <c>?</c> stand for any text and any character.</summary>
    public JsonArray Search(string? pattern, int? count, bool unique, bool withOutput)
    {
        string expression = Regex.Escape(pattern ?? "*").Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal);
        IEnumerable<Entry> found = entries.Where(entry => Regex.IsMatch(entry.Input, $"^{expression}$", RegexOptions.Singleline));
        // Of equal inputs the latest is kept, as where they are found when stepping back.
        if (unique) found = found.Reverse().DistinctBy(entry => entry.Input).Reverse();
        return Json(count is { } most ? found.TakeLast(most) : found, withOutput);
    }

    private static JsonArray Json(IEnumerable<Entry> found, bool withOutput) =>
        new([.. found.Select(entry => (JsonNode)new JsonArray(
            Session, entry.Number, withOutput ? new JsonArray(entry.Input, entry.Output) : JsonValue.Create(entry.Input)))]);

    private sealed record Entry(int Number, string Input, string? Output);
}
