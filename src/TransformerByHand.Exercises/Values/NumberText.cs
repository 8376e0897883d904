using System.Globalization;

namespace TransformerByHand.Exercises;

/// <summary>Writes numbers the same way in every culture.</summary>
internal static class NumberText
{
    public const int Digits = 6;

    /// <summary>Writes a number with at most that many significant digits, such as 0.2, -3 or 1.5e-7.</summary>
    public static string Format(double number, int digits = Digits)
    {
        if (number == 0) return "0";
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "∞" : "-∞";

        string text = number.ToString("G" + digits, CultureInfo.InvariantCulture);
        bool small = Math.Abs(number) < 1e-4;
        if (!small && !text.Contains('E')) return text;
        return number.ToString("0." + new string('#', digits - 1) + "e0", CultureInfo.InvariantCulture);
    }
}
