using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> BlockGradientFunction(Matrix<double> dY, Matrix<double> dN, Matrix<double> XHat, Vector<double> rstd, Vector<double> gamma);

    public static FunctionExercise<BlockGradientFunction> BlockGradient { get; } = new(
        id: "06.10",
        title: "Back through the norm and past it",
        statement: "Y = X + Attention(N) with N = LN(X). Return dX, given dY and dN, the gradient that attention sends back to N.",
        solution: (dY, dN, XHat, rstd, gamma) =>
        {
            var dX = dY.Clone();                                            // past the block: as it came
            for (int t = 0; t < dY.RowCount; t++)
            {
                var g = dN.Row(t).PointwiseMultiply(gamma);
                var xHat = XHat.Row(t);
                double d = g.Count, mean = g.Sum() / d, along = (g * xHat) / d;
                dX.SetRow(t, dX.Row(t) + rstd[t] * (g - mean - xHat * along));   // and through the norm
            }
            return dX;
        },
        cases:
        [
            [
                Of(new double[,] { { 1, 0, 2, -1 }, { 0, 1, 1, 3 } }), Of(new double[,] { { 4, 0, -2, 2 }, { 1, 3, 0, -1 } }),
                Of(new double[,] { { 1, -1, 1, -1 }, { 1, 1, -1, -1 } }), Of(0.5, 2), Of(1, 2, 0.5, -1),
            ],
        ],
        randomCase: random =>
        {
            (int n, int d) = (random.Next(2, 5), random.Next(3, 7));
            var trace = new LayerNorm(d).Forward(random.NormalMatrix(n, d, 2)).Trace;
            return [random.NormalMatrix(n, d), random.NormalMatrix(n, d), trace.XHat, trace.rstd, random.NormalVector(d)];
        },
        hints:
        [
            "X reaches Y on two ways: past the block, as it is, and through LayerNorm and attention. What comes back on the two adds up.",
            "Past the block: dY. Through it: attention has done its part, and dN is what LayerNorm gets as its dY. Lesson 01 has the formula, with g = dN ⊙ γ for each token.",
            "dX = dY + rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)), token by token.",
        ],
        mistakes:
        [
            new("skip forgotten", "The way past the block is missing. X is added to the output as it is, so dY comes back as it is: add it.",
                (dY, dN, XHat, rstd, gamma) => Norm(dN, XHat, rstd, gamma)),
            new("norm forgotten", "This is dY + dN. What attention sends back arrives at LayerNorm's output, not at X: it still has to go through the norm.",
                (dY, dN, XHat, rstd, gamma) => dY + dN),
            new("norm on the stream", "Both parts were sent through the norm, as in post-LN. Here the norm stands in the branch, and the stream passes it by.",
                (dY, dN, XHat, rstd, gamma) => Norm(dY + dN, XHat, rstd, gamma)),
            new("γ forgotten", "γ is missing: the gradient at x̂ is g = dN ⊙ γ.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma * 0 + 1)),
            new("part along x̂ forgotten", "The last term of LayerNorm's backward is missing: x̂ · mean(g ⊙ x̂).",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, along: 0)),
            new("mean forgotten", "LayerNorm's backward takes the mean of g away; here it does not.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, mean: 0)),
            new("rstd forgotten", "The factor rstd is missing. A token with a large deviation is divided by it on the way forward, and its gradient on the way back.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd * 0 + 1, gamma)),
            new("skip only", "This is dY: dN is never used. X also reaches Y through the norm and attention.",
                (dY, dN, XHat, rstd, gamma) => dY.Clone()),
            new("skip twice", "dY was added twice. X goes past the block once.",
                (dY, dN, XHat, rstd, gamma) => dY * 2 + Norm(dN, XHat, rstd, gamma)),
            new("norm on both, and the skip", "dY was added to dN before the norm, and once more after it. dY goes past the norm; only dN goes through.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dY + dN, XHat, rstd, gamma)),
            new("dY and dN exchanged", "dY went through the norm, and dN past it. dN is what attention sent back to the norm's output.",
                (dY, dN, XHat, rstd, gamma) => dN + Norm(dY, XHat, rstd, gamma)),
            new("γ at the end", "γ multiplies the result of the norm's backward. It stands at the norm's output, so it comes first on the way back: g = dN ⊙ γ.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma * 0 + 1).ScaleColumns(gamma)),
            new("γ on both", "dY was multiplied by γ as well. It goes past the norm as it is.",
                (dY, dN, XHat, rstd, gamma) => dY.ScaleColumns(gamma) + Norm(dN, XHat, rstd, gamma)),
            new("γ forgotten in a mean", "In one mean or both stands dN, where g = dN ⊙ γ belongs.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, inMean: dN))
            {
                Variants =
                [
                    (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, inAlong: dN),
                    (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, inMean: dN, inAlong: dN),
                ],
            },
            new("sums for means", "A sum stands where a mean belongs: divide by the number of features.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, mean: gamma.Count, along: gamma.Count))
            {
                Variants =
                [
                    (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, mean: gamma.Count),
                    (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, along: gamma.Count),
                ],
            },
            new("both means forgotten", "This is dY + rstd · g. LayerNorm's backward takes two things from g: its mean, and its part along x̂.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, mean: 0, along: 0)),
            new("plus along x̂", "The part along x̂ was added. It is taken away: a token cannot change its own deviation.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd, gamma, along: -1)),
            new("divided by rstd", "This divides by rstd. It is one over the deviation already: multiply.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, 1 / rstd, gamma)),
            new("rstd squared", "rstd stands there twice: once is enough.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd.PointwiseMultiply(rstd), gamma)),
            new("the first token's rstd", "The first token is right; then its rstd was used for all. Each token has its own.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN, XHat, rstd * 0 + rstd[0], gamma)),
            new("γ by token", "γ was multiplied to the rows, one number a token. It has one number a *feature*.",
                (dY, dN, XHat, rstd, gamma) => dY + Norm(dN.MapIndexed((i, _, v) => v * gamma[i], Zeros.Include), XHat, rstd, gamma * 0 + 1)),
            new("means over the tokens", "The means were taken down the columns, over the tokens. LayerNorm looks at each token by itself: along its row.",
                (dY, dN, XHat, rstd, gamma) =>
                {
                    var g = dN.ScaleColumns(gamma);
                    var (mean, along) = (g.ColumnSums() / g.RowCount, g.PointwiseMultiply(XHat).ColumnSums() / g.RowCount);
                    return dY + g.MapIndexed((i, j, v) => v - mean[j] - XHat[i, j] * along[j], Zeros.Include).ScaleRows(rstd);
                }),
        ]);
}
