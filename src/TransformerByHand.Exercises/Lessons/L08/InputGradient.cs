using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate double[,] InputGradientFunction(double[][,] dQ, double[][,] dK, double[][,] dV, double[,] W_Q, double[,] W_K, double[,] W_V);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "08.9",
        title: "The gradient at the input",
        statement: "From each head's dQ, dK and dV (self-attention) return dX: what comes back through queries, keys and values of all heads.",
        solution: (dQ, dK, dV, W_Q, W_K, W_V) =>
        {
            int h = dQ.Length;
            var dX = new DenseMatrix(dQ[0].GetLength(0), W_Q.GetLength(0));     // (n × d_model)
            void Add(double[][,] gradients, double[,] W)
            {
                for (int i = 0; i < h; i++)                                     // every head through its own columns of W
                    dX += DenseMatrix.OfArray(gradients[i]) * (DenseMatrix)DenseMatrix.OfArray(W).ColumnBlock(i, h).Transpose();
            }
            Add(dQ, W_Q);
            Add(dK, W_K);
            Add(dV, W_V);
            return dX.ToArray();
        },
        cases:
        [
            [Heads(new double[,] { { 1 }, { 2 } }, new double[,] { { 0 }, { 1 } }), Heads(new double[,] { { 1 }, { 0 } }, new double[,] { { -1 }, { 1 } }),
                Heads(new double[,] { { 2 }, { 1 } }, new double[,] { { 1 }, { 3 } }), Asks, Offers, Carries],
            [Heads(new double[,] { { 2 } }), Heads(new double[,] { { -1 } }), Heads(new double[,] { { 3 } }), new double[,] { { 1 }, { 2 } }, new double[,] { { 0 }, { 1 } }, new double[,] { { -1 }, { 1 } }],
        ],
        randomCase: random =>
        {
            (int n, int h, int d) = (random.Next(2, 4), random.Next(2, 4), random.Next(3, 6));
            double[][,] Each() => [.. Enumerable.Range(0, h).Select(_ => random.NormalMatrix(n, 2).ToArray())];
            double[,] Weights() => random.NormalMatrix(d, 2 * h).ToArray();
            return [Each(), Each(), Each(), Weights(), Weights(), Weights()];
        },
        hints:
        [
            "X went into every head three times: as queries, as keys, as values. What came out in many places comes back as a sum.",
            "One head's queries are X·W_Q,i, with W_Q,i its d_k columns of W_Q. So they send back dQ_i·W_Q,iᵀ.",
            "dX = Σ_i (dQ_i·W_Q,iᵀ + dK_i·W_K,iᵀ + dV_i·W_V,iᵀ). Joined, that is dQ·W_Qᵀ + dK·W_Kᵀ + dV·W_Vᵀ.",
        ],
        mistakes:
        [
            new("the last head alone", "Only the last head is in it. X went into every head, and their gradients add up: `+=`, not `=`.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (i, h) => i == h - 1 ? 1 : 0)),
            new("the first head alone", "Only the first head is in it. X went into every head, and their gradients add up.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (i, _) => i == 0 ? 1 : 0)),
            new("averaged over the heads", "The heads' gradients were averaged. They add up, in full.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, h) => 1.0 / h)),
            new("values forgotten", "What comes back through the values is missing.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K)], (_, _) => 1)),
            new("keys forgotten", "What comes back through the keys is missing. A token is asked as well as it asks.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dV, W_V)], (_, _) => 1)),
            new("queries alone", "Only what comes back through the queries is in it. X made keys and values too.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q)], (_, _) => 1)),
            new("every head through the first columns", "Every head goes back through the first head's columns of W. Head i came through its own, from column i·d_k on.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, _) => 1, block: _ => 0)),
            new("no transpose", "dQ is multiplied by W_Q itself here; with a square W_Q the shape is right all the same. Forward, column c of W_Q made column c of Q from the token's features. Backward the same column carries it home, so W_Q is transposed, and W_K and W_V alike.",
                (dQ, dK, dV, W_Q, W_K, W_V) => ((Of(SideBySide(dQ)) * Of(W_Q)) + (Of(SideBySide(dK)) * Of(W_K)) + (Of(SideBySide(dV)) * Of(W_V))).ToArray()),
            new("W_Q and W_K exchanged", "dQ goes back through W_K here, and dK through W_Q. Each goes back through the matrix that it came through.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_K), (dK, W_Q), (dV, W_V)], (_, _) => 1)),
            new("W_Q for all three", "All three go back through W_Q. Keys came through W_K, and values through W_V.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_Q), (dV, W_Q)], (_, _) => 1)),
            new("queries forgotten", "What comes back through the queries is missing. A token asks as well as it is asked.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dK, W_K), (dV, W_V)], (_, _) => 1)),
            new("last head first", "The heads go back through one another's columns, in the opposite order. Head 0 came through the first columns of W.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, _) => 1, block: i => dQ.Length - 1 - i)),
            new("joined without the transpose", "The heads' gradients were laid in one long row, head after head, and cut into rows of the right length. The shape is right, and the rows mix tokens.",
                (dQ, dK, dV, W_Q, W_K, W_V) => Back(JoinStraight, dQ, dK, dV, W_Q, W_K, W_V)),
            new("joined number by number", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together, as its columns of W are.",
                (dQ, dK, dV, W_Q, W_K, W_V) => Back(Interleaved, dQ, dK, dV, W_Q, W_K, W_V)),
        ]);
}
