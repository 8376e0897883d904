using System.Globalization;
using System.Net;
using System.Text;

namespace TransformerByHand.Course.Pages;

/// <summary>What a program wrote for a terminal, as a terminal would show it: lines drawn over are the last drawing, colours are colours.</summary>
/// <remarks>
/// <c>\r</c> goes back to the start of its line and <c>\b</c> one place, and what follows is written over what stands there. Of the
/// control sequences (ECMA-48) the colours and faces of SGR and the erasing of a line are followed; all others are left out.
/// </remarks>
internal sealed class TerminalText
{
    private const char Escape = '\e';

    private readonly List<List<(string Letter, Face Face)>> lines = [[]];
    private Face face;
    private int column;

    private TerminalText(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == Escape) i = Sequence(text, i + 1);
            else i = Letter(text, i);
        }
    }

    /// <summary>Renders a text as HTML for a <c>pre</c>: colours are custom properties of the page.</summary>
    public static string ToHtml(string text) => new TerminalText(text).Html();

    private List<(string Letter, Face Face)> Line => lines[^1];

    /// <summary>Writes the letter at an index, or does what it stands for, and returns where the next one is.</summary>
    private int Letter(string text, int index)
    {
        int next = index + (char.IsSurrogatePair(text, index) ? 2 : 1);
        switch (text[index])
        {
            case '\n':
                lines.Add([]);
                column = 0;
                break;
            case '\r':
                column = 0;
                break;
            case '\b':
                column = Math.Max(0, column - 1);
                break;
            case < ' ' and not '\t':
                break;
            default:
                while (Line.Count < column) Line.Add((" ", default));
                if (column < Line.Count) Line[column] = (text[index..next], face);
                else Line.Add((text[index..next], face));
                column++;
                break;
        }

        return next;
    }

    /// <summary>Follows a control sequence, whose first character after the escape stands at an index, and returns where it ends.</summary>
    private int Sequence(string text, int index)
    {
        if (index >= text.Length) return index;
        if (text[index] == ']')
        {
            // A title or a link: up to a bell, or an escape and a backslash.
            int bell = text.IndexOf('\a', index), end = text.IndexOf("\e\\", index, StringComparison.Ordinal);
            return (bell, end) switch
            {
                (< 0, < 0) => text.Length,
                (>= 0, < 0) => bell + 1,
                (< 0, >= 0) => end + 2,
                _ => Math.Min(bell + 1, end + 2),
            };
        }

        if (text[index] != '[') return index + 1;
        int last = index + 1;
        while (last < text.Length && text[last] is >= ' ' and <= '?') last++;
        if (last >= text.Length) return last;
        int[] numbers = [.. text[(index + 1)..last].Split(';').Select(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0)];
        if (text[last] == 'm') face = face.With(numbers);
        else if (text[last] == 'K') Erase(numbers[0]);
        return last + 1;
    }

    /// <summary>Erases in a line: 0 from here, 1 up to here, 2 all of it.</summary>
    private void Erase(int what)
    {
        int from = what == 0 ? column : 0, to = what == 1 ? Math.Min(column + 1, Line.Count) : Line.Count;
        if (to < Line.Count)
            for (int i = from; i < to; i++) Line[i] = (" ", default);
        else if (from < Line.Count)
            Line.RemoveRange(from, Line.Count - from);
    }

    private string Html()
    {
        var html = new StringBuilder();
        for (int line = 0; line < lines.Count; line++)
        {
            if (line > 0) html.Append('\n');
            for (int start = 0; start < lines[line].Count;)
            {
                Face here = lines[line][start].Face;
                int end = start;
                while (end < lines[line].Count && lines[line][end].Face == here) end++;
                string text = WebUtility.HtmlEncode(string.Concat(lines[line][start..end].Select(letter => letter.Letter)));
                html.Append(here == default ? text : $"<span style=\"{here.Style}\">{text}</span>");
                start = end;
            }
        }

        return html.ToString();
    }

    /// <summary>How letters look.</summary>
    /// <param name="Ink">Their colour; null for the page's own.</param>
    /// <param name="Ground">What is behind them; null for the page's own.</param>
    /// <param name="Bold">In heavy letters.</param>
    /// <param name="Faint">Nearer to the ground.</param>
    /// <param name="Italic">In slanted letters.</param>
    /// <param name="Underlined">With a line below.</param>
    /// <param name="Inverse">With ink and ground exchanged.</param>
    private readonly record struct Face(string? Ink, string? Ground, bool Bold, bool Faint, bool Italic, bool Underlined, bool Inverse)
    {
        public string Style
        {
            get
            {
                (string? ink, string? ground) = Inverse ? (Ground ?? "var(--paper)", Ink ?? "var(--ink)") : (Ink, Ground);
                // The sixteen colours are made to be read on the page; on one another they would not be.
                if (ground is not null && !Inverse && ink?.StartsWith('#') != true) ink = "var(--paper)";
                string?[] parts =
                [
                    ink is null ? null : $"color:{ink}", ground is null ? null : $"background:{ground}", Bold ? "font-weight:bold" : null,
                    Faint ? "opacity:.75" : null, Italic ? "font-style:italic" : null, Underlined ? "text-decoration:underline" : null,
                ];
                return string.Join(';', parts.OfType<string>());
            }
        }

        /// <summary>The face after a sequence of SGR.</summary>
        public Face With(int[] numbers)
        {
            Face face = this;
            for (int i = 0; i < numbers.Length; i++)
            {
                face = numbers[i] switch
                {
                    0 => default,
                    1 => face with { Bold = true },
                    2 => face with { Faint = true },
                    3 => face with { Italic = true },
                    4 => face with { Underlined = true },
                    7 => face with { Inverse = true },
                    22 => face with { Bold = false, Faint = false },
                    23 => face with { Italic = false },
                    24 => face with { Underlined = false },
                    27 => face with { Inverse = false },
                    >= 30 and <= 37 => face with { Ink = Named(numbers[i] - 30) },
                    38 => face with { Ink = Other(numbers, ref i) ?? face.Ink },
                    39 => face with { Ink = null },
                    >= 40 and <= 47 => face with { Ground = Named(numbers[i] - 40) },
                    48 => face with { Ground = Other(numbers, ref i) ?? face.Ground },
                    49 => face with { Ground = null },
                    >= 90 and <= 97 => face with { Ink = Named(numbers[i] - 82) },
                    >= 100 and <= 107 => face with { Ground = Named(numbers[i] - 92) },
                    _ => face,
                };
            }

            return face;
        }

        private static string Named(int number) => string.Create(CultureInfo.InvariantCulture, $"var(--ansi-{number})");

        /// <summary>5;N, one of 256, or 2;R;G;B, after 38 or 48.</summary>
        private static string? Other(int[] numbers, ref int i)
        {
            int[] rest = numbers[(i + 1)..];
            if (rest is [5, var n and <= 255, ..])
            {
                i += 2;
                return n < 16 ? Named(n) : n < 232 ? Hex(Cube((n - 16) / 36), Cube((n - 16) / 6 % 6), Cube((n - 16) % 6)) : Hex(8 + 10 * (n - 232), 8 + 10 * (n - 232), 8 + 10 * (n - 232));
            }

            if (rest is not [2, var r and <= 255, var g and <= 255, var b and <= 255, ..]) return null;
            i += 4;
            return Hex(r, g, b);
        }

        private static int Cube(int step) => step == 0 ? 0 : 55 + 40 * step;

        private static string Hex(int r, int g, int b) => string.Create(CultureInfo.InvariantCulture, $"#{r:x2}{g:x2}{b:x2}");
    }
}
