using System.Globalization;
using System.Text;

namespace TransformerByHand.Display;

/// <summary>Text made safe for HTML and XML.</summary>
internal static class Markup
{
    /// <summary>
    /// Escapes the characters that markup reserves, and writes control characters visibly (a token may be a newline),
    /// since XML cannot carry them at all.
    /// </summary>
    public static string Escape(string? text)
    {
        var safe = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes()) // a lone surrogate comes out as U+FFFD
            safe.Append(rune.Value switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                0xFFFE or 0xFFFF => "\uFFFD",
                _ when Rune.IsControl(rune) => "\\u" + rune.Value.ToString("x4", CultureInfo.InvariantCulture),
                _ => rune.ToString(),
            });
        return safe.ToString();
    }

    /// <summary>Writes control characters visibly, for plain text that is laid out in lines.</summary>
    public static string Visible(string? text) =>
        string.Concat((text ?? "").Select(c => c switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ when char.IsControl(c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
            _ => c.ToString(),
        }));
}
