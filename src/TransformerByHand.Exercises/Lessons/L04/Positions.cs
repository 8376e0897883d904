using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate double[,] PositionsFunction(int n, int d);

    public static FunctionExercise<PositionsFunction> Positions { get; } = new(
        id: "04.8",
        title: "Sinusoidal positions",
        statement: "Return the encodings of the positions 0 to n − 1, each of `d` numbers (d is even): sin(ω_k i) in column 2k and cos(ω_k i) in column 2k + 1, with ω_k = 10000^(−2k/d).",
        solution: (n, d) =>
        {
            var PE = new double[n, d];
            for (int i = 0; i < n; i++)
                for (int k = 0; k < d / 2; k++)
                {
                    double angle = i * Math.Pow(10000, -2.0 * k / d);
                    PE[i, 2 * k] = Math.Sin(angle);
                    PE[i, 2 * k + 1] = Math.Cos(angle);
                }
            return PE;
        },
        cases: [[3, 4], [5, 8], [2, 2], [1, 6]],
        randomCase: random => [random.Next(3, 20), 2 * random.Next(2, 7)],
        hints:
        [
            "Two loops: the positions i from 0, and the pairs k from 0 to d/2 − 1. Each pair fills two columns.",
            "The speed of pair k is `Math.Pow(10000, -2.0 * k / d)`. The `2.0` matters: `2 * k / d` is a division of whole numbers, and always 0 here.",
            "The angle is the speed times the position. Its sine goes to column 2k, its cosine to column 2k + 1.",
        ],
        mistakes:
        [
            new("sine and cosine exchanged", "The sines stand in the odd columns and the cosines in the even ones. It would work as well, but it is another encoding: position 0 is (0, 1, 0, 1, …).",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), j => j % 2 != 0)),
            new("halves", "All sines come first, then all cosines. Much code does so, and it works as well; here the two of a pair stand side by side, in columns 2k and 2k + 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j % (d / 2), d), j => j < d / 2)),
            new("a speed for every column", "The exponent is j/d, with j the column. So the sine and the cosine of a pair have different speeds, and they are no longer the two coordinates of one clock hand. Both need 2k/d.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)j / d), j => j % 2 == 0)),
            new("k/d in place of 2k/d", "The exponent is k/d. The pairs are numbered k = 0 … d/2 − 1, so it has to be 2k/d, or the speeds stop at 1/100.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)(j / 2) / d), j => j % 2 == 0)),
            new("2(2k)/d in place of 2k/d", "The exponent is twice as large as it should be: 2k is the number of the column already. Either 2k/d with k the pair, or j/d with j = 2k the even column.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -4.0 * (j / 2) / d), j => j % 2 == 0)),
            new("2j/d with j the column", "The exponent is 2j/d with j the column. In the formula k is the number of the pair, j divided by two, so that sine and cosine of a pair have one speed.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j, d), j => j % 2 == 0)),
            new("2j/d in whole numbers", "Two things: the exponent is 2j/d with j the column, where it should be the pair, j divided by two. And `2 * j / d` is a division of whole numbers, so there are only the speeds 1 and 1/10000.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)(2 * j / d)), j => j % 2 == 0)),
            new("all pairs at one speed", "All pairs turn at the same speed. Perhaps `2 * k / d` was computed with whole numbers: it is then 0 for every k, and the speed 1.",
                (n, d) => Encoded(n, d, (i, _) => i, j => j % 2 == 0)),
            new("faster and faster", "The speeds grow from pair to pair: the minus sign of the exponent is missing.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, 2.0 * (j / 2) / d), j => j % 2 == 0)),
            new("degrees", "The angles were taken for degrees. `Math.Sin` expects radians, and ω_k i is one already.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d) * Math.PI / 180, j => j % 2 == 0)),
            new("positions from 1", "The first row is that of position 1. Positions count from 0, and position 0 is (0, 1, 0, 1, …).",
                (n, d) => Encoded(n, d, (i, j) => (i + 1) * Speed(j / 2, d), j => j % 2 == 0)),
            new("pairs from 1", "The pairs were counted from 1. k counts from 0: the first pair has speed 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2 + 1, d), j => j % 2 == 0)),
            new("all sines", "Every column is a sine, or every column a cosine. A pair is both coordinates of a hand: the sine in column 2k, the cosine in column 2k + 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), _ => true)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), _ => false)] },
            new("another base", "The base of the speeds is not 10000, but another power of ten. Count the zeros.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(1000, -2.0 * (j / 2) / d), j => j % 2 == 0)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Math.Pow(100000, -2.0 * (j / 2) / d), j => j % 2 == 0)] },
            new("a 2π too many", "There is a 2π in the angle. ω_k · i is in radians already: the first hand moves on by one radian a position, not by a whole turn.",
                (n, d) => Encoded(n, d, (i, j) => 2 * Math.PI * i * Speed(j / 2, d), j => j % 2 == 0)),
            new("position and pair exchanged", "i and k have changed places in the angle: the position stands in the exponent. The pair decides the speed, the position says how often it is taken.",
                (n, d) => Encoded(n, d, (i, j) => j / 2 * Math.Pow(10000, -2.0 * i / d), j => j % 2 == 0)),
            new("the right half empty", "The right half is empty: the loop over the pairs ends too early. There are d/2 pairs, and each fills two columns.",
                (n, d) => Build(n, d, (i, j) => j / 2 * 2 >= d / 2 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d))))
            {
                Variants = [(n, d) => Build(n, d, (i, j) => j >= d / 2 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d))),
                    (n, d) => Build(n, d, (i, j) => j / 2 >= d / 4 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d)))],
            },
            new("k/(d/2 − 1)", "The exponent is k/(d/2 − 1), so the slowest hand has exactly the speed 1/10000, as much code has it. In the formula it is 2k/d, and the slowest a little faster.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(j / 2) / (d / 2 - 1.0)), j => j % 2 == 0)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(j / 2) / Math.Max(1, d / 2 - 1.0)), j => j % 2 == 0)] },
        ]);
}
