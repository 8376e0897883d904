using System.Globalization;

namespace TransformerByHand.Display;

/// <summary>How the course prints numbers: the same characters on every machine, and no more digits than carry meaning.</summary>
public static class Numbers
{
    /// <summary>Below this fraction of the largest number beside it, a number is rounding noise and prints as 0.</summary>
    private const double Noise = 1e-12;

    /// <summary>Formats one number with at most <paramref name="digits"/> significant digits.</summary>
    /// <remarks>
    /// Whole numbers below 1e15 are printed in full. Other numbers are printed plainly from 0.0001 up to four digits before
    /// the point, and as <c>1.5e-7</c> outside that range. Trailing zeros are dropped, the minus sign is the ASCII hyphen,
    /// negative zero is <c>0</c>, and the values that are no numbers are <c>NaN</c>, <c>∞</c> and <c>-∞</c>.
    /// </remarks>
    /// <param name="value">The number.</param>
    /// <param name="digits">Significant digits, 1 to 15.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="digits"/> is outside 1 to 15.</exception>
    public static string Format(double value, int digits = 4)
    {
        CheckDigits(digits);
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "-∞";
        if (value == 0) return "0";
        if (Math.Abs(value) < 1e15 && Math.Truncate(value) == value) return Fixed(value, 0);

        var (mantissa, exponent) = Scientific(value, digits);
        return exponent < -4 || exponent >= Math.Max(digits, 4)
            ? $"{TrimZeros(mantissa)}e{exponent.ToString(CultureInfo.InvariantCulture)}"
            : TrimZeros(Fixed(value, Math.Max(0, digits - 1 - exponent)));
    }

    /// <summary>Returns a formatter for numbers that stand together in one table or figure.</summary>
    /// <remarks>
    /// All get the same number of decimals: as many as give the largest of them <paramref name="digits"/> significant digits,
    /// less where none needs so many. A number too small to show a digit then is written as <c>4.5e-5</c>; one below 1e-12
    /// of the largest is rounding noise, different from machine to machine, and is written as <c>0</c>, as is 0 itself.
    /// Numbers that are all whole, very large or very small are formatted one by one by <see cref="Format"/>.
    /// </remarks>
    /// <param name="values">All numbers that will be formatted; NaN and infinities do not count.</param>
    /// <param name="digits">Significant digits of the largest, 1 to 15.</param>
    /// <param name="keepSmall">Whether a number too small for the common decimals is written as <c>4.5e-5</c>, or else as <c>0.00</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="digits"/> is outside 1 to 15.</exception>
    public static Func<double, string> Together(IEnumerable<double> values, int digits = 4, bool keepSmall = true)
    {
        ArgumentNullException.ThrowIfNull(values);
        CheckDigits(digits);
        var finite = values.Where(double.IsFinite).ToArray();
        double largest = finite.Length == 0 ? 0 : finite.Max(Math.Abs);
        double noise = Noise * largest;

        string Alone(double value) => Math.Abs(value) < noise ? "0" : Format(value, digits);

        if (largest == 0 || finite.All(value => Math.Truncate(value) == value)) return Alone;
        int exponent = Scientific(largest, digits).Exponent;
        if (exponent < -4 || exponent >= Math.Max(digits, 4)) return Alone;

        int most = Math.Max(0, digits - 1 - exponent);
        int decimals = finite.Where(value => Math.Abs(value) >= noise).Max(value => DecimalsOf(TrimZeros(Fixed(value, most))));
        return value =>
        {
            if (!double.IsFinite(value)) return Format(value, digits);
            if (Math.Abs(value) < noise || value == 0) return "0";
            string text = Fixed(value, decimals);
            return !keepSmall || text.AsSpan().ContainsAnyInRange('1', '9') ? text : Format(value, Math.Min(digits, 2));
        };
    }

    /// <summary>Formats numbers as a list in parentheses, such as <c>(0.2, 0.1, 0.3)</c>.</summary>
    /// <param name="values">The numbers, in order.</param>
    /// <param name="digits">Significant digits of the largest, 1 to 15.</param>
    public static string FormatList(IEnumerable<double> values, int digits = 4)
    {
        ArgumentNullException.ThrowIfNull(values);
        var all = values.ToArray();
        return $"({string.Join(", ", all.Select(Together(all, digits)))})";
    }

    private static string Fixed(double value, int decimals)
    {
        string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text;
    }

    private static (string Mantissa, int Exponent) Scientific(double value, int digits)
    {
        string text = value.ToString("E" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        return (text[..e], int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string TrimZeros(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;

    private static int DecimalsOf(string text) => text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? text.Length - point - 1 : 0;

    private static void CheckDigits(int digits)
    {
        if (digits is < 1 or > 15)
            throw new ArgumentOutOfRangeException(nameof(digits), digits, "The number of significant digits must be 1 to 15.");
    }
}
