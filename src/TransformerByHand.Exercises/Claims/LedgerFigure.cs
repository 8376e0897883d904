using System.Text.Json.Serialization;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>A number that settles a claim.</summary>
/// <param name="Name">What is measured, in a few words; unique within its claim.</param>
/// <param name="Value">What it came out as. NaN where the claim is that there is no number.</param>
/// <param name="Tolerance">How far another measurement may lie from <paramref name="Value"/>.</param>
public sealed record LedgerFigure(string Name, double Value, double Tolerance)
{
    /// <summary>Returns whether a measurement agrees. NaN agrees with NaN alone.</summary>
    public bool Agrees(double measured) =>
        double.IsNaN(Value) ? double.IsNaN(measured) : measured == Value || Math.Abs(measured - Value) <= Tolerance;

    /// <summary>The value and its tolerance in writing: <c>0.08165 ± 5e-6</c>.</summary>
    [JsonIgnore]
    public string Expected => Tolerance == 0 || double.IsNaN(Value)
        ? Numbers.Format(Value, 5)
        : $"{Numbers.Format(Value, 5)} ± {Numbers.Format(Tolerance, 2)}";

    /// <summary>A measurement as the card prints it: what is rounding noise beside a ledger's 0 differs between machines, and is printed as 0.</summary>
    internal string Measured(double measured) =>
        Value == 0 && Tolerance < 1e-6 && Agrees(measured) ? "0" : Numbers.Format(measured, 4);
}
