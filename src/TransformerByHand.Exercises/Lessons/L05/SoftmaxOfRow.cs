namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[] SoftmaxFunction(double[] s);

    public static FunctionExercise<SoftmaxFunction> SoftmaxOfRow { get; } = new(
        id: "05.2",
        title: "A softmax that does not overflow",
        statement: "Return the softmax of a row of scores of any size. A score of −∞ gets the weight 0, and where all are −∞, all weights are 0.",
        solution: s =>
        {
            double m = s.Max();
            if (double.IsNegativeInfinity(m)) return new double[s.Length];
            double[] e = [.. s.Select(v => Math.Exp(v - m))];
            double sum = e.Sum();
            return [.. e.Select(v => v / sum)];
        },
        cases:
        [
            [Listed(0, 0)],
            [Listed(1, 2, 3)],
            [Listed(0, double.NegativeInfinity, 1)],
            [Listed(1000, 1001, 1000)],
            [Listed(-1000, -1001)],
            [Listed(0, 1000)],
            [Listed(0, 2000)],
            [Listed(3)],
            [Listed(5, 5, -1, 5)],
            [Listed(2000, 0)],
            [Listed(double.NegativeInfinity, 1000)],
            [Listed(1000, double.NegativeInfinity)],
            [Listed(double.NegativeInfinity, double.NegativeInfinity)],
        ],
        randomCase: random => [random.NormalVector(random.Next(2, 7), 2).ToArray()],
        hints:
        [
            "Find the largest score first: `s.Max()`. Subtract it from every score before you take the exponential: then the largest exponential is e⁰ = 1.",
            "`Math.Exp(double.NegativeInfinity)` is 0, exactly: masked scores take care of themselves, as long as m is finite.",
            "If m itself is −∞, nothing is allowed, and −∞ − (−∞) is not a number. Return zeros before you come to that.",
        ],
        mistakes:
        [
            new("no maximum subtracted", "The formula is right, and e^1000 is too large for a `double`: ∞ / ∞ is NaN. Subtract the largest score first; it cancels in the quotient.",
                Exponentials(_ => 0))
            {
                Variants = [Guarded(Exponentials(_ => 0)), ZerosIfNothingIsLeft(Exponentials(_ => 0)), s => [.. Exponentials(_ => 0)(s).Select(weight => double.IsNaN(weight) ? 0 : weight)]],
            },
            new("a row without any allowed key gives NaN", "All is right but the row in which every score is −∞. There it is NaN: −∞ − (−∞), or 0 / 0. Return zeros for such a row.",
                Exponentials(s => s.Max())),
            new("a row without any allowed key gives equal weights", "All is right but the row in which every score is −∞. Equal weights would look at everything that was forbidden; return zeros.",
                s => double.IsNegativeInfinity(s.Max()) ? [.. s.Select(_ => 1.0 / s.Length)] : Weights(s)),
            new("not divided by the sum", "These are the exponentials, e^(s − m). Divide by their sum, so that the weights add up to 1.",
                s => [.. s.Select(v => Math.Exp(v - s.Max()))])
            {
                Variants = [Guarded(s => [.. s.Select(v => Math.Exp(v - s.Max()))])],
            },
            new("plain exponentials", "These are the exponentials, e^s. Subtract the largest score before, and divide by their sum after.",
                s => [.. s.Select(v => Math.Exp(v))]),
            new("the sum taken anew", "The sum was taken anew after each division, when the numbers before were weights already. Keep it in a variable before the first division.",
                s => DividedInTurn([.. s.Select(v => Math.Exp(v - s.Max()))]))
            {
                Variants = [Guarded(s => DividedInTurn([.. s.Select(v => Math.Exp(v - s.Max()))]))],
            },
            new("the maximum taken anew", "The maximum was taken anew for each score, when those before were exponentials already. Keep it in a variable before the first exponential.",
                MaximumInTurn)
            {
                Variants = [Guarded(MaximumInTurn)],
            },
            new("the scores divided", "The scores were divided here, by the largest or by another number. That changes the differences between them, and with them the weights. Subtract: that changes no difference.",
                s => Exponentials(_ => 0)([.. s.Select(v => v / s.Max())]))
            {
                Variants =
                [
                    Guarded(s => Exponentials(_ => 0)([.. s.Select(v => v / s.Max())])),
                    s => Exponentials(_ => 0)([.. s.Select(v => v / s.Max(Math.Abs))]), Guarded(s => Exponentials(_ => 0)([.. s.Select(v => v / s.Max(Math.Abs))])),
                    s => Exponentials(_ => 0)([.. s.Select(v => v / 1000)]), Guarded(s => Exponentials(_ => 0)([.. s.Select(v => v / 1000)])),
                    s => Exponentials(_ => 0)([.. s.Select(v => v / s.Sum())]), Guarded(s => Exponentials(_ => 0)([.. s.Select(v => v / s.Sum())])),
                ],
            },
            new("scaled as well", "The scores were divided by a root here. They come scaled: softmax takes them as they are.",
                s => Exponentials(t => t.Max())([.. s.Select(v => v / Math.Sqrt(s.Length))]))
            {
                Variants = [Guarded(s => Exponentials(t => t.Max())([.. s.Select(v => v / Math.Sqrt(s.Length))]))],
            },
            new("subtracts the same number from every row", "You subtract the same number from every row. Where all scores lie far below it every exponential vanishes, and where one lies far above, it is too large. Subtract the row's own largest score.",
                Exponentials(_ => 700))
            {
                Variants =
                [
                    Guarded(Exponentials(_ => 700)), Exponentials(_ => 709), Guarded(Exponentials(_ => 709)), Exponentials(_ => 710), Guarded(Exponentials(_ => 710)),
                    Exponentials(_ => 1000), Guarded(Exponentials(_ => 1000)), Exponentials(_ => 1001), Guarded(Exponentials(_ => 1001)),
                ],
            },
            new("the exponentials divided by the largest", "e^s was taken first, and divided by e^m after: by then both are infinite, and ∞ / ∞ is NaN. Subtract m from the score before you take the exponential.",
                DividedByLargest)
            {
                Variants = [Guarded(DividedByLargest)],
            },
            new("adds the largest score", "The largest score was added. That cancels as well, and makes the exponentials larger still: subtract it.",
                Exponentials(s => -s.Max())) { Variants = [Guarded(Exponentials(s => -s.Max()))] },
            new("subtracts below only", "The largest score is subtracted in the sum below and not in the numerator, so that it does not cancel. Subtract it in both.",
                s => [.. s.Select(v => Math.Exp(v) / s.Sum(w => Math.Exp(w - s.Max())))])
            {
                Variants = [Guarded(s => [.. s.Select(v => Math.Exp(v) / s.Sum(w => Math.Exp(w - s.Max())))])],
            },
            new("shares without exponentials", "This divides each score by the sum of the scores. Softmax takes the exponential of each first, so that negative scores get a weight too.",
                s => [.. s.Select(v => v / s.Sum())])
            {
                Variants = [Guarded(s => [.. s.Select(v => v / s.Sum())])],
            },
            new("logarithms of the weights", "These are the logarithms of the weights. Take the exponential of each.",
                Guarded(s => [.. Weights(s).Select(weight => Math.Log(weight))]))
            {
                Variants =
                [
                    s => [.. Weights(s).Select(weight => Math.Log(weight))],
                    s => [.. s.Select(v => v - s.Max() - Math.Log(s.Sum(w => Math.Exp(w - s.Max()))))],
                    Guarded(s => [.. s.Select(v => v - s.Max() - Math.Log(s.Sum(w => Math.Exp(w - s.Max()))))]),
                ],
            },
            new("the maximum starts at 0", "For a row of negative scores nothing is subtracted here, and all its exponentials vanish. Does your maximum start at 0? Start with `double.NegativeInfinity`, or with the first score.",
                Exponentials(s => Math.Max(0, s.Max())))
            {
                Variants = [Guarded(Exponentials(s => Math.Max(0, s.Max()))), ZerosIfNothingIsLeft(Exponentials(s => Math.Max(0, s.Max())))],
            },
            new("subtracts the first score", "You subtract the first score, not the largest. For (0, 2000) that leaves e^2000, which is too large for a `double`.",
                Exponentials(s => s[0]))
            {
                Variants =
                [
                    Guarded(Exponentials(s => s[0])),
                    s => double.IsNegativeInfinity(s[0]) ? new double[s.Length] : Exponentials(t => t[0])(s),
                    s => [.. Exponentials(t => t[0])(s).Select(weight => double.IsNaN(weight) ? 0 : weight)],
                ],
            },
            new("subtracts the last score", "You subtract the last score, not the largest. For (2000, 0) that leaves e^2000, which is too large for a `double`.",
                Exponentials(s => s[^1]))
            {
                Variants =
                [
                    Guarded(Exponentials(s => s[^1])),
                    s => double.IsNegativeInfinity(s[^1]) ? new double[s.Length] : Exponentials(t => t[^1])(s),
                    s => [.. Exponentials(t => t[^1])(s).Select(weight => double.IsNaN(weight) ? 0 : weight)],
                ],
            },
            new("subtracts the largest absolute value", "You subtract the largest *absolute value*. For (−1000, −1001) that makes the exponents −2001 and less, and every exponential vanishes. Take the largest score, with its sign.",
                Exponentials(s => s.Max(Math.Abs)))
            {
                Variants = [Guarded(Exponentials(s => s.Max(Math.Abs)))],
            },
            new("subtracts the smallest score", "You subtract the smallest score. The exponents are then 0 or more, and the largest overflows as before. Take the largest away.",
                Exponentials(s => s.Min()))
            {
                Variants = [Guarded(Exponentials(s => s.Min())), Guarded(Exponentials(s => s.Where(double.IsFinite).Min()))],
            },
            new("subtracts the mean", "You subtract the mean, which also cancels. But the largest score may lie far above it, and its exponential overflows: take the largest away. (And with a score of −∞ the mean is −∞.)",
                Exponentials(s => s.Average()))
            {
                Variants = [Guarded(Exponentials(s => s.Average())), Guarded(Exponentials(s => s.Where(double.IsFinite).Average()))],
            },
            new("subtracts above only", "The largest score is subtracted in the numerator and not in the sum below, so that it does not cancel. Subtract it in both.",
                s => [.. s.Select(v => Math.Exp(v - s.Max()) / s.Sum(w => Math.Exp(w)))])
            {
                Variants = [Guarded(s => [.. s.Select(v => Math.Exp(v - s.Max()) / s.Sum(w => Math.Exp(w)))])],
            },
            new("cuts large scores off", "Large scores are cut off at some number here. No exponential overflows, and all scores above it get the same weight. Subtract instead: that changes no weight.",
                Exponentials(s => 0, most: 700))
            {
                Variants =
                [
                    Guarded(Exponentials(s => 0, most: 700)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 700)),
                    Exponentials(s => 0, most: 709), Guarded(Exponentials(s => 0, most: 709)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 709)),
                    Exponentials(s => 0, most: 500), Guarded(Exponentials(s => 0, most: 500)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 500)),
                    Clamped(700), Guarded(Clamped(700)), Clamped(709), Guarded(Clamped(709)), Clamped(500), Guarded(Clamped(500)),
                ],
            },
            new("zeros as soon as one score is −∞", "A single score of −∞ makes all weights 0 here. Only that score's weight is 0; all are 0 only where *every* score is −∞.",
                s => s.Contains(double.NegativeInfinity) ? new double[s.Length] : Weights(s)),
            new("the smallest score gets the most", "The signs are turned around, so that the smallest score gets the largest weight. It is e^(s − m), and not e^(m − s).",
                s => [.. s.Select(v => Math.Exp(s.Max() - v) / s.Sum(w => Math.Exp(s.Max() - w)))])
            {
                Variants =
                [
                    Guarded(s => [.. s.Select(v => Math.Exp(s.Max() - v) / s.Sum(w => Math.Exp(s.Max() - w)))]),
                    s => [.. s.Select(v => Math.Exp(-v) / s.Sum(w => Math.Exp(-w)))],
                    Guarded(s => [.. s.Select(v => Math.Exp(-v) / s.Sum(w => Math.Exp(-w)))]),
                    s => [.. s.Select(v => Math.Exp(s.Min() - v) / s.Sum(w => Math.Exp(s.Min() - w)))],
                    Guarded(s => [.. s.Select(v => Math.Exp(s.Min() - v) / s.Sum(w => Math.Exp(s.Min() - w)))]),
                ],
            },
            new("a sigmoid", "This is the sigmoid of each score by itself. In a softmax the scores share one sum, and the weights add up to 1.",
                s => [.. s.Select(v => 1 / (1 + Math.Exp(-v)))]),
        ]);

    /// <summary>Exponentials, each less a maximum that is taken of the numbers as they are by then.</summary>
    private static double[] MaximumInTurn(double[] s)
    {
        double[] e = [.. s];
        for (int i = 0; i < e.Length; i++) e[i] = Math.Exp(e[i] - e.Max());
        return [.. e.Select(v => v / e.Sum())];
    }

    private static double[] DividedByLargest(double[] s)
    {
        double[] e = [.. s.Select(v => Math.Exp(v) / Math.Exp(s.Max()))];
        return [.. e.Select(v => v / e.Sum())];
    }

    /// <summary>Plain exponentials of scores that are cut off on both sides.</summary>
    private static SoftmaxFunction Clamped(double most) => s => Exponentials(_ => 0)([.. s.Select(v => Math.Clamp(v, -most, most))]);
}
