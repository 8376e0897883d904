using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> JacobianFunction(Vector<double> p);

    public static FunctionExercise<JacobianFunction> SoftmaxJacobian { get; } = new(
        id: "06.5",
        title: "The Jacobian of softmax",
        statement: "Return the matrix with ∂p_i/∂z_j at row i and column j, for p = softmax(z).",
        solution: p =>
        {
            int n = p.Count;
            var J = new DenseMatrix(n, n);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    J[i, j] = p[i] * ((i == j ? 1 : 0) - p[j]);
            return J;
        },
        cases: [[Of(0.5, 0.25, 0.25)], [Of(0.1, 0.2, 0.3, 0.4)], [Of(1, 0)]],
        randomCase: random => [Softmax.Of(random.NormalVector(random.Next(2, 6)))],
        hints:
        [
            "p_i = e^(z_i) / u with u = Σ_k e^(z_k). The quotient rule has two cases: j = i, where the numerator moves too, and j ≠ i, where only u moves.",
            "∂u/∂z_j = e^(z_j). Write both cases as fractions, and look for e^(z_i) / u and e^(z_j) / u in them: those are p_i and p_j.",
            "For j ≠ i: −e^(z_i) e^(z_j) / u² = −p_i p_j. And for j = i there is p_i besides. Both in one: p_i (δ_ij − p_j), with δ_ij = 1 where i = j and 0 elsewhere.",
        ],
        mistakes:
        [
            new("diagonal only", "The diagonal is right, and everything else is 0. When z_j grows, *every* p_i changes: they share the denominator, so what one gains the others lose.",
                p => DenseMatrix.OfDiagonalArray([.. p.Select(v => v * (1 - v))])),
            new("numerator forgotten", "This is −p_i p_j everywhere, which is what the denominator does. Where i = j the numerator moves too, and adds p_i.",
                p => -p.OuterProduct(p)),
            new("sign of the others", "The diagonal is right; the other entries have the wrong sign. When one score grows, the other weights fall.",
                p => p.OuterProduct(p).MapIndexed((i, j, v) => i == j ? p[i] - v : v)),
            new("no distinction of i and j", "Every entry is p_i (1 − p_j), as if i = j everywhere. For i ≠ j the numerator of p_i does not move: only −p_i p_j is left.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[i] * (1 - p[j]))),
            new("the diagonal without its square", "The diagonal is p_i. Where i = j the denominator moves as well: p_i − p_i².",
                p => (-p.OuterProduct(p)).MapIndexed((i, j, v) => i == j ? p[i] : v)),
            new("factor p_i dropped", "This is δ_ij − p_j, which is the slope of ln p_i. The factor p_i in front was dropped.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => (i == j ? 1 : 0) - p[j])),
            new("I − p·pᵀ", "This is I − p·pᵀ: the diagonal begins with 1. Where i = j the numerator brings p_i, not 1.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => (i == j ? 1 : 0) - p[i] * p[j])),
            new("p_i in both places", "This is p_i (δ_ij − p_i). For i ≠ j both p_i *and* p_j belong there: the matrix is symmetric, yours is not.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[i] * ((i == j ? 1 : 0) - p[i]))),
            new("p_j in both places", "This is p_j (δ_ij − p_j). For i ≠ j both p_i *and* p_j belong there: the matrix is symmetric, yours is not.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[j] * ((i == j ? 1 : 0) - p[j]))),
            new("−p_j beside the diagonal", "The diagonal is right; beside it stands −p_j alone. There both p_i and p_j belong: −p_i p_j.",
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => i == j ? p[i] * (1 - p[i]) : -p[j]))
            {
                Variants = [p => DenseMatrix.Create(p.Count, p.Count, (i, j) => i == j ? p[i] * (1 - p[i]) : -p[i])],
            },
            new("diag(p) alone", "This has p_i on the diagonal and 0 elsewhere: the numerators' part. The denominator that all share moves as well.",
                p => DenseMatrix.OfDiagonalArray([.. p])),
            new("softmax of the weights", "p was put through a softmax once more. p is the softmax already: use its entries as they are.",
                p => Softmax.Jacobian(Softmax.Of(p))),
        ]);
}
