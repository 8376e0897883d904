using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Figures;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    /// <summary>Every number of the three tokens' attention, forward in blue and below it the gradient in orange.</summary>
    public static Figure ChainFigure()
    {
        var (O, t) = ThreeTokens.Head.Forward(ThreeTokens.X);
        var g = ThreeTokens.Head.Backward(t, ThreeTokens.dO);
        return new MatrixFlow
        {
            Title = "Attention forward, along the blue arrows, and backward, along the orange ones",
            Matrices =
            [
                new("X", 0, 1, "X", "dX, a sum of three") { Values = ThreeTokens.X, Gradient = g.dX },
                new("Q", 1, 0, "Q = X·W_Q", "dQ = dS·K") { Values = t.Q, Gradient = g.dQ, From = ["X"] },
                new("K", 1, 1, "K = X·W_K", "dK = dSᵀ·Q") { Values = t.K, Gradient = g.dK, From = ["X"] },
                new("V", 1, 2, "V = X·W_V", "dV = Aᵀ·dO") { Values = t.V, Gradient = g.dV, From = ["X"] },
                new("S", 2, 0.5, "S = Q·Kᵀ", "dS = dZ / √2") { Values = t.S, Gradient = g.dS, From = ["Q", "K"] },
                new("Z", 3, 0.5, "Z = S / √2", "dZ = A ⊙ (dA − ⟨dA, A⟩)") { Values = t.Z, Gradient = g.dZ, From = ["S"] },
                new("A", 4, 0.5, "A = softmax(Z)", "dA = dO·Vᵀ") { Values = t.A, Gradient = g.dA, From = ["Z"] },
                new("O", 5, 2, "O = A·V", "dO, given") { Values = O, Gradient = ThreeTokens.dO, From = ["A", "V"] },
            ],
        };
    }

    /// <summary>The gradients of the three tokens, entry by entry and without a matrix operation: each number is the sum of what it was multiplied with.</summary>
    /// <returns>dV, dA, dZ, dS, dQ, dK, dW_Q, dW_K, dW_V, the three paths of dX, and dX, by name.</returns>
    public static IReadOnlyDictionary<string, Matrix<double>> EntryByEntry()
    {
        var (X, dO) = (ThreeTokens.X, ThreeTokens.dO);
        var t = ThreeTokens.Head.Forward(X).Trace;
        double Sum(int n, Func<int, double> term) => Enumerable.Range(0, n).Sum(term);
        var d = new Dictionary<string, Matrix<double>>();
        d["dV"] = DenseMatrix.Create(3, 2, (j, c) => Sum(3, i => t.A[i, j] * dO[i, c]));
        d["dA"] = DenseMatrix.Create(3, 3, (i, j) => Sum(2, c => dO[i, c] * t.V[j, c]));
        d["dZ"] = DenseMatrix.Create(3, 3, (i, j) => t.A[i, j] * (d["dA"][i, j] - Sum(3, k => t.A[i, k] * d["dA"][i, k])));
        d["dS"] = DenseMatrix.Create(3, 3, (i, j) => d["dZ"][i, j] / Math.Sqrt(2));
        d["dQ"] = DenseMatrix.Create(3, 2, (i, c) => Sum(3, j => d["dS"][i, j] * t.K[j, c]));
        d["dK"] = DenseMatrix.Create(3, 2, (j, c) => Sum(3, i => d["dS"][i, j] * t.Q[i, c]));
        foreach (var (name, W) in new[] { ("Q", ThreeTokens.W_Q), ("K", ThreeTokens.W_K), ("V", ThreeTokens.W_V) })
        {
            d[$"dW_{name}"] = DenseMatrix.Create(2, 2, (r, c) => Sum(3, i => X[i, r] * d[$"d{name}"][i, c]));
            d[$"through {name}"] = DenseMatrix.Create(3, 2, (i, r) => Sum(2, c => d[$"d{name}"][i, c] * W[r, c]));
        }
        d["dX"] = d["through Q"] + d["through K"] + d["through V"];
        return d;
    }

    /// <summary>The figures of claim B1.</summary>
    public static (string Name, double Value)[] MeasureB1()
    {
        var d = EntryByEntry();
        var library = ThreeTokens.Head.Backward(ThreeTokens.Head.Forward(ThreeTokens.X).Trace, ThreeTokens.dO);
        (string Name, Matrix<double> Its)[] all =
        [
            ("dV", library.dV), ("dA", library.dA), ("dZ", library.dZ), ("dS", library.dS), ("dQ", library.dQ), ("dK", library.dK),
            ("dW_Q", library.dW_Q), ("dW_K", library.dW_K), ("dW_V", library.dW_V), ("dX", library.dX),
        ];

        // A pre-LN block around a causal head: three tokens of width 10, all six gradients against central differences.
        var draw = SeededRandom.Create(58);
        var x = draw.NormalMatrix(3, 10);
        var head = AttentionHead.Random(draw, dModel: 10, dK: 10);
        var norm = new AddAndNorm(NormPlacement.Pre, new LayerNorm(1 + 0.1 * draw.NormalVector(10), 0.1 * draw.NormalVector(10)));
        var report = GradientCheck.Run(
            [new Parameter("X", x), .. norm.Parameters, .. head.Parameters],
            () => norm.Forward(x, N => head.Forward(N, Mask.Causal(3))).Y,
            dY => norm.Backward(norm.Forward(x, N => head.Forward(N, Mask.Causal(3))).Trace, dY, (its, dOut) => head.Backward(its, dOut)) is var g
                ? [new Parameter("X", g.dX), .. g.Norm!.OfParameters(), .. g.Block.OfParameters()]
                : []);
        return
        [
            ("dX of “the”, first number", d["dX"][0, 0]),
            ("dW_Q, first number", d["dW_Q"][0, 0]),
            ("dW_K, first number", d["dW_K"][0, 0]),
            ("ledger and library differ by", all.Max(one => Largest(d[one.Name] - one.Its))),
            ("gradients of the block that agree with differences, of 6", report.Variables.Count(v => v.Verdict == GradientVerdict.Agrees)),
            ("dX without the path through q, off by", Largest(d["through Q"])),
            ("dX without the path through k, off by", Largest(d["through K"])),
            ("dX without the path through v, off by", Largest(d["through V"])),
        ];
    }

    /// <summary>The figures of claim B2: the Jacobian of 500 random rows, and the way around it on 200.</summary>
    public static (string Name, double Value)[] MeasureB2()
    {
        double rowOfJacobian = Enumerable.Range(0, 500).Max(seed =>
            Softmax.Jacobian(Softmax.Of(SeededRandom.Create(seed).NormalVector(8, 2))).RowSums().AbsoluteMaximum());
        var draw = SeededRandom.Create(54);
        double miss = 0, rowSum = 0;
        for (int k = 0; k < 200; k++)
        {
            var (p, dp) = (Softmax.Of(draw.NormalVector(8, 2)), draw.NormalVector(8));
            var dz = p.PointwiseMultiply(dp - dp * p);                              // p ⊙ (dp − ⟨dp, p⟩)
            miss = Math.Max(miss, (Softmax.Jacobian(p) * dp - dz).AbsoluteMaximum());
            rowSum = Math.Max(rowSum, Math.Abs(dz.Sum()));
        }
        var (O, t) = ThreeTokens.Head.Forward(ThreeTokens.X);
        var g = ThreeTokens.Head.Backward(t, ThreeTokens.dO);
        return
        [
            ("largest sum of a row of the Jacobian", rowOfJacobian),
            ("Jacobian and product differ by", miss),
            ("largest sum of a row of dz", rowSum),
            ("⟨da, a⟩ and ⟨do, o⟩ differ by", Enumerable.Range(0, 3).Max(i => Math.Abs(g.dA.Row(i) * t.A.Row(i) - ThreeTokens.dO.Row(i) * O.Row(i)))),
            ("numbers in the Jacobians of 1000 tokens", 1000.0 * 1000 * 1000),
        ];
    }

    private static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);
}
