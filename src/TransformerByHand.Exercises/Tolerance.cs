namespace TransformerByHand.Exercises;

/// <summary>How far an answer's number may lie from the expected one: <c>Absolute + Relative·|expected|</c>.</summary>
/// <param name="Relative">Allowed part of the expected number's size.</param>
/// <param name="Absolute">Allowed distance where the expected number is 0.</param>
public sealed record Tolerance(double Relative, double Absolute)
{
    /// <summary>Rounding error in double precision and nothing more: 1e-9 of the expected number, plus 1e-12.</summary>
    public static Tolerance Default { get; } = new(1e-9, 1e-12);

    /// <summary>How far an answer may lie from a known mistake and still be taken for it: 1e-6 of the number, plus 1e-9, or this tolerance where it is wider.</summary>
    internal Tolerance ForMistakes => new(Math.Max(Relative, 1e-6), Math.Max(Absolute, 1e-9));

    /// <summary>How far from an expected number another may lie.</summary>
    internal double Room(double expected) => Absolute + Relative * Math.Abs(expected);

    /// <summary>Whether the number is near enough. NaN is near enough to NaN only, an infinity to itself only.</summary>
    public bool Allows(double expected, double actual) =>
        expected.Equals(actual) || expected == actual || (double.IsFinite(expected) && Math.Abs(actual - expected) <= Room(expected));

    /// <summary>Says the tolerance in words.</summary>
    public override string ToString() => $"{ValueText.Number(Relative)} of the expected number, plus {ValueText.Number(Absolute)}";
}
