using System.Globalization;

namespace TransformerByHand.Display;

/// <summary>A colour in sRGB.</summary>
/// <param name="R">Red, 0 to 255.</param>
/// <param name="G">Green, 0 to 255.</param>
/// <param name="B">Blue, 0 to 255.</param>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    private static readonly Rgb Dark = new(0, 0, 0);
    private static readonly Rgb Light = new(0xff, 0xff, 0xff);

    /// <summary>The colour as CSS and SVG write it, such as <c>#0072b2</c>.</summary>
    public string Hex => string.Create(CultureInfo.InvariantCulture, $"#{R:x2}{G:x2}{B:x2}");

    /// <inheritdoc cref="Hex"/>
    /// <remarks>A record's own would write every property, and the ink of the ink without end.</remarks>
    public override string ToString() => Hex;

    /// <summary>Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it.</summary>
    public double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

    /// <summary>The colour of text that reads best on this colour: black or white, whichever has the greater contrast (at least 4.58).</summary>
    public Rgb Ink => Contrast(this, Dark) >= Contrast(this, Light) ? Dark : Light;

    /// <summary>Contrast ratio of two colours, 1 (the same) to 21 (black on white), as WCAG 2 defines it.</summary>
    public static double Contrast(Rgb a, Rgb b)
    {
        double brighter = Math.Max(a.Luminance, b.Luminance), darker = Math.Min(a.Luminance, b.Luminance);
        return (brighter + 0.05) / (darker + 0.05);
    }

    /// <summary>Reads a colour written as <c>#rrggbb</c>.</summary>
    /// <exception cref="FormatException"><paramref name="hex"/> is not <c>#</c> and six hexadecimal digits.</exception>
    public static Rgb Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        if (hex.Length != 7 || hex[0] != '#' || !int.TryParse(hex.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw new FormatException($"A colour is written as # and six hexadecimal digits, such as #0072b2, and not as '{hex}'.");
        return new((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    internal static Rgb Mix(Rgb from, Rgb to, double share) =>
        new(Mix(from.R, to.R, share), Mix(from.G, to.G, share), Mix(from.B, to.B, share));

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * share, MidpointRounding.AwayFromZero);

    private static double Linear(byte channel)
    {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
