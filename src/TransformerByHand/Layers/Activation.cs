using MathNet.Numerics;

namespace TransformerByHand.Layers;

/// <summary>A function that is applied to each number by itself, with its derivative.</summary>
/// <param name="name">Its name.</param>
/// <param name="value">The function φ.</param>
/// <param name="derivative">Its derivative φ′.</param>
public sealed class Activation(string name, Func<double, double> value, Func<double, double> derivative)
{
    /// <summary>ReLU: max(0, x). Its derivative at the kink, x = 0, is taken to be 0.</summary>
    public static Activation ReLU { get; } = new("ReLU", x => Math.Max(0, x), x => x > 0 ? 1 : 0);

    /// <summary>GELU: x·Φ(x), with Φ the distribution function of the standard normal, and φ its density.</summary>
    /// <remarks>
    /// <code>
    /// GELU(x)  = x·Φ(x)                   Φ(x) = ½ (1 + erf(x/√2))
    /// GELU′(x) = Φ(x) + x·φ(x)            φ(x) = e^(−x²/2) / √(2π)
    /// </code>
    /// Source: Hendrycks and Gimpel 2016, 'Gaussian Error Linear Units', arXiv:1606.08415.
    /// </remarks>
    public static Activation GELU { get; } = new("GELU", x => x * Φ(x), x => Φ(x) + x * φ(x));

    /// <summary>GELU's approximation with tanh, which GPT-2 uses.</summary>
    /// <remarks>
    /// <code>
    /// GELU(x)  ≈ ½ x (1 + tanh u)                     u  = √(2/π) (x + 0.044715 x³)
    /// GELU′(x) ≈ ½ (1 + tanh u) + ½ x (1 − tanh² u) u′     u′ = √(2/π) (1 + 3 · 0.044715 x²)
    /// </code>
    /// Source: Hendrycks and Gimpel 2016, §2.
    /// </remarks>
    public static Activation GELUTanh { get; } = new(
        "GELU (tanh)",
        x => x * (1 + Math.Tanh(U(x))) / 2,
        x => (1 + Math.Tanh(U(x))) / 2 + x * (1 - Math.Pow(Math.Tanh(U(x)), 2)) * UPrime(x) / 2);

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Returns φ(x).</summary>
    /// <param name="x">Any number.</param>
    public double Value(double x) => value(x);

    /// <summary>Returns φ′(x).</summary>
    /// <param name="x">Any number.</param>
    public double Derivative(double x) => derivative(x);

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;

    private static double Φ(double x) => (1 + SpecialFunctions.Erf(x / Math.Sqrt(2))) / 2;

    private static double φ(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static double U(double x) => Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);

    private static double UPrime(double x) => Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
}
