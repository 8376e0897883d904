using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate double[] SkipGradientFunction(double[] x, double[,] W, double[] dy);

    public static FunctionExercise<SkipGradientFunction> SkipGradient { get; } = new(
        id: "03.4",
        title: "The gradient through a skip",
        statement: "Return dx for y = x + ReLU(xW). Where xW is exactly 0, take the slope of the ReLU to be 0.",
        solution: (x, W, dy) =>
        {
            int d = x.Length;
            double[] h = Lesson03.Multiply(x, W);
            double[] dh = [.. dy.Select((g, j) => h[j] > 0 ? g : 0)];        // through the ReLU
            double[] dx = [.. dy];                                           // past the block
            for (int i = 0; i < d; i++)
                for (int j = 0; j < d; j++)
                    dx[i] += dh[j] * W[i, j];                                // through the block: dh·Wᵀ
            return dx;
        },
        cases:
        [
            [Row(1, 2), Square(2, 1, -1, 0.5, -0.5), Row(1, 3)],
            [Row(1, 1), Square(2, 2, 1, 0, 3), Row(1, 10)],
            [Row(-1, -2), Square(2, 1, 2, 3, 1), Row(4, 5)],
            [Row(1, 2), Square(2, 2, 1, -1, 3), Row(3, 1)],                  // the first of xW is exactly 0
            [Row(2), Square(1, 3), Row(5)],
            [Row(1e6, -2e6, 3e6), Square(3, 1, 0, 2, 0, -1, 1, 3, 1, 0), Row(-1e6, 2e6, 5e5)],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalVector(d).ToArray()];
        },
        hints:
        [
            "x reaches y on two paths: past the block and through it. A sum hands its gradient to both of its sides, so dx is the sum of what comes back on each.",
            "Past the block: dy, as it is. Through the block: first the ReLU, then the matrix.",
            "The ReLU lets through the gradient of those numbers of xW that are above 0, and stops the others.",
            "A matrix sends a gradient back through its transpose: number i of dh·Wᵀ is Σ_j dh[j] · W[i, j].",
        ],
        mistakes:
        [
            new("the path past the block forgotten", "Only the path through the block is here. The skip hands on dy as it is: add it.",
                (x, W, dy) => Multiply(Masked(x, W, dy), Transposed(W))) { Variants = [(x, W, dy) => Multiply(dy, Transposed(W))] },
            new("the path through the block forgotten", "Only the skip is here. The block's own slope counts too: add what comes back through W and the ReLU.",
                (x, W, dy) => [.. dy]),
            new("the ReLU forgotten", "The gradient went through the block as if there were no ReLU. Where xW is not above 0 the ReLU is flat, and nothing comes back.",
                (x, W, dy) => Sum(dy, Multiply(dy, Transposed(W)))),
            new("W not transposed", "This multiplies the gradient by W. On the way back it is the transpose: number i of the result runs along row i of W.",
                (x, W, dy) => Sum(dy, Multiply(Masked(x, W, dy), W))),
            new("the ReLU stops the skip too", "The ReLU was applied to the gradient of the skip as well. It stands inside the block; past the block nothing is stopped.",
                (x, W, dy) => Sum(Masked(x, W, dy), Multiply(Masked(x, W, dy), Transposed(W)))),
            new("the ReLU looks at x", "The ReLU lets through where *x* is above 0 here. What it saw on the way forward was xW.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, x), Transposed(W)))) { Variants = [(x, W, dy) => Sum(dy, Gated(Multiply(dy, Transposed(W)), x))] },
            new("the ReLU looks at y", "The ReLU lets through where the result *y* is above 0 here. What it saw on the way forward was xW, without the skip.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, Sum(x, [.. Multiply(x, W).Select(v => Math.Max(v, 0))])), Transposed(W)))),
            new("the ReLU looks at the sum", "The ReLU lets through where *x + xW* is above 0 here. It stands inside the block and saw xW, before anything was added.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, Sum(x, Multiply(x, W))), Transposed(W)))),
            new("the ReLU looks at xWᵀ", "The ReLU lets through where *xWᵀ* is above 0 here. On the way forward it is xW; only the way back has the transpose.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, Multiply(x, Transposed(W))), Transposed(W)))),
            new("the ReLU looks at the gradient", "The ReLU was applied to dy: what is below 0 in dy was stopped. Whether a place is open was decided on the way forward, by xW.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, dy), Transposed(W)))),
            new("the ReLU after W", "The gradient went through W first and through the ReLU after it. On the way back the ReLU, which was last, comes first.",
                (x, W, dy) => Sum(dy, Gated(Multiply(dy, Transposed(W)), Multiply(x, W)))),
            new("the ReLU of what came back", "What comes back through W was put through the ReLU: what is below 0 there was stopped. Which places are open was decided on the way forward, by xW, and the ReLU comes before W here.",
                (x, W, dy) => Sum(dy, [.. Multiply(dy, Transposed(W)).Select(v => Math.Max(v, 0))])),
            new("each number with its own gradient only", "Number i of dy was multiplied by 1 plus the sum of the slopes. x_i reaches every y_j through the block, and each of these has a gradient of its own, dy_j.",
                (x, W, dy) => [.. dy.Zip(Multiply([.. Multiply(x, W).Select(h => h > 0 ? 1.0 : 0)], Transposed(W)), (g, slope) => g * (1 + slope))])
            {
                Variants = [(x, W, dy) => Sum(dy, [.. Masked(x, W, dy).Select((g, i) => g * Enumerable.Range(0, x.Length).Sum(j => W[i, j]))])],
            },
            new("only W's diagonal", "Number i of x was taken to reach number i of y alone, through W[i, i]. Through the block it reaches every y_j, with weight W[i, j].",
                (x, W, dy) => Sum(dy, [.. Masked(x, W, dy).Select((g, i) => g * W[i, i])])) { Variants = [(x, W, dy) => Sum(dy, [.. dy.Select((g, i) => g * W[i, i])])] },
            new("added to the wrong number", "What comes back from number j of xW was added to dx[j]. It goes to x_i, which had a part in it with weight W[i, j]: to dx[i].",
                (x, W, dy) => Sum(dy, [.. Masked(x, W, dy).Select((g, j) => g * Enumerable.Range(0, x.Length).Sum(i => W[i, j]))])),
            new("what was computed in place of dy", "What comes back through the block is made of xW, the numbers of the way forward. What goes back is the gradient dy, where the ReLU lets it through.",
                (x, W, dy) => Sum(dy, Multiply([.. Multiply(x, W).Select(h => Math.Max(h, 0))], Transposed(W)))) { Variants = [(x, W, dy) => Sum(dy, Multiply(Multiply(x, W), Transposed(W)))] },
            new("W forgotten", "What came back through the block passed the ReLU and not W. After the ReLU comes the matrix: number i is Σ_j dh[j] · W[i, j].",
                (x, W, dy) => Sum(dy, Masked(x, W, dy))),
            new("neither the ReLU nor the transpose", "Two things: there is no ReLU, which lets nothing back where xW is not above 0, and the gradient was multiplied by W where it is the transpose.",
                (x, W, dy) => Sum(dy, Multiply(dy, W))),
            new("assigned, not added", "Only the last number of dy came back through the block, and dy of the skip is overwritten: an `=` where `+=` should be.",
                (x, W, dy) => [.. x.Select((_, i) => Masked(x, W, dy)[^1] * W[i, x.Length - 1])]),
            new("dy added at every step", "dy is in the sum as often as there are numbers: it is added in the inner loop. The skip hands it on once.",
                (x, W, dy) => Sum([.. dy.Select(g => x.Length * g)], Multiply(Masked(x, W, dy), Transposed(W)))),
            new("x on the skip", "The skip hands back x here. What goes back past the block is the gradient that arrives, dy.",
                (x, W, dy) => Sum(x, Multiply(Masked(x, W, dy), Transposed(W)))),
            new("1 on the skip", "The skip was given the slope 1 and nothing else. What goes back past the block is that slope times what arrives: dy itself.",
                (x, W, dy) => [.. Multiply(Masked(x, W, dy), Transposed(W)).Select(v => 1 + v)]),
            new("the ReLU on the whole sum", "The ReLU was applied to the sum of both ways, after everything else. It stands in the block alone, and on the way back it comes before W.",
                (x, W, dy) => Gated(Sum(dy, Multiply(dy, Transposed(W))), Multiply(x, W))),
            new("open at the kink", "Where xW is exactly 0 the gradient was let through. Take the slope there to be 0: `>`, not `>=`.",
                (x, W, dy) => Sum(dy, Multiply([.. dy.Zip(Multiply(x, W), (g, v) => v >= 0 ? g : 0)], Transposed(W)))),
            new("the ReLU the wrong way round", "The gradient was let through where xW is *below* 0. There the ReLU is flat.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, Negated(Multiply(x, W))), Transposed(W)))),
            new("times the ReLU's output", "dy was multiplied by ReLU(xW). Its slope is asked for: 1 where xW is above 0, and 0 elsewhere.",
                (x, W, dy) => Sum(dy, Multiply([.. dy.Zip(Multiply(x, W), (g, v) => g * Math.Max(v, 0))], Transposed(W)))),
            new("the skip taken twice", "dy is in the sum twice. The skip hands it on once.",
                (x, W, dy) => Sum(dy, Sum(dy, Multiply(Masked(x, W, dy), Transposed(W))))),
            new("the way forward", "This is y = x + ReLU(xW), the way forward. Asked for is dx, the gradient at x, when dy is the gradient at y.",
                (x, W, dy) => Sum(x, [.. Multiply(x, W).Select(v => Math.Max(v, 0))])),
        ])
    {
        Formulas = [@"dx=dy+dx_f"],
    };
}
