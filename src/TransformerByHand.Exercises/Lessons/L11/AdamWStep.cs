using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>One step of AdamW for weights w with the gradient g, the memories m and v of the steps before, the number s of this step from 1, the rate η and a decay λ for each weight.</summary>
    public delegate (double[] w, double[] m, double[] v) AdamWStepFunction(double[] w, double[] g, double[] m, double[] v, int s, double η, double[] λ);

    /// <summary>11.3: one step of AdamW.</summary>
    public static FunctionExercise<AdamWStepFunction> AdamWStep { get; } = new(
        id: "11.3",
        title: "One step of AdamW",
        statement: "Take step `s` (from 1) with β₁ = 0.9, β₂ = 0.99 and ε = 1e-8. Return the new weights and the new memories: m, a running mean of the gradient, and v, one of its square, as they are kept, uncorrected. λ holds the decay of each weight.",
        solution: (w, g, m, v, s, η, λ) =>
        {
            const double β1 = 0.9, β2 = 0.99, ε = 1e-8;
            double c1 = 1 - Math.Pow(β1, s), c2 = 1 - Math.Pow(β2, s);      // what a memory of s steps has come to
            double[] newW = new double[w.Length], newM = new double[w.Length], newV = new double[w.Length];
            for (int i = 0; i < w.Length; i++)
            {
                newM[i] = β1 * m[i] + (1 - β1) * g[i];
                newV[i] = β2 * v[i] + (1 - β2) * g[i] * g[i];
                double step = newM[i] / c1 / (Math.Sqrt(newV[i] / c2) + ε);
                newW[i] = w[i] - η * (step + λ[i] * w[i]);
            }
            return (newW, newM, newV);
        },
        cases:
        [
            [new[] { 4.0, -2 }, new[] { 0.5, -8 }, new double[2], new double[2], 1, 0.1, new[] { 0.2, 0 }],
            [new[] { 4.0 }, new[] { 0.5 }, new[] { 0.3 }, new[] { 0.4 }, 2, 0.1, new[] { 0.2 }],
            [new[] { 1.0, 2, -3 }, new[] { 1e-8, -2e-8, 0 }, new double[3], new double[3], 1, 0.01, new[] { 0, 0.1, 0 }],
            [new[] { 0.5, 0.5 }, new double[2], new[] { 0.2, -0.1 }, new[] { 0.09, 0.01 }, 30, 0.02, new[] { 1.0, 0 }],
            [new[] { 1000.0, -2000 }, new[] { 3000.0, 1 }, new[] { 100.0, 5 }, new[] { 1e6, 9 }, 7, 0.5, new[] { 0.01, 0.02 }],
        ],
        randomCase: random =>
        {
            int n = random.Next(1, 5);
            return
            [
                random.NormalVector(n).ToArray(), random.NormalVector(n).ToArray(), random.NormalVector(n, 0.3).ToArray(),
                random.NormalVector(n, 0.5).PointwisePower(2).ToArray(), random.Next(1, 40), 0.01 + 0.2 * random.NextDouble(),
                random.NormalVector(n, 0.2).PointwiseAbs().ToArray(),
            ];
        },
        hints:
        [
            "Four things for each weight: the new m, the new v, the step, the new w. m keeps 0.9 of what it was and takes 0.1 of g; v keeps 0.99 of what it was and takes 0.01 of g².",
            "Both began at 0. After s equal gradients g, m has come to (1 − 0.9^s)·g. Divide by that factor, and v by its own, before they are used; return them undivided.",
            "The step is m̂ / (√v̂ + ε). The decay stands beside it, outside of m and v: w − η·(step + λ·w).",
        ],
        mistakes:
        [
            new("decay inside the memories", "The decay λ·w was added to the gradient, so that it went through m and v. That is Adam with an L2 penalty: the decay is then divided by √v̂ like all else. In AdamW it stands beside the step.",
                (w, g, m, v, s, η, λ) => Adam(w, [.. g.Select((x, i) => x + λ[i] * w[i])], m, v, s, η, new double[w.Length])),
            new("no correction", "m and v were used as they are. They began at 0 and are too small in the first steps: divide them by 1 − β^s.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (_, _) => 1, correct2: (_, _) => 1)),
            new("only m corrected", "v was not corrected. It began at 0 too, and needs far more steps to fill: divide it by 1 − β₂^s.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct2: (_, _) => 1)),
            new("only v corrected", "m was not corrected. It began at 0 too: divide it by 1 − β₁^s.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (_, _) => 1)),
            new("steps counted from 0", "The correction is that of the step before: 1 − β^(s−1). At the first step that is 0. Steps are counted from 1 here.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (β, k) => 1 - Math.Pow(β, k - 1), correct2: (β, k) => 1 - Math.Pow(β, k - 1))),
            new("one step ahead", "The correction is that of the step after: 1 − β^(s+1). s counts from 1 already.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (β, k) => 1 - Math.Pow(β, k + 1), correct2: (β, k) => 1 - Math.Pow(β, k + 1))),
            new("the corrected memories returned", "The memories were returned corrected. The next step would correct them once more: return m and v as they are kept.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ) is var right
                    ? (right.w, [.. right.m.Select(x => x / (1 - Math.Pow(0.9, s)))], [.. right.v.Select(x => x / (1 - Math.Pow(0.99, s)))]) : right),
            new("no root", "The step was divided by v̂ itself. Its root has the size of a gradient, so that the step has no unit.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, size: x => x + 1e-8)),
            new("ε under the root", "ε stands under the root. It is added to the root: √v̂ + ε.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, size: x => Math.Sqrt(x + 1e-8))),
            new("ε left out", "ε was left out. Where a weight has had no gradient yet this is 0 divided by 0.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, size: Math.Sqrt)),
            new("g in place of its square", "v was given the gradient. It is the running mean of its square.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, square: x => x)),
            new("the size of g", "v was given |g|. It is the running mean of the square g².",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, square: Math.Abs)),
            new("the two β exchanged", "0.9 and 0.99 have changed places: the mean m keeps 0.9, the mean square v keeps 0.99.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, β1: 0.99, β2: 0.9)),
            new("one β for both corrections", "Both memories were corrected with the same β. m keeps 0.9 of itself and v keeps 0.99, so they fill at different speeds: 1 − 0.9^s and 1 − 0.99^s.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct2: (_, k) => 1 - Math.Pow(0.9, k))) { Variants = [(w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (_, k) => 1 - Math.Pow(0.99, k))] },
            new("decay without the weight", "The decay was not multiplied by the weight: every weight is moved by η·λ, whatever its size or sign. It is λ·w.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, new double[w.Length]) is var moved ? ([.. moved.w.Select((x, i) => x - η * λ[i])], moved.m, moved.v) : moved),
            new("from 0", "The new weights are the moves alone. They begin at the old ones: w − η·(step + λ·w).",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ) is var right ? ([.. right.w.Select((x, i) => x - w[i])], right.m, right.v) : right),
            new("0.999 for v", "v kept 0.999 of itself and took 0.001, as Adam's paper proposes. Here it keeps 0.99 and takes 0.01: these runs are short.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, β2: 0.999)),
            new("the square of m", "v was given the square of m. It is the running mean of g².",
                (w, g, m, v, s, η, λ) =>
                {
                    double[] m1 = [.. m.Select((x, i) => 0.9 * x + 0.1 * g[i])], v1 = [.. v.Select((x, i) => 0.99 * x + 0.01 * m1[i] * m1[i])];
                    return ([.. w.Select((x, i) => x - η * (m1[i] / (1 - Math.Pow(0.9, s)) / (Math.Sqrt(v1[i] / (1 - Math.Pow(0.99, s))) + 1e-8) + λ[i] * x))], m1, v1);
                }),
            new("multiplied by the factor", "m and v were multiplied by 1 − β^s. That is what they have come to already, and too small: divide by it.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, correct1: (β, k) => 1 / (1 - Math.Pow(β, k)), correct2: (β, k) => 1 / (1 - Math.Pow(β, k)))),
            new("kept and new exchanged", "The memories kept a tenth (a hundredth) and took nine tenths of the new. They keep most: β·old + (1 − β)·new.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, β1: 0.1, β2: 0.01, correct1: (_, k) => 1 - Math.Pow(0.9, k), correct2: (_, k) => 1 - Math.Pow(0.99, k)))
            { Variants = [(w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ, β1: 0.1, β2: 0.01)] },
            new("the memory of before", "The step was made of m and v as they came in. They learn of this gradient first.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, λ) is var right
                    ? ([.. w.Select((x, i) => x - η * (m[i] / (1 - Math.Pow(0.9, s)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, s))) + 1e-8) + λ[i] * x))], right.m, right.v) : right),
            new("uphill", "The weights moved with the gradient. Subtract the step.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, -η, [.. λ.Select(x => -x)])),
            new("decay away from 0", "The decay was added. It draws every weight towards 0: subtract η·λ·w.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, [.. λ.Select(x => -x)])),
            new("no decay", "The weights do not decay. Subtract η·λ·w as well.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, new double[w.Length])),
            new("decay without the rate", "The decay was not multiplied by the rate. It is part of what η scales: η·(step + λ·w).",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, [.. λ.Select(x => x / η)])),
            new("decay after the step", "The decay was taken of the weight that had moved already. Take it of the weight as it came in.",
                (w, g, m, v, s, η, λ) => Adam(w, g, m, v, s, η, new double[w.Length]) is var moved ? ([.. moved.w.Select((x, i) => x - η * λ[i] * x)], moved.m, moved.v) : moved),
        ])
    {
        Formulas = [@"\hat m / (\sqrt{\hat v} + \varepsilon)"],
    };

    private static (double[] w, double[] m, double[] v) Adam(
        double[] w, double[] g, double[] m, double[] v, int s, double η, double[] λ, double β1 = 0.9, double β2 = 0.99,
        Func<double, double>? square = null, Func<double, double>? size = null, Func<double, int, double>? correct1 = null, Func<double, int, double>? correct2 = null)
    {
        double c1 = correct1?.Invoke(β1, s) ?? 1 - Math.Pow(β1, s), c2 = correct2?.Invoke(β2, s) ?? 1 - Math.Pow(β2, s);
        double[] newM = [.. m.Select((x, i) => β1 * x + (1 - β1) * g[i])];
        double[] newV = [.. v.Select((x, i) => β2 * x + (1 - β2) * (square is null ? g[i] * g[i] : square(g[i])))];
        double[] newW = [.. w.Select((x, i) => x - η * (newM[i] / c1 / (size is null ? Math.Sqrt(newV[i] / c2) + 1e-8 : size(newV[i] / c2)) + λ[i] * x))];
        return (newW, newM, newV);
    }
}
