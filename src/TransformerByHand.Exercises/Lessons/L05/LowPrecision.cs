using System.Globalization;
using System.Numerics;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    /// <summary>The smallest whole number s for which e^s is infinite in the arithmetic of T.</summary>
    /// <typeparam name="T">A floating-point type: <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>.</typeparam>
    public static int FirstOverflow<T>()
        where T : IFloatingPointIeee754<T>
    {
        for (int s = 1; ; s++)
            if (T.IsInfinity(T.Exp(T.CreateChecked(s)))) return s;
    }

    /// <summary>Softmax by the plain formula, in the arithmetic of T.</summary>
    public static T[] PlainSoftmax<T>(IReadOnlyList<T> s)
        where T : IFloatingPointIeee754<T>
    {
        T[] e = [.. s.Select(v => T.Exp(v))];
        T sum = e.Aggregate((a, b) => a + b);
        return [.. e.Select(v => v / sum)];
    }

    /// <summary>Softmax with the largest score subtracted first. It knows no row without a key: where all are −∞ it gives NaN.</summary>
    public static T[] ShiftedSoftmax<T>(IReadOnlyList<T> s)
        where T : IFloatingPointIeee754<T>
    {
        T m = s.Max()!;
        return PlainSoftmax<T>([.. s.Select(v => v - m)]);
    }

    /// <summary>The weights of a row with the scores (2, 1, 0, −1), of which some are not allowed, in the arithmetic of T.</summary>
    /// <param name="allowed">How many of the first scores are allowed, 0 to 4.</param>
    /// <param name="filler">What stands for −∞, such as −1e9.</param>
    /// <param name="add">Whether the filler is added to the scores that are not allowed; they are set to it otherwise.</param>
    public static T[] FilledWeights<T>(int allowed, double filler, bool add)
        where T : IFloatingPointIeee754<T>
    {
        T f = T.CreateSaturating(filler);
        return ShiftedSoftmax<T>([.. new double[] { 2, 1, 0, -1 }.Select(T.CreateChecked).Select((v, j) => j < allowed ? v : add ? v + f : f)]);
    }

    /// <summary>Where e^s overflows in 16, 32 and 64 bits, and what that does to two large scores: by the formula, and with the largest subtracted first.</summary>
    public static Table OverflowTable()
    {
        object?[] Row<T>(string format, int score)
            where T : IFloatingPointIeee754<T>
        {
            T[] s = [T.CreateChecked(score), T.CreateChecked(score - 1)];
            return [format, FirstOverflow<T>(), $"({score}, {score - 1})", Line(PlainSoftmax(s)), Line(ShiftedSoftmax(s))];
        }
        return new Table("format", "e^s overflows at s =", "two scores", "softmax by the formula", "largest subtracted first")
        {
            Rows = [Row<Half>("16 bits, Half", 12), Row<float>("32 bits, float", 90), Row<double>("64 bits, double", 1000)],
        };
    }

    /// <summary>What −∞ and −10⁹ make of a row of which two keys are allowed, and of one in which none is.</summary>
    /// <param name="ways">The ways to show, of "set to −∞", "set to −10⁹" and "−10⁹ added"; all three if there are none.</param>
    public static Table FillerTable(params string[] ways)
    {
        (string Name, double Filler, bool Add)[] all = [("set to −∞", double.NegativeInfinity, false), ("set to −10⁹", -1e9, false), ("−10⁹ added", -1e9, true)];
        IEnumerable<object?[]> Rows<T>(string format)
            where T : IFloatingPointIeee754<T> =>
            from way in all
            where ways.Length == 0 || ways.Contains(way.Name)
            select new object?[] { format, way.Name, Line(FilledWeights<T>(2, way.Filler, way.Add)), Line(FilledWeights<T>(0, way.Filler, way.Add)) };
        return new Table("format", "not allowed is …", "first two allowed", "none allowed") { Rows = [.. Rows<Half>("16 bits"), .. Rows<float>("32 bits"), .. Rows<double>("64 bits")] };
    }

    /// <summary>Weights in brackets, with four decimals at most.</summary>
    public static string Line<T>(IEnumerable<T> weights)
        where T : IFormattable =>
        $"({string.Join(", ", weights.Select(weight => weight.ToString("0.####", CultureInfo.InvariantCulture)))})";
}
