using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> SoftmaxGradientFunction(Matrix<double> A, Matrix<double> dA);

    public static FunctionExercise<SoftmaxGradientFunction> SoftmaxGradient { get; } = new(
        id: "06.2",
        title: "Back through softmax",
        statement: "Softmax was applied to each row. Return dZ, given the weights A and dA.",
        solution: (A, dA) =>
        {
            var dZ = new DenseMatrix(A.RowCount, A.ColumnCount);
            for (int i = 0; i < A.RowCount; i++)
            {
                double inner = A.Row(i) * dA.Row(i);                                // ⟨da, a⟩ of this row
                dZ.SetRow(i, A.Row(i).PointwiseMultiply(dA.Row(i) - inner));        // a ⊙ (da − ⟨da, a⟩)
            }
            return dZ;
        },
        cases:
        [
            [Of(new double[,] { { 0.5, 0.25, 0.25 }, { 0.25, 0.5, 0.25 }, { 0, 0.25, 0.75 } }), Of(new double[,] { { 4, 0, 8 }, { 1, -1, 2 }, { 5, 4, 0 } })],
            [Of(new double[,] { { 0.5, 0.5, 0 }, { 0.125, 0.375, 0.5 } }), Of(new double[,] { { 1, 3, 100 }, { 8, 0, -2 } })],
            [Of(new double[,] { { 1, 0 }, { 0, 0 } }), Of(new double[,] { { 2, 5 }, { 3, 4 } })],
            [Of(new double[,] { { 1 }, { 1 } }), Of(new double[,] { { 7 }, { -2 } })],                                                                  // one key
            [Of(new double[,] { { 0.25, 0.25, 0.25, 0.25 }, { 0.5, 0.5, 0, 0 } }), Of(new double[,] { { 4e6, 4e6, 0, 1e6 }, { 1e6, 1e6, 5e6, 2e6 } })],   // ties, large numbers
        ],
        randomCase: random =>
        {
            (int n, int m) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(n, m)), random.NormalMatrix(n, m)];
        },
        hints:
        [
            "First the slopes. p_i = e^(z_i) / u with u = Σ_k e^(z_k). When z_j rises, u moves in every p_i; the numerator moves in p_j only. The quotient rule has two cases, j = i and j ≠ i.",
            "For j ≠ i the slope ∂p_i/∂z_j is −p_i p_j, and for j = i it is p_i (1 − p_i). Both in one: p_i (δ_ij − p_j), with δ_ij = 1 where i = j and 0 elsewhere.",
            "Then the gradient: dz_j = Σ_i dp_i p_i (δ_ij − p_j). You may build that matrix and multiply. Or take the sum apart: what does the δ pick out, and what is left?",
            "The δ picks out p_j dp_j. What is left is −p_j Σ_i dp_i p_i, and that sum is one number for the whole row: `A.Row(i) * dA.Row(i)` is the dot product.",
        ],
        mistakes:
        [
            new("row sum forgotten", "This is A ⊙ dA, the way through the numerators. The denominator is shared by the row: take ⟨da, a⟩ from every da first.",
                (A, dA) => A.PointwiseMultiply(dA)),
            new("the Jacobian's diagonal only", "This is a (1 − a) da, the diagonal of the Jacobian alone. A score also moves the other weights of its row.",
                (A, dA) => A.PointwiseMultiply(dA).PointwiseMultiply(1 - A)),
            new("the diagonal counted twice", "This is a (1 − a) da − a ⟨da, a⟩: the part with i = j is in it twice, on the diagonal and once more in the sum. Take a da − a ⟨da, a⟩.",
                (A, dA) => A.PointwiseMultiply((1 - A).PointwiseMultiply(dA).SubtractColumn(Inner(A, dA)))),
            new("the diagonal's factor before the bracket", "This is a (1 − a)(da − ⟨da, a⟩). The factor 1 − a is part of the bracket already: a (da − ⟨da, a⟩).",
                (A, dA) => A.PointwiseMultiply(1 - A).PointwiseMultiply(dA.SubtractColumn(Inner(A, dA)))),
            new("without the numerators", "This is −a ⟨da, a⟩, what comes through the denominator. A score also stands in the numerator of its own weight: a da is missing.",
                (A, dA) => -A.ScaleRows(Inner(A, dA))),
            new("the other weights with a plus", "The diagonal is right, p_i (1 − p_i). The other weights fall when this one rises: for i ≠ j the slope is −p_i p_j, with a minus.",
                (A, dA) => ThroughSlopes(A, dA, (a, i, j) => i == j ? a[i] * (1 - a[i]) : a[i] * a[j])),
            new("another slope beside the diagonal", "The diagonal is right, p_i (1 − p_i). The slope of another weight is not: for i ≠ j it is −p_i p_j, one factor of each.",
                (A, dA) => ThroughSlopes(A, dA, (a, i, j) => i == j ? a[i] * (1 - a[i]) : -a[i]))
            {
                Variants =
                [
                    (A, dA) => ThroughSlopes(A, dA, (a, i, j) => i == j ? a[i] * (1 - a[i]) : -a[j]),
                    (A, dA) => ThroughSlopes(A, dA, (a, i, j) => i == j ? a[i] * (1 - a[i]) : -a[i] * a[i]),
                    (A, dA) => ThroughSlopes(A, dA, (a, i, j) => i == j ? a[i] * (1 - a[i]) : -a[j] * a[j]),
                ],
            },
            new("summed without the weights' gradients", "All is 0 here. Is the result ever filled in? If so: a row of slopes adds up to 0, and in Σ_i da_i p_i (δ_ij − p_j) each slope has to meet the da of *its* weight, i, before it is added.",
                (A, dA) => ThroughSlopes(A, DenseMatrix.Create(A.RowCount, A.ColumnCount, 1), (a, i, j) => a[i] * ((i == j ? 1 : 0) - a[j])).PointwiseMultiply(dA)) { HoldsWithoutNumbers = true },
            new("a product of matrices for the sum", "A · dAᵀ holds the dot product of *every* row of A with every row of dA. Only those of a row with the same row are needed, and each goes to its whole row.",
                (A, dA) => A.PointwiseMultiply(dA - A * dA.Transpose())) { Variants = [(A, dA) => A.PointwiseMultiply(dA - dA * A.Transpose())] },
            new("plain mean", "The plain mean of the row was taken away. It has to be the mean weighted by A: ⟨da, a⟩.",
                (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(dA.RowMeans()))),
            new("factor A forgotten", "This is da − ⟨da, a⟩, without the factor a in front. A key with the weight 0 must get the gradient 0.",
                (A, dA) => dA.SubtractColumn(A.PointwiseMultiply(dA).RowSums())),
            new("LayerNorm's way back", "This takes the plain mean away, as on the way back through LayerNorm, and has no factor a in front. Softmax has a ⊙ (da − ⟨da, a⟩).",
                (A, dA) => dA.SubtractColumn(dA.RowMeans())) { Variants = [(A, dA) => dA.SubtractColumn(dA.RowMeans()) - A.ScaleRows(Inner(A, dA)), (A, dA) => dA.SubtractColumn(dA.RowMeans()) - A.ScaleRows(Inner(A, dA) / A.ColumnCount)] },
            new("unweighted sum", "The sum of the row of dA was taken away, without its weights. It has to be ⟨da, a⟩ = Σ_k da_k a_k.",
                (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(dA.RowSums()))),
            new("down the columns", "The sums were taken down the columns. Softmax was applied to each row, so the sum belongs to the row.",
                (A, dA) => A.PointwiseMultiply(dA.MapIndexed((_, j, v) => v - A.Column(j) * dA.Column(j)))),
            new("one sum for all rows", "One number was taken from all rows. Each row is a softmax of its own, with its own ⟨da, a⟩.",
                (A, dA) => A.PointwiseMultiply(dA - A.PointwiseMultiply(dA).RowSums().Sum())),
            new("mean of the products", "⟨da, a⟩ was divided by the number of keys. The weights add up to 1, so the sum of a_k da_k is a mean already.",
                (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(A.PointwiseMultiply(dA).RowMeans()))),
            new("factor A inside only", "This is a ⊙ da − ⟨da, a⟩. The factor a belongs before the whole bracket: it multiplies ⟨da, a⟩ too.",
                (A, dA) => A.PointwiseMultiply(dA).SubtractColumn(A.PointwiseMultiply(dA).RowSums())),
            new("factor A twice", "The first part has the factor a twice: a ⊙ (a ⊙ da − ⟨da, a⟩). Inside the bracket da stands alone.",
                (A, dA) => A.PointwiseMultiply(A.PointwiseMultiply(dA).SubtractColumn(A.PointwiseMultiply(dA).RowSums()))),
            new("plus", "⟨da, a⟩ was added. It comes from the denominator, and has a minus.",
                (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(-A.PointwiseMultiply(dA).RowSums()))),
            new("sum carried on", "The first row is right; after it, ⟨da, a⟩ of the rows before is still in the sum. Begin each row with 0.",
                (A, dA) => A.PointwiseMultiply(dA.MapIndexed((i, _, v) => v - A.PointwiseMultiply(dA).RowSums().Take(i + 1).Sum(), Zeros.Include))),
            new("the first row's sum", "The first row is right; its ⟨da, a⟩ was then taken from all the others. Each row has its own.",
                (A, dA) => A.PointwiseMultiply(dA - A.Row(0) * dA.Row(0))),
            new("as many terms as queries", "The sum over the keys stops at the number of queries. It runs over a row: `A.ColumnCount` terms.",
                (A, dA) =>
                {
                    var inner = DenseVector.OfEnumerable(Enumerable.Range(0, A.RowCount).Select(i => Enumerable.Range(0, A.RowCount).Sum(j => A[i, j] * dA[i, j])));
                    return A.PointwiseMultiply(dA.SubtractColumn(inner));
                }),
            new("softmax once more", "A was put through a softmax once more. A holds the weights already.",
                (A, dA) => Softmax.Backward(Softmax.Forward(A), dA)),
            new("exchanged", "A and dA have changed places: this is dA ⊙ (A − ⟨da, a⟩). The weights stand in front.",
                (A, dA) => dA.PointwiseMultiply(A.SubtractColumn(A.PointwiseMultiply(dA).RowSums()))),
        ]);

    private static Vector<double> Inner(Matrix<double> A, Matrix<double> dA) => A.PointwiseMultiply(dA).RowSums();

    /// <summary>dz_j = Σ_i da_i · slope(a, i, j), for each row a of A.</summary>
    private static Matrix<double> ThroughSlopes(Matrix<double> A, Matrix<double> dA, Func<Vector<double>, int, int, double> slope) =>
        DenseMatrix.Create(A.RowCount, A.ColumnCount, (t, j) => Enumerable.Range(0, A.ColumnCount).Sum(i => dA[t, i] * slope(A.Row(t), i, j)));
}
