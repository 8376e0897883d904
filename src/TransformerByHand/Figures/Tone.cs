using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>The tint of a box in a <see cref="FlowChart"/>; boxes of one kind get one tint.</summary>
public enum Tone
{
    /// <summary>White.</summary>
    Plain,

    /// <summary>Light grey.</summary>
    Grey,

    /// <summary>Light blue.</summary>
    Blue,

    /// <summary>Light orange.</summary>
    Orange,

    /// <summary>Light green.</summary>
    Green,

    /// <summary>Light pink.</summary>
    Pink,
}

/// <summary>The colours of the tones.</summary>
internal static class Tones
{
    public static (string Fill, string Edge) Colours(this Tone tone) => tone switch
    {
        Tone.Grey => ("#eef0f3", "#8c959f"),
        Tone.Blue => ("#ddeaf7", "#3a78b0"),
        Tone.Orange => ("#fdebd7", "#c07020"),
        Tone.Green => ("#dcf1e7", "#2f8a68"),
        Tone.Pink => ("#f7e3ed", "#a8577f"),
        _ => ("#ffffff", "#6e7781"),
    };
}
