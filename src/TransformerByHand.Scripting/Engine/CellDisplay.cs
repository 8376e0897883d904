using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Turns displayed values into outputs of the running cell. Static, because cells call static functions.</summary>
/// <remarks>
/// <c>value.Display()</c> is the formatters' own and announces what it shows; <c>display(value)</c> is ours. Both give the
/// same <see cref="DisplayedValue"/>, which can be replaced by something else.
/// </remarks>
internal static class CellDisplay
{
    private static readonly ConditionalWeakTable<DisplayedValue, string> Ids = [];
    private static Action<CellOutput> emit = _ => { };
    private static int displays;

    /// <summary>Sends everything that is displayed to a sink. Done once in a process.</summary>
    public static void Connect(Action<CellOutput> sink)
    {
        emit = sink;
        Formatter.SubscribeToDisplayedValues(Show);
    }

    public static DisplayedValue Show(object? value, string[] mimeTypes)
    {
        var displayed = new DisplayedValue(value, ValueFormat.Format(value, mimeTypes));
        Show(displayed);
        return displayed;
    }

    /// <summary>Shows something in forms made by the host.</summary>
    public static void Show(IReadOnlyDictionary<string, string> data) => Emit(data);

    public static void ShowText(string text, string mimeType) =>
        Emit(new Dictionary<string, string> { [mimeType] = text });

    /// <summary>Shows a Mermaid diagram: as such where a client draws it, otherwise its text.</summary>
    public static void ShowDiagram(string mermaid) =>
        Emit(new Dictionary<string, string> { ["text/vnd.mermaid"] = mermaid, ["text/plain"] = mermaid });

    public static void Clear(bool wait) => emit(new ClearOutput(wait));

    /// <summary>Shows a value, or what takes its place.</summary>
    private static void Show(DisplayedValue displayed)
    {
        IReadOnlyDictionary<string, string> data = ValueFormat.ByMimeType(displayed.FormattedValues);
        if (displayed.IsUpdated && Ids.TryGetValue(displayed, out string? id)) emit(new DisplayOutput(data, id, IsUpdate: true));
        // What .Display() returns is not the object that it announces: its first update has to be shown anew.
        else Ids.AddOrUpdate(displayed, Emit(data));
    }

    private static string Emit(IReadOnlyDictionary<string, string> data)
    {
        // Counted, not random: the same notebook gives the same outputs.
        string id = string.Create(CultureInfo.InvariantCulture, $"display-{Interlocked.Increment(ref displays)}");
        emit(new DisplayOutput(data, id));
        return id;
    }
}
