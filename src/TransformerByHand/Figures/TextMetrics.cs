using System.Globalization;
using System.Text;

namespace TransformerByHand.Figures;

/// <summary>Estimates how wide a text is drawn, the same on every machine.</summary>
/// <remarks>
/// The widths are those of a wide sans-serif (DejaVu Sans), so that a text drawn in a narrower font of the reader's machine
/// never grows over its neighbour.
/// </remarks>
internal static class TextMetrics
{
    /// <summary>Advance widths of the ASCII characters from the space on, in hundredths of the font size.</summary>
    private static readonly byte[] Ascii =
    [
        32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, // space to /
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, // 0 to ?
        100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, // @ to O
        60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, // P to _
        50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, // ` to o
        63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84, // p to ~
    ];

    /// <summary>Width of a text in pixels; an underscore after a single letter begins a subscript (<c>W_Q</c>).</summary>
    public static double Width(string text, double size, bool bold = false) =>
        MathText.Split(text).Sum(run => RunWidth(run.Text) * (run.IsSubscript ? MathText.SubscriptSize : 1)) * size * (bold ? 1.13 : 1);

    private static double RunWidth(string text) => text.EnumerateRunes().Sum(RuneWidth);

    private static double RuneWidth(Rune rune) => rune.Value switch
    {
        >= 32 and < 127 => Ascii[rune.Value - 32] / 100.0,
        '…' => 1,
        '·' or '²' or '³' or 'ᵀ' => 0.4,
        >= 0x370 and < 0x400 => 0.66, // Greek
        >= 0x2190 and < 0x2300 => 0.84, // arrows and operators
        < 0x1100 => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark ? 0 : 0.7,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark ? 0 : 1,
    };
}
