namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate (double m, double ℓ, double[] o) OnlineStepFunction(double m, double ℓ, double[] o, double x, double[] v);

    public static FunctionExercise<OnlineStepFunction> OnlineStep { get; } = new(
        id: "14.1",
        title: "One key more",
        statement: "`m` is the largest score so far, `ℓ` the sum of e^(score − m), and `o` the sum of e^(score − m) times the value. Return all three after one key more, with the score `x` and the value `v`; where `x` is −∞, they stay as they are.",
        solution: (m, ℓ, o, x, v) =>
        {
            double highest = Math.Max(m, x);
            if (double.IsNegativeInfinity(highest)) return (m, ℓ, [.. o]);       // nothing was seen yet
            double shrink = Math.Exp(m - highest), e = Math.Exp(x - highest);
            return (highest, ℓ * shrink + e, [.. o.Zip(v, (sum, value) => sum * shrink + e * value)]);
        },
        cases:
        [
            [1.0, 1.5, new double[] { 1, 2, -3 }, 3.0, new double[] { 4, -1, 0.5 }],
            [3.0, 1.5, new double[] { 1, 2, -3 }, 1.0, new double[] { 4, -1, 0.5 }],
            [double.NegativeInfinity, 0.0, new double[] { 0, 0 }, 2.0, new double[] { 4, -1 }],
            [double.NegativeInfinity, 0.0, new double[] { 0, 0 }, double.NegativeInfinity, new double[] { 4, -1 }],
            [2.0, 1.5, new double[] { 1, 2 }, double.NegativeInfinity, new double[] { 4, -1 }],
            [1000.0, 1.25, new double[] { 1, 2, 3 }, 1001.0, new double[] { 3, 0, -2 }],
            [1001.0, 1.25, new double[] { 1, 2, 3 }, 1000.0, new double[] { 3, 0, -2 }],
            [-900.0, 1.0, new double[] { 2 }, -899.5, new double[] { 5 }],
            [2.0, 2.5, new double[] { -1 }, 2.0, new double[] { 3 }],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 7);
            return [2 * random.NormalVector(1)[0], 1 + random.NextDouble(), random.NormalVector(d).ToArray(), 2 * random.NormalVector(1)[0], random.NormalVector(d).ToArray()];
        },
        hints:
        [
            "First the new largest score. All that was summed so far was measured from the old one: what is e^(score − m) in terms of e^(score − m′)?",
            "e^(score − m′) = e^(score − m) · e^(m − m′). The last factor is the same for every key so far, so it multiplies the whole sum, and the whole weighted sum.",
            "After that the new key adds e^(x − m′) to the one and e^(x − m′)·v to the other. If x is no new maximum, the factor is e⁰ = 1.",
            "If m and x are both −∞, m − m′ is not a number: return what you were given.",
        ],
        mistakes:
        [
            new("o not rescaled", "ℓ is brought to the new maximum and `o` is not. It was summed with the same exponentials, all measured from the old maximum, so it needs the same factor.",
                (m, ℓ, o, x, v) => Step(m, ℓ, o, x, v, shrinksO: false)),
            new("ℓ not rescaled", "`o` is brought to the new maximum and ℓ is not: both were summed with exponentials measured from the old one.",
                (m, ℓ, o, x, v) => Step(m, ℓ, o, x, v, shrinksℓ: false)),
            new("nothing rescaled", "The new key is measured from the new maximum, and all earlier ones still from the old: ℓ and `o` add up things in two different units.",
                (m, ℓ, o, x, v) => Step(m, ℓ, o, x, v, shrinksℓ: false, shrinksO: false)),
            new("−∞ − −∞", "Where nothing was seen yet and the first key is hidden, m and x are both −∞, and −∞ − −∞ is not a number. Nothing was seen, so nothing changes.",
                (m, ℓ, o, x, v) => double.IsNegativeInfinity(Math.Max(m, x)) ? (m, double.NaN, [.. o.Select(_ => double.NaN)]) : Step(m, ℓ, o, x, v)),
            new("the factor upside down", "The factor is e^(m′ − m), which makes old sums larger; it should be e^(m − m′), which is never above 1.",
                (m, ℓ, o, x, v) => Update(m, ℓ, o, x, v, Math.Exp(Math.Max(m, x) - m), Math.Exp(x - Math.Max(m, x))))
                {
                    Variants =
                    [
                        (m, ℓ, o, x, v) => Math.Max(m, x) is var high ? double.IsNegativeInfinity(high) ? (m, ℓ, [.. o])
                            : (high, ℓ * Math.Exp(high - m) + Math.Exp(x - high), [.. o.Zip(v, (a, b) => a * Math.Exp(high - m) + b * Math.Exp(x - high))]) : default,
                    ],
                },
            new("the new key measured from the old maximum", "The new key's exponential is e^(x − m), measured from the *old* maximum; the sums are measured from the new one.",
                (m, ℓ, o, x, v) => Update(m, ℓ, o, x, v, Math.Exp(m - Math.Max(m, x)), Math.Exp(x - m))),
            new("no maximum taken away", "Here e is taken to the power of the score itself. Scores of 1000 then overflow; and what you were given was measured from m.",
                (m, ℓ, o, x, v) => Update(m, ℓ, o, x, v, 1, Math.Exp(x)))
                { Variants = [(m, ℓ, o, x, v) => Update(m, ℓ, o, x, v, Math.Exp(m - Math.Max(m, x)), Math.Exp(x))] },
            new("divided already", "`o` is divided by ℓ at this step already. Keep the sum: the division stands after the last key, once.",
                (m, ℓ, o, x, v) => Step(m, ℓ, o, x, v) is var (highest, sum, all) && sum > 0 ? (highest, sum, [.. all.Select(a => a / sum)]) : (m, ℓ, [.. o]))
                {
                    Variants =
                    [
                        (m, ℓ, o, x, v) => Step(m, ℓ, [.. o.Select(a => a * ℓ)], x, v) is var (highest, sum, all) && sum > 0 ? (highest, sum, [.. all.Select(a => a / sum)]) : (m, ℓ, [.. o]),
                    ],
                },
            new("the value without its weight", "The new value is added as it is. It counts with its exponential, e^(x − m′).",
                (m, ℓ, o, x, v) => double.IsNegativeInfinity(x) ? (m, ℓ, [.. o]) : (Math.Max(m, x), Step(m, ℓ, o, x, v).ℓ, [.. o.Zip(v, (a, b) => a * Math.Exp(m - Math.Max(m, x)) + b)])),
            new("the old maximum returned", "The sums are measured from the new maximum, but the m that is returned is the old one: the next step would take them for something else.",
                (m, ℓ, o, x, v) => Step(m, ℓ, o, x, v) is var (_, sum, all) ? (m, sum, all) : default),
            new("m is the last score", "m is the score of the last key; it should be the largest of all so far.",
                (m, ℓ, o, x, v) => double.IsNegativeInfinity(x) ? (m, ℓ, [.. o]) : (x, ℓ * Math.Exp(m - x) + 1, [.. o.Zip(v, (a, b) => a * Math.Exp(m - x) + b)])),
        ]);

    private static (double m, double ℓ, double[] o) Step(double m, double ℓ, double[] o, double x, double[] v, bool shrinksℓ = true, bool shrinksO = true)
    {
        double highest = Math.Max(m, x);
        if (double.IsNegativeInfinity(highest)) return (m, ℓ, [.. o]);
        double shrink = Math.Exp(m - highest), e = Math.Exp(x - highest);
        return (highest, ℓ * (shrinksℓ ? shrink : 1) + e, [.. o.Zip(v, (a, b) => a * (shrinksO ? shrink : 1) + e * b)]);
    }

    private static (double m, double ℓ, double[] o) Update(double m, double ℓ, double[] o, double x, double[] v, double shrink, double e) =>
        double.IsNegativeInfinity(Math.Max(m, x)) ? (m, ℓ, [.. o])
            : (Math.Max(m, x), (double.IsNegativeInfinity(m) ? 0 : ℓ * shrink) + e, [.. o.Zip(v, (a, b) => (double.IsNegativeInfinity(m) ? 0 : a * shrink) + e * b)]);
}
