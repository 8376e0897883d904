using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] WeightedSumFunction(double[,] A, double[,] V);

    public static FunctionExercise<WeightedSumFunction> WeightedSum { get; } = new(
        id: "05.2",
        title: "The weighted sum",
        statement: "Return for each token the sum of all values, each times its weight: row i is Σ_j a_ij v_j.",
        solution: (A, V) =>
        {
            var O = new double[A.GetLength(0), V.GetLength(1)];
            for (int i = 0; i < A.GetLength(0); i++)
                for (int j = 0; j < V.GetLength(0); j++)
                    for (int c = 0; c < V.GetLength(1); c++)
                        O[i, c] += A[i, j] * V[j, c];
            return O;
        },
        cases:
        [
            [new double[,] { { 0.5, 0.5, 0 }, { 0, 1, 0 }, { 0.25, 0.25, 0.5 } }, new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } }],
            [new double[,] { { 0.75, 0.25 }, { 0.5, 0.5 } }, new double[,] { { 8, 0, 4 }, { 0, 8, 4 } }],
            [new double[,] { { 0.5, 0.25, 0.25 }, { 0, 0, 0 } }, new double[,] { { 8, 0 }, { 0, 8 }, { 4, 4 } }],
        ],
        randomCase: random =>
        {
            (int queries, int keys) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(queries, keys)).ToArray(), random.NormalMatrix(keys, random.Next(2, 5)).ToArray()];
        },
        hints:
        [
            "Row i of `A` holds the weights of token i: `A[i, j]` goes with value j, which is row j of `V`.",
            "Three loops: the tokens i, the values j, the entries c of a value. Add `A[i, j] * V[j, c]` to `O[i, c]`.",
            "In matrices: O = A · V.",
        ],
        mistakes:
        [
            new("weights down the columns", "The weights of token i were taken from column i of `A`. They are its row.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[j, i] * V[j, c]))),
            new("plain mean", "Every value counts the same here. Multiply value j by the weight `A[i, j]`.",
                (A, V) => Averaged(Build(A.GetLength(0), A.GetLength(1), (_, _) => 1.0 / A.GetLength(1)), V)),
            new("the value with the largest weight", "This picks the value with the largest weight. Attention takes some of every value.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => V[Array.IndexOf(Row(A, i), Row(A, i).Max()), c])),
            new("divides by n as well", "The weights add up to 1 already, so the weighted sum is the average: do not divide by the number of tokens again.",
                (A, V) => Times(Averaged(A, V), 1.0 / V.GetLength(0)))
            {
                Variants = [(A, V) => Times(Averaged(A, V), 1.0 / A.GetLength(0))],
            },
            new("only its own value", "Each token takes only its own value, times a_ii. Sum over all j.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => A[i, i] * V[i, c])),
            new("only the last product", "Only the last value is left, times its weight. Each product writes over the one before: `=` where `+=` is needed.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => A[i, V.GetLength(0) - 1] * V[V.GetLength(0) - 1, c])),
            new("its own value, times every weight", "Every weight is multiplied by the token's own value, `V[i, c]`. Weight `A[i, j]` goes with value j: `V[j, c]`.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[i, j] * V[i, c]))),
            new("only the values so far", "This sums over j ≤ i only. A mask is no part of the weighted sum: sum over all values, and weights of 0 take care of the rest.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, i + 1).Sum(j => A[i, j] * V[j, c]))),
            new("divides by the sum of the weights", "The sum is divided by the sum of the weights. That changes nothing where they add up to 1, and gives 0/0 for a token that may look at nothing, whose weights are all 0. Take the weights as they are.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[i, j] * V[j, c]) / Row(A, i).Sum())),
            new("as many values as queries", "The sum runs over as many values as there are queries. There may be more values, or fewer: `V.GetLength(0)`.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, A.GetLength(0)).Sum(j => A[i, j] * V[j, c]))),
        ]);
}
