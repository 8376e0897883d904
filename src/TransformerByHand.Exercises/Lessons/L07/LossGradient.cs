using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>∂L/∂logits (n × V) of the mean cross-entropy, from the logits (n × V) and the right word of each row (n ids).</summary>
    public delegate Matrix<double> LossGradientFunction(Matrix<double> logits, int[] targets);

    /// <summary>07.3: the gradient of cross-entropy at the logits.</summary>
    public static FunctionExercise<LossGradientFunction> LossGradient { get; } = new(
        id: "07.3",
        title: "What cross-entropy says to the logits",
        statement: "L is the mean over the n rows of −ln p[target], with p = softmax(row). Return ∂L/∂logits.",
        solution: (logits, targets) =>
        {
            var dLogits = Softmax.Forward(logits);                  // p (n × V)
            for (int i = 0; i < logits.RowCount; i++)
                dLogits[i, targets[i]] -= 1;                        // p − y
            return dLogits / logits.RowCount;                       // L is a mean over n rows
        },
        cases:
        [
            [Of(new double[,] { { Math.Log(2), Math.Log(5), 0 }, { 0, Math.Log(2), 0 } }), new[] { 0, 2 }],
            [Of(new double[,] { { 1, 1, 1, 1 } }), new[] { 3 }],
            [Of(new double[,] { { 5 } }), new[] { 0 }],
            [Of(new double[,] { { 0, 1, 2 }, { 3, 0, -1 }, { 0.5, 0, 2 }, { -1, 1, 0 } }), new[] { 2, 0, 2, 1 }],
            [Of(new double[,] { { 1000, 999, 0 }, { -2000, -2001, -1999 } }), new[] { 1, 0 }],
        ],
        randomCase: random =>
        {
            (int n, int words) = (random.Next(1, 6), random.Next(2, 8));
            return [random.NormalMatrix(n, words, 2), Enumerable.Range(0, n).Select(_ => random.Next(words)).ToArray()];
        },
        hints:
        [
            "Take one row with logits z and right word y. ℓ = −ln p_y = −z_y + ln Σ_k e^{z_k}. Differentiate both parts with respect to z_j.",
            "The first part gives −1 at j = y and 0 elsewhere; the second gives e^{z_j} / Σ_k e^{z_k}, which has a name.",
            "L is the mean over n rows, so each row is divided by n. `Softmax.Forward(logits)` is p, row by row.",
        ],
        mistakes:
        [
            new("y − p", "The sign is turned round. A step goes against the gradient, and this would make the right word less likely.",
                (logits, targets) => -Surprise(logits, targets)),
            new("not divided by n", "Each row is that of its own loss. L is the mean over the rows: divide by how many there are.",
                (logits, targets) => Surprise(logits, targets) * logits.RowCount),
            new("1 not taken away", "This is p. At the right word the logit also stands in −z_y, which gives −1 there.",
                (logits, targets) => Surprise(logits, targets, y: 0)),
            new("the right word only", "Only the right word's logit has a gradient here. The others stand in the denominator of softmax: each has p_j.",
                (logits, targets) => Surprise(logits, targets).MapIndexed((i, j, v) => j == targets[i] ? v : 0, Zeros.Include)),
            new("the right word left out", "The right word's logit has no gradient here. It has p_y − 1.",
                (logits, targets) => Surprise(logits, targets).MapIndexed((i, j, v) => j == targets[i] ? 0 : v, Zeros.Include)),
            new("the loss by its probability", "This is −1/p at the right word: the gradient at the probabilities. Go on, through softmax, to the logits.",
                (logits, targets) => Softmax.Forward(logits).MapIndexed((i, j, p) => j == targets[i] ? -1 / p / logits.RowCount : 0, Zeros.Include)),
            new("logits in place of p", "The 1 was taken from the logits themselves. Softmax comes first.",
                (logits, targets) => logits.MapIndexed((i, j, z) => (z - (j == targets[i] ? 1 : 0)) / logits.RowCount, Zeros.Include)),
            new("softmax down the columns", "Softmax was taken down the columns. A row holds the scores of all words at one position: it belongs to the row.",
                (logits, targets) => (Softmax.Forward(logits.Transpose()).Transpose().MapIndexed((i, j, p) => p - (j == targets[i] ? 1 : 0), Zeros.Include)) / logits.RowCount),
            new("divided by the words", "This was divided by the number of words. L is a mean over the rows: divide by their number.",
                (logits, targets) => Surprise(logits, targets) * logits.RowCount / logits.ColumnCount),
            new("divided by both", "This was divided by the number of rows and by the number of words. L is a mean over the rows alone.",
                (logits, targets) => Surprise(logits, targets) / logits.ColumnCount),
            new("ln p in place of p", "The 1 was taken from ln p. The gradient of ln Σ_k e^{z_k} is p itself, without a logarithm.",
                (logits, targets) => Softmax.Forward(logits).MapIndexed((i, j, p) => (Math.Log(p) - (j == targets[i] ? 1 : 0)) / logits.RowCount, Zeros.Include)),
            new("1 taken away after the division", "The 1 was taken away after p had been divided by n. The whole of p − y is divided.",
                (logits, targets) => Softmax.Forward(logits).MapIndexed((i, j, p) => p / logits.RowCount - (j == targets[i] ? 1 : 0), Zeros.Include)),
            new("the loss itself", "This is −ln p at the right word, the loss. Asked for is how it changes with each logit.",
                (logits, targets) => Softmax.Forward(logits).MapIndexed((i, j, p) => j == targets[i] ? -Math.Log(p) / logits.RowCount : 0, Zeros.Include)),
            new("1 taken from every word", "The 1 was taken from the p of every word. y has a 1 at the right word only.",
                (logits, targets) => Softmax.Forward(logits).MapIndexed((_, _, p) => (p - 1) / logits.RowCount, Zeros.Include)),
            new("overflow", "e^1000 is infinite, and infinity divided by infinity is not a number. Take the largest logit of the row away before exp; p stays the same.",
                (logits, targets) => logits.PointwiseExp() is var E ? E.MapIndexed((i, j, e) => (e / E.Row(i).Sum() - (j == targets[i] ? 1 : 0)) / logits.RowCount, Zeros.Include) : E),
            new("one maximum for all rows", "The largest logit of the whole matrix was taken away. A row far below it then has e^(−huge) = 0 everywhere: take each row's own.",
                (logits, targets) => (logits - logits.Enumerate().Max()).PointwiseExp() is var E ? E.MapIndexed((i, j, e) => (e / E.Row(i).Sum() - (j == targets[i] ? 1 : 0)) / logits.RowCount, Zeros.Include) : E),
            new("through softmax once more", "p − y was sent back through softmax. It is the gradient at the logits already: softmax's own part is in it.",
                (logits, targets) => Softmax.Backward(Softmax.Forward(logits), Surprise(logits, targets))),
        ])
    {
        Formulas = [@"\frac{\partial \ell}{\partial z} = p - y"],
    };

    /// <summary>(p − y)/n, with another height of y on request.</summary>
    private static Matrix<double> Surprise(Matrix<double> logits, int[] targets, double y = 1) =>
        Softmax.Forward(logits).MapIndexed((i, j, p) => (p - (j == targets[i] ? y : 0)) / logits.RowCount, Zeros.Include);
}
