using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A text, word by word in lines as one reads it, each word on a ground that is the darker the greater its number: where a token looked.</summary>
/// <remarks><code>new ShadedWords { Title = "Before it wrote 'baker' it looked at", Words = ["anna", "was", "a", "baker"], Values = [0.1, 0, 0, 0.9] }</code></remarks>
public sealed class ShadedWords : Figure
{
    private const double Line = 44;
    private const double WordHeight = 24;
    private const double Gap = 4;

    /// <summary>The words, in reading order; at least one.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A number for each word, 0 or more: usually its attention weight.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>Which words are framed, by their places from 0: those that do the looking, say.</summary>
    public IReadOnlyList<int> Framed { get; init; } = [];

    /// <summary>What a further word, drawn at the end in another colour, says: the one that was written.</summary>
    public string? Answer { get; init; }

    /// <summary>The least number that is written under its word.</summary>
    public double Least { get; init; } = 0.05;

    /// <summary>The greatest width in pixels; longer text goes on in the next line.</summary>
    public double MaxWidth { get; init; } = 760;

    private protected override void Check()
    {
        if (Words.Count == 0) throw new ArgumentException("There are no words to shade.", nameof(Words));
        if (Values.Count != Words.Count)
            throw new ArgumentException($"There are {Words.Count} words and {Values.Count} values; each word should have one.", nameof(Values));
        if (Values.FirstOrDefault(value => !(value >= 0 && double.IsFinite(value))) is var odd and not 0)
            throw new ArgumentException($"A value is {Numbers.Format(odd)}; it should be finite and at least 0.", nameof(Values));
        if (Framed.Any(place => place < 0 || place >= Words.Count))
            throw new ArgumentException($"A framed word is at place {Framed.First(place => place < 0 || place >= Words.Count)}; the places are 0 to {Words.Count - 1}.", nameof(Framed));
    }

    private protected override Canvas Draw()
    {
        var scale = new ColorScale(Palette.Sequential, 0, Math.Max(1, Values.Max()));
        var canvas = new Canvas();
        double x = 0, y = 0;
        for (int i = 0; i < Words.Count; i++)
        {
            var (left, width) = Next(Words[i]);
            Rgb ground = scale.At(Values[i]);
            canvas.Rectangle(left, y, width, WordHeight, ground.Hex, Framed.Contains(i) ? Palette.Categories[1] : null, radius: 4, strokeWidth: 2);
            canvas.Text(Words[i], left + width / 2, y + 16.6, Anchor.Middle, fill: ground.Ink.Hex);
            if (Values[i] >= Least) canvas.Text(Percent(Values[i]), left + width / 2, y + WordHeight + 13, Anchor.Middle, Canvas.SmallSize, Canvas.Muted);
        }
        if (Answer is { Length: > 0 })
        {
            var (left, width) = Next("→ " + Answer);
            canvas.Text("→ " + Answer, left + width / 2, y + 16.6, Anchor.Middle, fill: Palette.Categories[1], bold: true);
        }
        canvas.Grow(x, y + Line);
        return canvas;

        (double Left, double Width) Next(string word)
        {
            double width = Math.Max(TextMetrics.Width(word, Canvas.TextSize, bold: true) + 8, 26);
            if (x > 0 && x + width > MaxWidth) (x, y) = (0, y + Line);
            double left = x;
            x += width + Gap;
            canvas.Grow(x, y + Line);
            return (left, width);
        }
    }

    private protected override string Describe() =>
        $"The text: {string.Join(' ', Words)}.{(Answer is { Length: > 0 } ? $" Then: {Answer}." : "")} " +
        $"{string.Join(", ", Strongest().Select(i => $"{Words[i]} (place {i}) {Percent(Values[i])}"))}{(Strongest().Count < Words.Count ? "; less on every other word." : ".")}";

    private protected override string Tabulate() => $"{string.Join(' ', Words)}{(Answer is { Length: > 0 } ? $" → {Answer}" : "")}\n" +
        string.Join("\n", Strongest().Select(i => $"{Percent(Values[i]),5}  {Words[i]} (place {i})"));

    private List<int> Strongest() => [.. Enumerable.Range(0, Words.Count).Where(i => Values[i] >= Least).OrderByDescending(i => Math.Round(Values[i], 2)).ThenBy(i => i)];

    private static string Percent(double value) => $"{Numbers.Format(Math.Round(100 * value))} %";
}
