using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate double[] ShiftFunction(double[] pe, int delta);

    public static FunctionExercise<ShiftFunction> Shift { get; } = new(
        id: "04.3",
        title: "A shift",
        statement: "Given the encoding of some position, return the encoding of the position `delta` places further on. Which position it is you are not told.",
        solution: (pe, delta) =>
        {
            int d = pe.Length;
            var shifted = new double[d];
            for (int k = 0; k < d / 2; k++)
            {
                double angle = delta * Math.Pow(10000, -2.0 * k / d);
                (double sin, double cos) = (Math.Sin(angle), Math.Cos(angle));
                shifted[2 * k] = pe[2 * k] * cos + pe[2 * k + 1] * sin;
                shifted[2 * k + 1] = pe[2 * k + 1] * cos - pe[2 * k] * sin;
            }
            return shifted;
        },
        cases:
        [
            [Encoding(0, 4), 1],
            [Encoding(5, 4), 3],
            [Encoding(100, 8), -7],
            [Encoding(7, 2), 0],
            [Encoding(1000, 6), 12345],
        ],
        randomCase: random => [Encoding(random.Next(20, 200), 2 * random.Next(2, 6)), random.Next(2, 20)],
        neverOne: ["pe"],   // an encoding is made of pairs
        hints:
        [
            "Each pair (sin α, cos α) has to become (sin(α + θ), cos(α + θ)). What is θ for pair k? You know the shift and the speed of the pair.",
            "The addition theorems: sin(α + θ) = sin α cos θ + cos α sin θ, and cos(α + θ) = cos α cos θ − sin α sin θ. You have sin α and cos α: they are `pe[2 * k]` and `pe[2 * k + 1]`.",
            "θ = delta · 10000^(−2k/d). Write into a new array: the second line needs the old sine.",
        ],
        mistakes:
        [
            new("backwards", "The hands turned the wrong way: this is the position `delta` places *before*. Look at the signs: sin(α + θ) has a plus, cos(α + θ) a minus.",
                (pe, delta) => Turned(pe, k => -delta * Speed(k, pe.Length))),
            new("one angle for all pairs", "Every pair was turned by `delta` radians. That is right for the first; pair k turns by ω_k · delta. Perhaps `2 * k / d` was computed with whole numbers: it is then 0.",
                (pe, delta) => Turned(pe, _ => delta)),
            new("only the first pair", "Only the first pair was turned. The others are slower, but they turn as well.",
                (pe, delta) => Turned(pe, k => k == 0 ? delta : 0)),
            new("adds an encoding", "This adds the encoding of `delta`. A shift is no addition of vectors: the sum of two points of a circle does not lie on the circle.",
                (pe, delta) => [.. pe.Zip(Encoding(delta, pe.Length), (a, b) => a + b)]),
            new("the encoding of the shift", "This is the encoding of position `delta`, whatever `pe` was. It is right only if `pe` was position 0.",
                (pe, delta) => Encoding(delta, pe.Length)),
            new("reads the position off the first hand", "This works out the position from the first pair. That hand has gone round once after 6.28 positions, so beyond that it is ambiguous. You need not know the position: turn each pair on.",
                (pe, delta) => Turned([.. Enumerable.Range(0, pe.Length).Select(j => j % 2.0)], k => (Math.Atan2(pe[0], pe[1]) + delta) * Speed(k, pe.Length))),
            new("overwrites what it still needs", "The sines are right, the cosines are not. The second line used the sine that the first had already replaced: keep the old one.",
                (pe, delta) =>
                {
                    double[] y = [.. pe];
                    for (int k = 0; k < y.Length / 2; k++)
                    {
                        var (sin, cos) = Math.SinCos(delta * Speed(k, y.Length));
                        y[2 * k] = y[2 * k] * cos + y[2 * k + 1] * sin;
                        y[2 * k + 1] = y[2 * k + 1] * cos - y[2 * k] * sin;
                    }
                    return y;
                }),
            new("the sign in the cosine", "The sines are right. In the cosine the sign is wrong: cos(α + θ) = cos α cos θ − sin α sin θ, with a minus.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos + c * sin, c * cos + s * sin))),
            new("the sign in the sine", "The cosines are right. In the sine the sign is wrong: sin(α + θ) = sin α cos θ + cos α sin θ, with a plus.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos - c * sin, c * cos - s * sin))),
            new("sine and cosine of the turn exchanged", "Sine and cosine of the turn have changed places: sin(α + θ) = sin α cos θ + cos α sin θ, so the old sine is multiplied by a cosine.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin + c * cos, c * sin - s * cos))) { Variants = [(pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin + c * cos, c * cos - s * sin))] },
            new("sine and cosine of the pair exchanged", "Sine and cosine of the pair have changed places. Position 0 is (0, 1, 0, 1, …): the sine stands in column 2k, the cosine in column 2k + 1.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (c * cos + s * sin, s * cos - c * sin)))
            {
                Variants =
                [
                    (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (c * cos - s * sin, s * cos + c * sin)),
                    (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos - c * sin, c * cos + s * sin) is var (x, y) ? (y, x) : default),
                ],
            },
            new("each coordinate alone", "Each coordinate was multiplied by a number of its own. A turn mixes the two: both the old sine and the old cosine are needed for each new one.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin, c * cos))) { Variants = [(pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos, c * sin)), (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos, c * cos))] },
            new("an angle from one coordinate", "An arcsine or arccosine alone does not know on which side of the clock the hand is: it takes sine and cosine both. `Atan2` would do, and the addition theorems need no angle at all.",
                (pe, delta) => [.. pe.Select((_, j) => j % 2 == 0 ? Math.Sin(Math.Asin(pe[j]) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Asin(pe[j - 1]) + delta * Speed(j / 2, pe.Length)))])
            {
                Variants = [(pe, delta) => [.. pe.Select((_, j) => j % 2 == 0 ? Math.Sin(Math.Acos(pe[j + 1]) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Acos(pe[j]) + delta * Speed(j / 2, pe.Length)))],
                    (pe, delta) => [.. pe.Select((v, j) => j % 2 == 0 ? Math.Sin(Math.Asin(v) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Acos(v) + delta * Speed(j / 2, pe.Length)))]],
            },
            new("k/d in place of 2k/d", "The exponent is k/d. The pairs are numbered k = 0 … d/2 − 1, so it has to be 2k/d.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, -(double)k / pe.Length))),
            new("2(2k)/d in place of 2k/d", "The exponent is twice as large as it should be: 2k is the number of the column already. Either 2k/d with k the pair, or j/d with j = 2k the even column.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, -4.0 * k / pe.Length))),
            new("d forgotten in the exponent", "The exponent is −2k, without the d that it is divided by: already the second hand stands nearly still.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, -2.0 * k))),
            new("pairs counted from 1", "Each pair turns at the speed of the next one. The pairs are numbered from 0, and the first turns by `delta` radians.",
                (pe, delta) => Turned(pe, k => delta * Speed(k + 1, pe.Length))),
            new("pairs that overlap", "Places k and k + 1 were taken for pair k, so that pairs overlap. Pair k stands in places 2k and 2k + 1.",
                (pe, delta) => Overlapping(pe, delta, pe.Length - 1))
            {
                Variants = [(pe, delta) => Overlapping(pe, delta, pe.Length / 2), (pe, delta) => Overlapping(pe, delta, pe.Length - 1, of: pe), (pe, delta) => Overlapping(pe, delta, pe.Length / 2, of: pe)],
            },
            new("faster and faster", "The speeds grow from pair to pair: the minus sign of the exponent is missing.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, 2.0 * k / pe.Length))),
            new("degrees", "The angles were taken for degrees. `Math.Sin` expects radians, and ω_k · delta is one already.",
                (pe, delta) => Turned(pe, k => delta * Speed(k, pe.Length) * Math.PI / 180)),
            new("halves", "This takes k and d/2 + k for a pair. The two of a pair stand side by side, in places 2k and 2k + 1.",
                (pe, delta) =>
                {
                    int half = pe.Length / 2;
                    return [.. pe.Select((v, j) => j < half
                        ? v * Math.Cos(delta * Speed(j, pe.Length)) + pe[half + j] * Math.Sin(delta * Speed(j, pe.Length))
                        : v * Math.Cos(delta * Speed(j - half, pe.Length)) - pe[j - half] * Math.Sin(delta * Speed(j - half, pe.Length)))];
                }),
            new("moves the numbers in the array", "This moves the numbers to other places in the array. The shift is one of position: every number stays in its place, and each hand turns on.",
                (pe, delta) => [.. pe.Select((_, j) => pe[((j - delta) % pe.Length + pe.Length) % pe.Length])])
            {
                Variants =
                [
                    (pe, delta) => [.. pe.Select((_, j) => pe[((j + delta) % pe.Length + pe.Length) % pe.Length])], (pe, delta) => [.. pe.Select((_, j) => pe.ElementAtOrDefault(j - delta))],
                ],
            },
            new("only forwards", "A negative `delta` was taken for a positive one. It turns the hands back.",
                (pe, delta) => Turned(pe, k => Math.Abs(delta) * Speed(k, pe.Length))),
            new("one place further on", "This is the encoding one place further on, whatever `delta` is. The angle of pair k is ω_k · delta.",
                (pe, delta) => Turned(pe, k => Speed(k, pe.Length))),
            new("adds the angle to the numbers", "The angle was added to the numbers of `pe`. They are not angles but a sine and a cosine: use the addition theorems.",
                (pe, delta) => [.. pe.Select((v, j) => v + delta * Speed(j / 2, pe.Length))])
            {
                Variants =
                [
                    (pe, delta) => [.. pe.Select(v => v + delta)],
                    (pe, delta) => [.. pe.Select((v, j) => v + delta * Speed(j / 2, pe.Length)).Select((v, j) => j % 2 == 0 ? Math.Sin(v) : Math.Cos(v))],
                ],
            },
            new("unchanged", "This is `pe` itself, unchanged.", (pe, _) => [.. pe]),
        ])
    {
        Formulas = [@"\cos\theta&-\sin\theta"],
    };

    /// <summary>Turns places k and k + 1 for each k, of what has been turned already or of the numbers given.</summary>
    private static double[] Overlapping(double[] pe, int delta, int pairs, double[]? of = null)
    {
        double[] y = [.. pe];
        for (int k = 0; k < pairs; k++)
        {
            var (sin, cos) = Math.SinCos(delta * Speed(k, y.Length));
            (double s, double c) = of is null ? (y[k], y[k + 1]) : (of[k], of[k + 1]);
            (y[k], y[k + 1]) = (s * cos + c * sin, c * cos - s * sin);
        }
        return y;
    }
}
