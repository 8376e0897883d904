using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) AttentionBackwardFunction(
        Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal, Matrix<double> dO);

    public static FunctionExercise<AttentionBackwardFunction> AttentionBackward { get; } = new(
        id: "06.3",
        title: "Attention backward, the whole of it",
        statement: "From dO back through the five steps: return dX, dW_Q, dW_K and dW_V. `Lesson06.Forward(X, W_Q, W_K, W_V, causal)` has made Q, K, V and A on the way forward.",
        solution: (X, W_Q, W_K, W_V, causal, dO) =>
        {
            var (Q, K, V, A) = Lesson06.Forward(X, W_Q, W_K, W_V, causal);  // (n × d_k), (n × d_k), (n × d_v), (n × n)
            var dV = A.Transpose() * dO;                                    // (n × d_v)
            var dA = dO * V.Transpose();                                    // (n × n)
            var inner = A.PointwiseMultiply(dA).RowSums();                  // (n)
            var dZ = A.PointwiseMultiply(dA.SubtractColumn(inner));         // (n × n), 0 where A is 0
            var dS = dZ / Math.Sqrt(Q.ColumnCount);                         // (n × n)
            var dQ = dS * K;                                                // (n × d_k)
            var dK = dS.Transpose() * Q;                                    // (n × d_k)
            return (
                dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose(),
                X.Transpose() * dQ, X.Transpose() * dK, X.Transpose() * dV);
        },
        cases:
        [
            [
                Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }), Of(new double[,] { { 2, 1 }, { -2, -1 } }), Of(new double[,] { { 0, 1 }, { 1, 0 } }),
                Of(new double[,] { { 4, 0 }, { 1, 3 } }), false, Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }),
            ],
            [
                Of(new double[,] { { 1, 0, 2 }, { 0, 1, -1 }, { 1, 1, 0 } }), Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }), Of(new double[,] { { 0, 1 }, { 1, 0.5 }, { -1, 1 } }),
                Of(new double[,] { { 1, 0, 2, 0 }, { 0, 1, 0, 3 }, { 1, 1, 0, 0 } }), true, Of(new double[,] { { 1, 0, 2, 1 }, { 0, 1, -1, 0 }, { 1, -1, 0, 2 } }),
            ],
            // One token, whose only weight is 1 whatever its score.
            [Of(new double[,] { { 1, -2 } }), Of(new double[,] { { 1, 0, 2 }, { 0, 1, 1 } }), Of(new double[,] { { 2, 0, 1 }, { 1, 1, 0 } }), Of(new double[,] { { 3 }, { 2 } }), true, Of(new double[,] { { 5 } })],
            // Tokens that are the same, d_k = 1, and scores in the hundreds.
            [
                Of(new double[,] { { 10, 2 }, { 10, 2 }, { 1, 10 }, { 1, 10 } }), Of(new double[,] { { 1 }, { 2 } }), Of(new double[,] { { -1 }, { 3 } }), Of(new double[,] { { 8, 0, 1 }, { 0, 8, 2 } }), false,
                Of(new double[,] { { 1, 0, 2 }, { 0, 1, -1 }, { 1, -1, 0 }, { 2, 0, 1 } }),
            ],
        ],
        randomCase: random =>
        {
            // Four sizes, no two alike, so that none can be taken for another.
            int[] sizes = [2, 3, 4, 5];
            random.Shuffle(sizes);
            var (n, d, dK, dV) = (sizes[0], sizes[1], sizes[2], sizes[3]);
            return
            [
                random.NormalMatrix(n, d), random.NormalMatrix(d, dK), random.NormalMatrix(d, dK), random.NormalMatrix(d, dV), random.Next(2) == 0,
                random.NormalMatrix(n, dV),
            ];
        },
        hints:
        [
            "`var (Q, K, V, A) = Lesson06.Forward(X, W_Q, W_K, W_V, causal);`, and then from the last step to the first: dV and dA, dZ, dS, dQ and dK, and at last the four results. Your functions from the exercises above can be called.",
            "The scale is a factor on the way forward, and the same factor on the way back. S = Q·Kᵀ is a product, and so are X·W_Q, X·W_K and X·W_V: each factor meets the gradient with the other one.",
            "dQ = dS · K and dK = dSᵀ · Q. A weight matrix is used by every token: dW_Q = Xᵀ · dQ. The tokens are used three times, so dX is a sum of three: dQ · W_Qᵀ and two more.",
            "The mask needs nothing on the way back: where a weight is 0, `A ⊙ (…)` is 0.",
        ],
        mistakes:
        [
            new("row sum forgotten", "The softmax is left out in part: dZ is A ⊙ dA, without ⟨da, a⟩ taken away. dW_V is right, since it never passes the softmax.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => A.PointwiseMultiply(dA))),
            new("the Jacobian's diagonal only", "The softmax goes back through the diagonal of its Jacobian alone. dW_V is right, since it never passes the softmax.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => A.PointwiseMultiply(dA).PointwiseMultiply(1 - A))),
            new("scale forgotten on the way back", "dW_Q and dW_K are √d_k times too large: the scale was applied on the way forward and forgotten on the way back.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: 1)),
            new("scale twice on the way back", "dW_Q and dW_K are √d_k times too small: the way back divides by √d_k twice.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: 1.0 / W_Q.ColumnCount)),
            new("dK without the transpose", "dW_Q and dW_V are right, dW_K is not: dK is dS · Q, where dSᵀ · Q belongs. In self-attention both have the same shape.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, turnKeys: false)),
            new("dV without the transpose", "dW_Q and dW_K are right, dW_V is not: dV is A · dO, where Aᵀ · dO belongs. In self-attention both have the same shape.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, turnValues: false)),
            new("dK and dV without the transposes", "dW_Q is right. dK is dS · Q and dV is A · dO, where dSᵀ · Q and Aᵀ · dO belong. In self-attention the shapes are the same.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, turnKeys: false, turnValues: false)),
            new("values skipped", "dW_Q and dW_K are right, dW_V is not: dO was taken for dV. An output is an average of values: dV = Aᵀ · dO.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughA: false)) { Variants = [(X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_Q, d.dW_K, X.Transpose() * dO) : default] },
            new("dX without the queries", "The three weights are right; dX lacks the path through the queries, dQ · W_Qᵀ.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughQ: 0)),
            new("dX without the keys", "The three weights are right; dX lacks the path through the keys, dK · W_Kᵀ.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughK: 0)),
            new("dX without the values", "The three weights are right; dX lacks the path through the values, dV · W_Vᵀ.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughV: 0)),
            new("no mask", "All is right without the mask. With it, the weights of later tokens have to be 0: set their scores to −∞ before the softmax.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, false, dO)),
            new("future only hidden on the way back", "The gradients of later tokens' scores are set to 0, but on the way forward their weights were counted. Mask the scores before the softmax, and the way back takes care of itself.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, false, dO, softmax: (A, dA) => Softmax.Backward(A, dA).MapIndexed((i, j, z) => causal && j > i ? 0 : z, Zeros.Include))),
            new("always causal", "All is right with the mask. Without it later tokens have to be seen: look at `causal`.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, true, dO)),
            new("causal the other way round", "There is a mask where `causal` is false, and none where it is true.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, !causal, dO)),
            new("the diagonal hidden too", "All is right without the mask. With it a token still sees itself; here the diagonal is hidden too.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Masked(Z, (i, j) => !causal || j < i))),
            new("one token too many", "All is right without the mask. With it each token sees one that comes after it: hide j > i.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Masked(Z, (i, j) => !causal || j <= i + 1))),
            new("the past hidden", "All is right without the mask. With it the past is hidden and the future seen: query i is the row, key j the column.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Masked(Z, (i, j) => !causal || j >= i))),
            new("masked scores of 0", "All is right without the mask. Masked scores are 0 here: e^0 is 1, so they still count. They have to be −∞.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Softmax.Forward(Z.MapIndexed((i, j, z) => causal && j > i ? 0 : z, Zeros.Include)))),
            new("zeroed after the softmax", "All is right without the mask. With it the weights are set to 0 after the softmax, so that a row no longer adds up to 1. Mask the scores before it.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Softmax.Forward(Z).MapIndexed((i, j, a) => causal && j > i ? 0 : a, Zeros.Include))),
            new("no scale", "There is no scale, neither forward nor back: the scores are divided by √d_k before the softmax.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1, scaleBack: 1)),
            new("scale forgotten on the way forward", "The way back is scaled, the way forward is not: the weights are those of the scores as they are, not divided by √d_k.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1)),
            new("another scale", "The scale, forward and back, is not 1/√d_k. d_k is the width of a query: the columns of W_Q, not its rows, not the tokens, and under a root.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1 / Math.Sqrt(W_Q.RowCount), scaleBack: 1 / Math.Sqrt(W_Q.RowCount)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1 / Math.Sqrt(X.RowCount), scaleBack: 1 / Math.Sqrt(X.RowCount)),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1.0 / W_Q.ColumnCount, scaleBack: 1.0 / W_Q.ColumnCount),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scale: 1 / Math.Sqrt(W_V.ColumnCount), scaleBack: 1 / Math.Sqrt(W_V.ColumnCount)),
                ],
            },
            new("scale undone on the way back", "dW_V is right. dW_Q and dW_K are d_k times too large: the way back multiplies by √d_k, as if it had to undo the way forward. It divides again.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: Math.Sqrt(W_Q.ColumnCount))),
            new("another root on the way back", "dW_V is right. The way back divides by another root than the way forward: that of d_k, `Q.ColumnCount`.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: 1 / Math.Sqrt(W_Q.RowCount)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: 1 / Math.Sqrt(X.RowCount)),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleBack: 1 / Math.Sqrt(W_V.ColumnCount)),
                ],
            },
            new("scale on one side only", "Of dQ and dK one is right, and the other lacks the scale, or has it twice. Divide dS once by √d_k; then both have it.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K, dS.Transpose() * Q * Math.Sqrt(Q.ColumnCount))))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K * Math.Sqrt(Q.ColumnCount), dS.Transpose() * Q)),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K, dS.Transpose() * Q / Math.Sqrt(Q.ColumnCount))),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K / Math.Sqrt(Q.ColumnCount), dS.Transpose() * Q)),
                ],
            },
            new("values scaled", "dW_V is √d_k times too small. The scale stands on the scores alone; the values never meet it.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleValues: true)) { Variants = [(X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, scaleValues: true, scaleBack: 1)] },
            new("A and dA exchanged", "dW_V is right. In the call of `SoftmaxGradient` A and dA have changed places: A comes first.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => Softmax.Backward(dA, A))),
            new("−∞ on the way back", "−∞ was put on a gradient, where the future is hidden. −∞ is for scores, before the softmax; the gradient there is 0, and comes out so without your help.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => Softmax.Backward(A, dA).MapIndexed((i, j, z) => causal && j > i ? double.NegativeInfinity : z, Zeros.Include)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) =>
                    {
                        var hidden = dA.MapIndexed((i, j, d) => causal && j > i ? double.NegativeInfinity : d, Zeros.Include);
                        return A.PointwiseMultiply(hidden.SubtractColumn(A.PointwiseMultiply(hidden).RowSums()));
                    }),
                ],
            },
            new("the future hidden on the way back, without a mask too", "All is right with the mask. Without it nothing is hidden, and no gradient may be set to 0. (With it nothing needs to be.)",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => Softmax.Backward(A, dA).MapIndexed((i, j, z) => j > i ? 0 : z, Zeros.Include))),
            new("the past hidden on the way back", "All is right without the mask. With it the gradients of the *past* were set to 0, j < i. Nothing needs to be set to 0: where a weight is 0, dZ is.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => Softmax.Backward(A, dA).MapIndexed((i, j, z) => causal && j < i ? 0 : z, Zeros.Include))),
            new("softmax skipped on the way back", "dW_V is right. dA was handed on as dZ: on the way back the softmax is missing.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (_, dA) => dA)),
            new("plain mean", "dW_V is right. In the softmax the plain mean of dA is taken away, where ⟨dA, A⟩ belongs.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(dA.RowMeans())))),
            new("factor A forgotten", "dW_V is right. dZ is dA − ⟨dA, A⟩ without the factor A in front.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => dA.SubtractColumn(A.PointwiseMultiply(dA).RowSums()))),
            new("down the columns on the way back", "dW_V is right. ⟨dA, A⟩ was taken down the columns; the softmax was taken along the rows.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, softmax: (A, dA) => Softmax.Backward(A.Transpose(), dA.Transpose()).Transpose())),
            new("softmax down the columns", "The softmax, forward and back, runs down the columns. Each query has its own row, and that row adds up to 1.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO,
                    softmax: (A, dA) => Softmax.Backward(A.Transpose(), dA.Transpose()).Transpose(), weights: Z => Masked(Z, (i, j) => !causal || j <= i, turned: true))),
            new("keys times queries", "The scores are K · Qᵀ. Row i belongs to query i: Q · Kᵀ.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, weights: Z => Masked(Z.Transpose(), (i, j) => !causal || j <= i))),
            new("dQ and dK exchanged", "dW_V is right. dQ and dK have changed places: dQ is dS · K, and dK is dSᵀ · Q.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS.Transpose() * Q, dS * K))),
            new("each meets itself", "dW_V is right. dQ or dK was made from its own matrix: each factor of the score meets the *other* one.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * Q, dS.Transpose() * K)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * Q, dS.Transpose() * Q)),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K, dS.Transpose() * K)),
                ],
            },
            new("dS turned for the queries", "dW_K and dW_V are right, dW_Q is not: in dQ, dS is turned. Query i collects along row i.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS.Transpose() * K, dS.Transpose() * Q))),
            new("dS turned the wrong way in both", "dW_V is right. In dQ, dS is turned, and in dK it is not: it should be the other way round.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS.Transpose() * K, dS * Q))),
            new("keys taken as constants", "dW_K is zero, as if the keys were given: dK was never used. They are made from the tokens too.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (dS * K, K * 0))),
            new("queries and keys taken as constants", "dW_Q and dW_K are zero, as if the weights A were given. They come from queries and keys, which are made from the tokens.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, ends: (dS, Q, K) => (Q * 0, K * 0))),
            new("one gradient for both", "dW_V is right. dW_Q and dW_K are the same: one of them was made from the other's gradient. dW_Q = Xᵀ · dQ, and dW_K = Xᵀ · dK.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_Q, d.dW_Q, d.dW_V) : default) { Variants = [(X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_K, d.dW_K, d.dW_V) : default] },
            new("dX through the values alone", "The three weights are right; dX has the path through the values alone. The paths through queries and keys are missing.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughQ: 0, throughK: 0)),
            new("dX through the queries alone", "The three weights are right; dX has the path through the queries alone. A token is a key and a value too.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughK: 0, throughV: 0)),
            new("dX through the keys alone", "The three weights are right; dX has the path through the keys alone. A token is a query and a value too.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughQ: 0, throughV: 0)),
            new("dX without the weights", "The three weights are right; dX is dQ + dK + dV. What arrives at a query has still to go back through W_Q, and so on: where all widths are the same the shape is right, and the numbers are not.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ + dK + dV)),
            new("dX with the weights as they are", "The three weights are right; in dX a matrix is not turned, such as dQ · W_Q where dQ · W_Qᵀ belongs: where all widths are the same the shape is right, and the numbers are not.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_Q + dK * W_K + dV * W_V))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_Q + dK * W_K.Transpose() + dV * W_V.Transpose()),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V),
                ],
            },
            new("dX through another's weights", "The three weights are right. In dX a gradient went back through another matrix than its own: dQ · W_Qᵀ, dK · W_Kᵀ, dV · W_Vᵀ.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_K.Transpose() + dK * W_Q.Transpose() + dV * W_V.Transpose()))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_Q.Transpose() + dK * W_Q.Transpose() + dV * W_V.Transpose()),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_K.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose()),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dK * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose()),
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, input: (dQ, dK, dV) => dQ * W_Q.Transpose() + dQ * W_K.Transpose() + dV * W_V.Transpose()),
                ],
            },
            new("another order", "All four matrices are right, and handed back in another order: dX, dW_Q, dW_K, dW_V.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dW_Q, d.dW_K, d.dW_V, d.dX) : default)
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_Q, d.dW_V, d.dW_K) : default,
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_V, d.dW_K, d.dW_Q) : default,
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_V, d.dW_Q, d.dW_K) : default,
                    (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_K, d.dW_V, d.dW_Q) : default,
                ],
            },
            new("dW_Q and dW_K exchanged", "dW_Q and dW_K are right, and handed back in the wrong order: dX, dW_Q, dW_K, dW_V.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_K, d.dW_Q, d.dW_V) : default),
            new("weights turned", "dX is right; the gradients of the weights are turned: dQᵀ · X, where Xᵀ · dQ belongs. A gradient has the shape of what it belongs to.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_Q.Transpose(), d.dW_K.Transpose(), d.dW_V.Transpose()) : default),
        ]);
}
