using System.Globalization;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Checking;

/// <summary>A number as it stands in a sentence or a table: <c>0.08165</c>, <c>10,000</c>, <c>1e-5</c>, <c>−0.5</c>, <c>50 %</c>.</summary>
/// <param name="Value">What it is; for a percentage the number before the sign.</param>
/// <param name="Step">The value of one unit in its last digit: what it is rounded to.</param>
/// <param name="IsPercent">Whether a per-cent sign follows.</param>
/// <param name="IsUnsigned">Whether it stands for both signs: <c>±1.225</c>.</param>
internal sealed partial record NumberInText(double Value, double Step, bool IsPercent, bool IsUnsigned)
{
    /// <summary>Every number in a text, in order. Digits inside names (<c>x3</c>, <c>d_5</c>) are no numbers.</summary>
    public static IEnumerable<NumberInText> In(string text) => Number().Matches(text).Select(Of);

    /// <summary>The number that ends where a text ends, marks of emphasis and formulas aside, or null.</summary>
    public static NumberInText? AtEndOf(string text)
    {
        string bare = text.TrimEnd('*', '_', '$', '`', ')');
        Match? last = Number().Matches(bare).LastOrDefault();
        return last is not null && last.Index + last.Length == bare.Length ? Of(last) : null;
    }

    /// <summary>Whether this number is another one, rounded to the digits this one shows.</summary>
    public bool Quotes(NumberInText other)
    {
        double exact = IsPercent && !other.IsPercent ? other.Value * 100 : other.Value;
        double distance = IsUnsigned ? Math.Abs(Math.Abs(Value) - Math.Abs(exact)) : Math.Abs(Value - exact);
        // A half may have been rounded either way; beyond it lies only the error of arithmetic in binary.
        return distance <= Step * 0.5 * (1 + 1e-9);
    }

    private static NumberInText Of(Match match)
    {
        string digits = match.Groups["digits"].Value.Replace(",", "", StringComparison.Ordinal);
        string exponent = match.Groups["exponent"].Value.Replace('−', '-');
        double value = double.Parse(exponent.Length > 0 ? $"{digits}e{exponent}" : digits, CultureInfo.InvariantCulture);
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int decimals = point < 0 ? 0 : digits.Length - point - 1;
        int power = (exponent.Length > 0 ? int.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0) - decimals;
        string sign = match.Groups["sign"].Value;
        return new NumberInText(sign is "-" or "−" ? -value : value, Math.Pow(10, power), match.Groups["percent"].Success, sign == "±");
    }

    // A hyphen after a letter or digit joins words or ends a range; elsewhere it is a minus sign.
    [GeneratedRegex(@"(?<![\p{L}0-9_.])(?:(?<![\p{L}0-9_)\]])(?<sign>[-−±]))?(?<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)(?:[eE](?<exponent>[-−+]?[0-9]+))?(?![\p{L}0-9_])(?<percent>[\s  ]?%)?")]
    private static partial Regex Number();
}
