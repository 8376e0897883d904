using System.Numerics;
using TransformerByHand.Display;

namespace TransformerByHand.Gradients;

/// <summary>A dual number a + b·ε with ε² = 0: a value and its slope, carried through a computation together.</summary>
/// <remarks>
/// <para>Put x + 1·ε in place of x, compute as usual, and drop every ε² on the way:</para>
/// <code>
/// (a + bε) + (c + dε) = (a + c) + (b + d)ε
/// (a + bε) · (c + dε) = ac + (ad + bc)ε                  the product rule
/// (a + bε) / (c + dε) = a/c + ((b − (a/c)·d) / c)ε       the quotient rule
/// f(a + bε)           = f(a) + f′(a)·b·ε                 the chain rule
/// </code>
/// <para>
/// What comes out is f(x) + f′(x)·ε: the derivative is exact up to rounding, since no step h is ever chosen. It costs one run for
/// each number that is differentiated by, which is why networks are not trained this way.
/// </para>
/// <para>
/// The type has the interfaces of .NET's generic mathematics that a softmax needs, so that a function written once for any
/// <c>T</c> with <see cref="IExponentialFunctions{TSelf}"/> and <see cref="IRootFunctions{TSelf}"/> runs on <see cref="double"/> and on this.
/// Comparisons look at the value alone; equality looks at both parts.
/// </para>
/// <para>Source: W. K. Clifford 1873 (the numbers); R. E. Wengert 1964, 'A simple automatic derivative evaluation program' (the use).</para>
/// </remarks>
/// <param name="Value">a, the number itself.</param>
/// <param name="Slope">b, its derivative by whatever was given the slope 1; 0 for a constant.</param>
public readonly partial record struct Dual(double Value, double Slope) :
    IExponentialFunctions<Dual>, IRootFunctions<Dual>, IComparisonOperators<Dual, Dual, bool>
{
    /// <summary>Makes the number that is differentiated by: its slope is 1.</summary>
    /// <param name="value">Where the derivative is taken.</param>
    public static Dual Variable(double value) => new(value, 1);

    /// <summary>Makes a constant: its slope is 0.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Dual(double value) => new(value, 0);

    /// <inheritdoc/>
    public static Dual operator +(Dual x, Dual y) => new(x.Value + y.Value, x.Slope + y.Slope);

    /// <inheritdoc/>
    public static Dual operator -(Dual x, Dual y) => new(x.Value - y.Value, x.Slope - y.Slope);

    /// <inheritdoc/>
    public static Dual operator *(Dual x, Dual y) => new(x.Value * y.Value, x.Value * y.Slope + x.Slope * y.Value);

    /// <inheritdoc/>
    public static Dual operator /(Dual x, Dual y)
    {
        double quotient = x.Value / y.Value;
        return new(quotient, (x.Slope - quotient * y.Slope) / y.Value);
    }

    /// <inheritdoc/>
    public static Dual operator -(Dual x) => new(-x.Value, -x.Slope);

    /// <inheritdoc/>
    public static Dual operator +(Dual x) => x;

    /// <inheritdoc/>
    public static Dual operator ++(Dual x) => x + 1;

    /// <inheritdoc/>
    public static Dual operator --(Dual x) => x - 1;

    /// <summary>Returns e to the power x: its own slope.</summary>
    /// <param name="x">The exponent.</param>
    public static Dual Exp(Dual x)
    {
        double e = Math.Exp(x.Value);
        return new(e, Times(e, x.Slope));
    }

    /// <inheritdoc/>
    public static Dual Exp2(Dual x) => Exp(x * Math.Log(2));

    /// <inheritdoc/>
    public static Dual Exp10(Dual x) => Exp(x * Math.Log(10));

    /// <summary>Returns the square root; its slope is 1/(2√x), which is infinite at 0 unless x does not move.</summary>
    /// <param name="x">The number.</param>
    public static Dual Sqrt(Dual x)
    {
        double root = Math.Sqrt(x.Value);
        return new(root, x.Slope == 0 ? 0 : x.Slope / (2 * root));
    }

    /// <inheritdoc/>
    public static Dual Cbrt(Dual x) => RootN(x, 3);

    /// <inheritdoc/>
    public static Dual Hypot(Dual x, Dual y) => Sqrt(x * x + y * y);

    /// <inheritdoc/>
    public static Dual RootN(Dual x, int n)
    {
        double root = double.RootN(x.Value, n);
        return new(root, x.Slope == 0 ? 0 : x.Slope * root / (n * x.Value));
    }

    /// <summary>Returns the absolute value; at 0, where there is a corner, the slope is taken to be that on the right.</summary>
    /// <param name="x">The number.</param>
    public static Dual Abs(Dual x) => x.Value < 0 ? -x : x;

    /// <inheritdoc/>
    public static bool operator <(Dual x, Dual y) => x.Value < y.Value;

    /// <inheritdoc/>
    public static bool operator >(Dual x, Dual y) => x.Value > y.Value;

    /// <inheritdoc/>
    public static bool operator <=(Dual x, Dual y) => x.Value <= y.Value;

    /// <inheritdoc/>
    public static bool operator >=(Dual x, Dual y) => x.Value >= y.Value;

    /// <summary>Returns both parts, such as <c>8 + 12ε</c>.</summary>
    public override string ToString() => $"{Numbers.Format(Value)} {(Slope < 0 ? '-' : '+')} {Numbers.Format(Math.Abs(Slope))}ε";

    /// <summary>The product of an outer and an inner slope; 0 where the outer one is 0, also where the inner one is infinite: e^(−∞) does not move.</summary>
    private static double Times(double outer, double inner) => outer == 0 ? 0 : outer * inner;
}
