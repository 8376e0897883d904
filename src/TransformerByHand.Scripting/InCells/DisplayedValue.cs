using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting.InCells;

/// <summary>Something shown, which can be replaced by something else.</summary>
public sealed class DisplayedValue
{
    internal DisplayedValue(string displayId, IReadOnlyList<string> mimeTypes)
    {
        DisplayId = displayId;
        MimeTypes = mimeTypes;
    }

    /// <summary>Names the display.</summary>
    public string DisplayId { get; }

    /// <summary>The forms it was shown in.</summary>
    public IReadOnlyList<string> MimeTypes { get; }

    /// <summary>Shows another value in its place.</summary>
    public void Update(object? updatedValue) => CellDisplay.Update(this, updatedValue);
}
