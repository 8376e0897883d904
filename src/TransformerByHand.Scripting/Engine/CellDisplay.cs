using System.Globalization;
using TransformerByHand.Scripting.InCells;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Turns displayed values into outputs of the running cell. Static, because cells call static functions.</summary>
internal static class CellDisplay
{
    private static Action<CellOutput> emit = _ => { };
    private static int displays;

    public static void Connect(Action<CellOutput> sink) => emit = sink;

    public static DisplayedValue Show(object? value, IReadOnlyList<string> mimeTypes)
    {
        IReadOnlyDictionary<string, string> data = ValueFormat.Format(value, mimeTypes);
        return Emit(data, mimeTypes);
    }

    public static DisplayedValue ShowText(string text, string mimeType) =>
        Emit(new Dictionary<string, string> { [mimeType] = text }, [mimeType]);

    /// <summary>Shows a Mermaid diagram: as such where a client draws it, otherwise its text.</summary>
    public static void ShowDiagram(string mermaid) =>
        Emit(new Dictionary<string, string> { ["text/vnd.mermaid"] = mermaid, ["text/plain"] = mermaid }, []);

    public static void Clear(bool wait) => emit(new ClearOutput(wait));

    public static void Update(DisplayedValue displayed, object? value) =>
        emit(new DisplayOutput(ValueFormat.Format(value, displayed.MimeTypes), displayed.DisplayId, IsUpdate: true));

    private static DisplayedValue Emit(IReadOnlyDictionary<string, string> data, IReadOnlyList<string> mimeTypes)
    {
        // Counted, not random: the same notebook gives the same outputs.
        string id = string.Create(CultureInfo.InvariantCulture, $"display-{Interlocked.Increment(ref displays)}");
        emit(new DisplayOutput(data, id));
        return new DisplayedValue(id, mimeTypes);
    }
}
