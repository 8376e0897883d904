using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace TransformerByHand.Gradients;

// What .NET asks of every number type besides its arithmetic. Questions about a dual number are questions about its value.
public readonly partial record struct Dual
{
    /// <inheritdoc/>
    public static Dual Zero => 0;

    /// <inheritdoc/>
    public static Dual One => 1;

    static int INumberBase<Dual>.Radix => 2;

    static Dual IAdditiveIdentity<Dual, Dual>.AdditiveIdentity => 0;

    static Dual IMultiplicativeIdentity<Dual, Dual>.MultiplicativeIdentity => 1;

    static Dual IFloatingPointConstants<Dual>.E => Math.E;

    static Dual IFloatingPointConstants<Dual>.Pi => Math.PI;

    static Dual IFloatingPointConstants<Dual>.Tau => Math.Tau;

    static bool INumberBase<Dual>.IsCanonical(Dual x) => true;

    static bool INumberBase<Dual>.IsComplexNumber(Dual x) => false;

    static bool INumberBase<Dual>.IsEvenInteger(Dual x) => double.IsEvenInteger(x.Value);

    static bool INumberBase<Dual>.IsFinite(Dual x) => double.IsFinite(x.Value);

    static bool INumberBase<Dual>.IsImaginaryNumber(Dual x) => false;

    static bool INumberBase<Dual>.IsInfinity(Dual x) => double.IsInfinity(x.Value);

    static bool INumberBase<Dual>.IsInteger(Dual x) => double.IsInteger(x.Value);

    static bool INumberBase<Dual>.IsNaN(Dual x) => double.IsNaN(x.Value);

    static bool INumberBase<Dual>.IsNegative(Dual x) => double.IsNegative(x.Value);

    static bool INumberBase<Dual>.IsNegativeInfinity(Dual x) => double.IsNegativeInfinity(x.Value);

    static bool INumberBase<Dual>.IsNormal(Dual x) => double.IsNormal(x.Value);

    static bool INumberBase<Dual>.IsOddInteger(Dual x) => double.IsOddInteger(x.Value);

    static bool INumberBase<Dual>.IsPositive(Dual x) => double.IsPositive(x.Value);

    static bool INumberBase<Dual>.IsPositiveInfinity(Dual x) => double.IsPositiveInfinity(x.Value);

    static bool INumberBase<Dual>.IsRealNumber(Dual x) => double.IsRealNumber(x.Value);

    static bool INumberBase<Dual>.IsSubnormal(Dual x) => double.IsSubnormal(x.Value);

    static bool INumberBase<Dual>.IsZero(Dual x) => x.Value == 0;

    static Dual INumberBase<Dual>.MaxMagnitude(Dual x, Dual y) => double.IsNaN(x.Value) || Math.Abs(x.Value) >= Math.Abs(y.Value) ? x : y;

    static Dual INumberBase<Dual>.MaxMagnitudeNumber(Dual x, Dual y) => double.IsNaN(y.Value) || Math.Abs(x.Value) >= Math.Abs(y.Value) ? x : y;

    static Dual INumberBase<Dual>.MinMagnitude(Dual x, Dual y) => double.IsNaN(x.Value) || Math.Abs(x.Value) <= Math.Abs(y.Value) ? x : y;

    static Dual INumberBase<Dual>.MinMagnitudeNumber(Dual x, Dual y) => double.IsNaN(y.Value) || Math.Abs(x.Value) <= Math.Abs(y.Value) ? x : y;

    static bool INumberBase<Dual>.TryConvertFromChecked<TOther>(TOther value, out Dual result)
    {
        result = double.CreateChecked(value);
        return true;
    }

    static bool INumberBase<Dual>.TryConvertFromSaturating<TOther>(TOther value, out Dual result)
    {
        result = double.CreateSaturating(value);
        return true;
    }

    static bool INumberBase<Dual>.TryConvertFromTruncating<TOther>(TOther value, out Dual result)
    {
        result = double.CreateTruncating(value);
        return true;
    }

    // Into another type a dual number does not go unasked: its slope would be lost.
    static bool INumberBase<Dual>.TryConvertToChecked<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) => Refuse(out result);

    static bool INumberBase<Dual>.TryConvertToSaturating<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) => Refuse(out result);

    static bool INumberBase<Dual>.TryConvertToTruncating<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) => Refuse(out result);

    static Dual INumberBase<Dual>.Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) => double.Parse(s, style, provider);

    static Dual INumberBase<Dual>.Parse(string s, NumberStyles style, IFormatProvider? provider) => double.Parse(s, style, provider);

    static Dual ISpanParsable<Dual>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => double.Parse(s, provider);

    static Dual IParsable<Dual>.Parse(string s, IFormatProvider? provider) => double.Parse(s, provider);

    static bool INumberBase<Dual>.TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out Dual result) =>
        Constant(double.TryParse(s, style, provider, out double value), value, out result);

    static bool INumberBase<Dual>.TryParse([NotNullWhen(true)] string? s, NumberStyles style, IFormatProvider? provider, out Dual result) =>
        Constant(double.TryParse(s, style, provider, out double value), value, out result);

    static bool ISpanParsable<Dual>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Dual result) =>
        Constant(double.TryParse(s, provider, out double value), value, out result);

    static bool IParsable<Dual>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Dual result) =>
        Constant(double.TryParse(s, provider, out double value), value, out result);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        string text = ToString();
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    private static bool Refuse<TOther>([MaybeNullWhen(false)] out TOther result)
    {
        result = default;
        return false;
    }

    private static bool Constant(bool read, double value, out Dual result)
    {
        result = value;
        return read;
    }
}
