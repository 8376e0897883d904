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

    /// <summary>A measurement as the card prints it.</summary>
    /// <remarks>One that agrees is printed to the last decimal that the tolerance speaks of: those after it differ from machine to machine.</remarks>
    internal string Measured(double measured)
    {
        if (!Agrees(measured) || double.IsNaN(measured) || Tolerance == 0) return Numbers.Format(measured, 5);
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Tolerance)), 0, 12);
        return Numbers.Format(Math.Round(measured, decimals), 12);
    }
}
