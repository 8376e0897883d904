using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting.InCells;

/// <summary>The extension methods that every cell can call, named as .NET Interactive names them.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show it in; those its formatter prefers if none is given.</param>
    public static DisplayedValue Display<T>(this T value, params string[] mimeTypes) => CellDisplay.Show(value, mimeTypes);

    /// <summary>Shows text that already is of a MIME type.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => CellDisplay.ShowText(value, mimeType);
}
