using System.Text.RegularExpressions;

namespace TransformerByHand.Figures;

/// <summary>Finds the subscripts in a label: <c>W_Q</c>, <c>d_model</c>, <c>√d_k</c>.</summary>
internal static partial class MathText
{
    /// <summary>Size of a subscript, as a fraction of the text's.</summary>
    public const double SubscriptSize = 0.75;

    /// <summary>Splits a label into runs. One letter that no small letter precedes, an underscore, and letters or digits make a subscript (<c>XW_Q</c>), but not a raised letter after them (<c>W_Qᵀ</c>); other underscores stay.</summary>
    public static IEnumerable<(string Text, bool IsSubscript)> Split(string text)
    {
        int done = 0;
        foreach (Match match in Subscript().Matches(text))
        {
            var letters = match.Groups["sub"];
            yield return (text[done..(letters.Index - 1)], false);
            yield return (letters.Value, true);
            done = letters.Index + letters.Length;
        }
        if (done < text.Length) yield return (text[done..], false);
    }

    [GeneratedRegex(@"(?<![\p{Ll}\p{N}_])d?\p{L}\p{M}*_(?<sub>[\p{L}\p{N}-[\p{Lm}]]+)(?![\p{L}\p{N}_-[\p{Lm}]])", RegexOptions.CultureInvariant)]
    private static partial Regex Subscript();
}
