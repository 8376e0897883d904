namespace TransformerByHand.Figures;

/// <summary>A thin line to measure a <see cref="LineChart"/>'s series against: a level, a place, or a curve from theory.</summary>
public sealed record Reference
{
    private Reference(string name) => Name = name;

    /// <summary>What the line is.</summary>
    public string Name { get; }

    internal double? Level { get; private init; }

    internal double? Place { get; private init; }

    internal Func<double, double>? Function { get; private init; }

    /// <summary>A horizontal line.</summary>
    /// <param name="y">Its height.</param>
    /// <param name="name">What it is.</param>
    /// <exception cref="ArgumentException"><paramref name="y"/> is not finite.</exception>
    public static Reference Y(double y, string name) => new(name) { Level = Finite(y, name, nameof(y)) };

    /// <summary>A vertical line.</summary>
    /// <param name="x">Where it stands.</param>
    /// <param name="name">What it is.</param>
    /// <exception cref="ArgumentException"><paramref name="x"/> is not finite.</exception>
    public static Reference X(double x, string name) => new(name) { Place = Finite(x, name, nameof(x)) };

    /// <summary>A curve, drawn over the whole width: <c>Reference.Curve("1/√L", x =&gt; 1.4 / Math.Sqrt(x))</c>.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="function">Its y at an x; not drawn where it is not finite.</param>
    public static Reference Curve(string name, Func<double, double> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(name) { Function = function };
    }

    private static double Finite(double value, string name, string argument) => double.IsFinite(value)
        ? value
        : throw new ArgumentException($"The reference line '{name}' stands at {Display.Numbers.Format(value)}; it must be a finite number.", argument);
}
