using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 05, attention backward.</summary>
/// <remarks>
/// The first input of each exercise is square where a forgotten transpose would otherwise not fit: there it gives a matrix of the right shape,
/// and the numbers tell. Later inputs have as many queries as keys, widths and tokens as no two of them share.
/// </remarks>
public static class Lesson05
{
    public delegate Matrix<double> ValueGradientFunction(Matrix<double> A, Matrix<double> dO);

    public delegate Matrix<double> WeightGradientFunction(Matrix<double> dO, Matrix<double> V);

    public delegate Matrix<double> JacobianFunction(Vector<double> p);

    public delegate Matrix<double> SoftmaxGradientFunction(Matrix<double> A, Matrix<double> dA);

    public delegate Matrix<double> ScaleGradientFunction(Matrix<double> dZ, int d_k);

    public delegate (Matrix<double> dQ, Matrix<double> dK) QueryKeyGradientsFunction(Matrix<double> dS, Matrix<double> Q, Matrix<double> K);

    public delegate (Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) ProjectionGradientsFunction(
        Matrix<double> X, Matrix<double> dQ, Matrix<double> dK, Matrix<double> dV);

    public delegate Matrix<double> InputGradientFunction(
        Matrix<double> dQ, Matrix<double> dK, Matrix<double> dV, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V);

    public delegate (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) AttentionBackwardFunction(
        Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal, Matrix<double> dO);

    public delegate bool BackwardTest(Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)> backward);

    public delegate Matrix<double> BlockGradientFunction(Matrix<double> dY, Matrix<double> dN, Matrix<double> XHat, Vector<double> rstd, Vector<double> gamma);

    /// <summary>Attention weights, correct: what a test of a backward pass may measure slopes with.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <returns>A = softmax(Q·Kᵀ / √d_k) (n × n).</returns>
    public static Matrix<double> AttentionWeights(Matrix<double> Q, Matrix<double> K)
    {
        ArgumentNullException.ThrowIfNull(Q);
        ArgumentNullException.ThrowIfNull(K);
        return Softmax.Forward(Q * K.Transpose() / Math.Sqrt(Q.ColumnCount));
    }

    public static FunctionExercise<ValueGradientFunction> ValueGradient { get; } = new(
        id: "05.1",
        title: "The gradient of the values",
        statement: "O = A·V. Return dV, given A (queries × keys) and dO (queries × d_v).",
        solution: (A, dO) => A.Transpose() * dO,   // (keys × d_v)
        cases:
        [
            [Of(new double[,] { { 0.5, 0.5, 0 }, { 0, 1, 0 }, { 0.25, 0.25, 0.5 } }), Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } })],
            [Of(new double[,] { { 0.5, 0.25, 0.25 }, { 0, 0.25, 0.75 } }), Of(new double[,] { { 4, 0, 8, 1 }, { 0, 4, 4, -2 } })],
        ],
        randomCase: random =>
        {
            (int n, int m) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(n, m)), random.NormalMatrix(n, random.Next(2, 5))];
        },
        hints:
        [
            "Take the example: in which rows of O does the first number of v_1 stand, and with which factors?",
            "dv_jc = Σ_i a_ij · do_ic. Which of the two matrices has to be turned, so that the sum runs over rows with rows?",
            "The shape decides it: dV is (keys × d_v), A is (queries × keys), dO is (queries × d_v).",
        ],
        mistakes:
        [
            new("transpose forgotten", "This is A · dO. With as many queries as keys it has the right shape, and the wrong numbers: it hands gradients to the tokens that looked, and not to those that were looked at. Value j collects down column j of A.",
                (A, dO) => A * dO),
            new("only its own token", "Each value hears from its own token's output alone, times a_jj. But value j was used by every query that gave it a weight: sum over all of them.",
                (A, dO) => DenseMatrix.Create(A.ColumnCount, dO.ColumnCount, (j, c) => j < A.RowCount ? A[j, j] * dO[j, c] : 0)),
            new("weights forgotten", "Every value gets the plain sum of dO. A value that had a small weight in an output moves it little: its share of the gradient is a_ij.",
                (A, dO) => DenseMatrix.Create(A.ColumnCount, dO.ColumnCount, (_, c) => dO.Column(c).Sum())),
            new("averaged over the queries", "This divides by the number of queries. A value that is used n times gets the sum of n gradients, not their average.",
                (A, dO) => A.Transpose() * dO / A.RowCount),
            new("columns made to add up to 1", "The columns of A were made to add up to 1 first. They need not: a value that many tokens look at gets more gradient than one that nobody looks at.",
                (A, dO) => (A.Transpose() * dO).MapIndexed((j, _, v) => v / A.Column(j).Sum())),
            new("only the last query", "Only the last query's part is left, as with = where += belongs. Value j collects from every query.",
                (A, dO) => A.Row(A.RowCount - 1).OuterProduct(dO.Row(A.RowCount - 1))),
            new("only the first query", "Only the first query's part is there. Value j collects from every query.",
                (A, dO) => A.Row(0).OuterProduct(dO.Row(0))),
            new("turned", "This is dOᵀ · A: the right numbers, turned. dV has the shape of V, a row for each key.",
                (A, dO) => dO.Transpose() * A),
        ]);

    public static FunctionExercise<WeightGradientFunction> WeightGradient { get; } = new(
        id: "05.2",
        title: "The gradient of the weights",
        statement: "O = A·V. Return dA, given dO (queries × d_v) and V (keys × d_v).",
        solution: (dO, V) => dO * V.Transpose(),   // (queries × keys)
        cases:
        [
            [Of(new double[,] { { 1, 0, 2 }, { 0, 1, 0 }, { 1, -1, 3 } }), Of(new double[,] { { 4, 0, 1 }, { 1, 3, 0 }, { 5, 3, -1 } })],
            [Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }), Of(new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } })],
            [Of(new double[,] { { 1, 2 } }), Of(new double[,] { { 3, 0 }, { 0, 1 }, { -1, 1 } })],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), d), random.NormalMatrix(random.Next(2, 6), d)];
        },
        hints:
        [
            "Take a_32 of the example: in which numbers of O does it stand, and with which factors?",
            "da_ij is the dot product of row i of dO with row j of V.",
            "Rows with rows: the second factor is turned, as it was in the scores Q · Kᵀ.",
        ],
        mistakes:
        [
            new("transpose forgotten", "This is dO · V. Where there are as many keys as features it has the right shape, and the wrong numbers. Entry (i, j) is the dot product of row i of dO and row j of V.",
                (dO, V) => dO * V),
            new("rows and columns exchanged", "This is V · dOᵀ, with a row for each key. The weights have a row for each query: da_ij belongs to query i.",
                (dO, V) => V * dO.Transpose()),
            new("scaled", "This is divided by √d. The scale stands before the softmax, on the scores; the weights and the values are multiplied as they are.",
                (dO, V) => dO * V.Transpose() / Math.Sqrt(V.ColumnCount)),
            new("features summed first", "Both rows were added up before they were multiplied. Multiply feature by feature, then add.",
                (dO, V) => DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i).Sum() * V.Row(j).Sum())),
            new("summed over the queries", "This is dOᵀ · V: the sum runs over the queries. da_ij is one number for *each* query, and its sum runs over the features.",
                (dO, V) => dO.Transpose() * V),
            new("summed over the keys", "This is Vᵀ · dO, a sum over the rows. da_ij is one number for each query and key, and its sum runs over the features.",
                (dO, V) => V.Transpose() * dO),
            new("entry by entry", "This multiplies entry by entry. Entry (i, j) is a dot product: row i of dO with row j of V, added up over the features.",
                (dO, V) => dO.PointwiseMultiply(V)),
            new("first feature only", "Only the first feature is counted. A weight moves all features of its output.",
                (dO, V) => dO.Column(0).OuterProduct(V.Column(0))),
            new("last feature dropped", "The last feature is missing. Do the bounds of your loop reach it?",
                (dO, V) => DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i) * V.Row(j) - dO[i, dO.ColumnCount - 1] * V[j, V.ColumnCount - 1])),
            new("averaged over the features", "This divides by the number of features. A weight that moves d_v numbers gets the sum of what they say, not their average.",
                (dO, V) => dO * V.Transpose() / V.ColumnCount),
        ]);

    public static FunctionExercise<JacobianFunction> SoftmaxJacobian { get; } = new(
        id: "05.3",
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
            "p_i = e^(z_i) / s with s = Σ_k e^(z_k). The quotient rule has two cases: j = i, where the numerator moves too, and j ≠ i, where only s moves.",
            "∂s/∂z_j = e^(z_j). Write both cases as fractions, and look for e^(z_i) / s and e^(z_j) / s in them: those are p_i and p_j.",
            "For j ≠ i: −e^(z_i) e^(z_j) / s² = −p_i p_j. And for j = i there is p_i besides. Both in one: p_i (δ_ij − p_j), with δ_ij = 1 where i = j and 0 elsewhere.",
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
                p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[i] * ((i == j ? 1 : 0) - p[i])))
            {
                Variants = [p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[j] * ((i == j ? 1 : 0) - p[j]))],
            },
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

    public static FunctionExercise<SoftmaxGradientFunction> SoftmaxGradient { get; } = new(
        id: "05.4",
        title: "Back through softmax, without the Jacobian",
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
        ],
        randomCase: random =>
        {
            (int n, int m) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(n, m)), random.NormalMatrix(n, m)];
        },
        hints:
        [
            "Take one row, and multiply da by the Jacobian: dz_j = Σ_i da_i a_i (δ_ij − a_j). Take the sum apart.",
            "The δ picks out a_j da_j. What is left is −a_j Σ_i da_i a_i, and that sum is one number for the whole row.",
            "dz = a ⊙ (da − ⟨da, a⟩): `A.Row(i) * dA.Row(i)` is the dot product.",
        ],
        mistakes:
        [
            new("row sum forgotten", "This is A ⊙ dA, the way through the numerators. The denominator is shared by the row: take ⟨da, a⟩ from every da first.",
                (A, dA) => A.PointwiseMultiply(dA)),
            new("the Jacobian's diagonal only", "This is a (1 − a) da, the diagonal of the Jacobian alone. A score also moves the other weights of its row.",
                (A, dA) => A.PointwiseMultiply(dA).PointwiseMultiply(1 - A)),
            new("plain mean", "The plain mean of the row was taken away. It has to be the mean weighted by A: ⟨da, a⟩.",
                (A, dA) => A.PointwiseMultiply(dA.SubtractColumn(dA.RowMeans()))),
            new("factor A forgotten", "This is da − ⟨da, a⟩, without the factor a in front. A key with the weight 0 must get the gradient 0.",
                (A, dA) => dA.SubtractColumn(A.PointwiseMultiply(dA).RowSums())),
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

    public static FunctionExercise<ScaleGradientFunction> ScaleGradient { get; } = new(
        id: "05.5",
        title: "Back through the scale",
        statement: "Z = S / √d_k. Return dS, given dZ and the width of a query.",
        solution: (dZ, d_k) => dZ / Math.Sqrt(d_k),
        cases: [[Of(new double[,] { { 1, -3, 2 }, { 4, 0, -4 }, { 0.5, 0.5, -1 } }), 4], [Of(new double[,] { { 8, -8 } }), 64]],
        randomCase: random => [random.NormalMatrix(random.Next(2, 5), random.Next(2, 5)), random.Next(6, 20)],
        hints:
        [
            "z = s / √d_k is a straight line through 0. What is its slope?",
            "The slope is 1/√d_k, wherever you are. A factor on the way forward is the same factor on the way back.",
        ],
        mistakes:
        [
            new("scale forgotten", "dZ came back as it was. The scores were divided by √d_k on the way forward, so a score moves its scaled score by only 1/√d_k. (If you wrote `Math.Pow(d_k, 1 / 2)`: `1 / 2` is 0 in C#, since both are int.)",
                (dZ, _) => dZ.Clone()),
            new("undone", "This multiplies by √d_k, as if the way back had to undo the way forward. A gradient is not undone: the slope of s/√d_k is 1/√d_k, so divide again.",
                (dZ, d_k) => dZ * Math.Sqrt(d_k)),
            new("scale twice", "This divides by d_k, that is by √d_k twice. Only the way back is asked for here, and it needs √d_k once.",
                (dZ, d_k) => dZ / d_k),
            new("the root of the number of keys", "This divides by the root of the number of keys. The scale comes from the width of a query, d_k.",
                (dZ, _) => dZ / Math.Sqrt(dZ.ColumnCount)),
            new("the root of the number of queries", "This divides by the root of the number of queries. The scale comes from the width of a query, d_k.",
                (dZ, _) => dZ / Math.Sqrt(dZ.RowCount)),
            new("integer division", "Every number is 0. If there is a factor `1 / d_k`: it is 0 in C#, since both are int (and it is the root of d_k that is asked for). If there is none: is the result ever filled in?",
                (dZ, d_k) => dZ * (1 / d_k)),
            new("the root as an integer", "The root was cut off to an int. √d_k is a whole number only for 4, 9, 16, …",
                (dZ, d_k) => dZ / (int)Math.Sqrt(d_k)),
            new("the example's root", "This divides by 8, the root in the example. Take it from d_k.",
                (dZ, _) => dZ / 8),
            new("rounded to float", "The root was rounded to a float: about eight digits are right. `Math.Sqrt` gives a double.",
                (dZ, d_k) => dZ / MathF.Sqrt(d_k)),
            new("half", "This divides by d_k / 2. It is the root that is asked for: `Math.Sqrt(d_k)`.",
                (dZ, d_k) => dZ / (d_k / 2.0)) { Variants = [(dZ, d_k) => dZ / (d_k / 2)] },
        ]);

    public static FunctionExercise<QueryKeyGradientsFunction> QueryKeyGradients { get; } = new(
        id: "05.6",
        title: "The gradients of queries and keys",
        statement: "S = Q·Kᵀ. Return dQ and dK, given dS (queries × keys), Q and K.",
        solution: (dS, Q, K) => (dS * K, dS.Transpose() * Q),   // (queries × d_k), (keys × d_k)
        cases:
        [
            [Of(new double[,] { { 1, -2, 1 }, { 0, 3, -3 }, { 2, -1, -1 } }), Of(new double[,] { { 2, 1 }, { -2, -1 }, { 1, 3 } }), Of(new double[,] { { 0, 1 }, { 1, 0 }, { 1, 2 } })],
            [Of(new double[,] { { 1, -2, 1 }, { 4, -1, -3 } }), Of(new double[,] { { 1, 0, 2, 1 }, { 0, 1, 1, -1 } }), Of(new double[,] { { 1, 2, 0, 1 }, { 0, 1, 1, 0 }, { 3, 0, 1, 2 } })],
        ],
        randomCase: random =>
        {
            (int n, int m, int d) = (random.Next(2, 6), random.Next(2, 6), random.Next(2, 5));
            return [random.NormalMatrix(n, m), random.NormalMatrix(n, d), random.NormalMatrix(m, d)];
        },
        hints:
        [
            "s_ij = Σ_c q_ic k_jc. It is a product: the derivative by one factor is the other.",
            "dq_ic = Σ_j ds_ij k_jc: query i collects along row i of dS. dk_jc = Σ_i ds_ij q_ic: key j collects down column j.",
            "Down a column means that dS is turned. Check with the shapes of two queries and three keys.",
        ],
        mistakes:
        [
            new("transpose forgotten in dK", "dQ is right; dK is dS · Q. With as many queries as keys it has the right shape, and the wrong numbers: key j was compared with all queries, down column j, so dS has to be turned.",
                (dS, Q, K) => (dS * K, dS * Q)),
            new("transpose in dQ too", "dK is right; in dQ, dS was turned as well. Query i was compared with the keys of row i.",
                (dS, Q, K) => (dS.Transpose() * K, dS.Transpose() * Q)),
            new("each meets itself", "Each factor was multiplied by itself: dS · Q and dSᵀ · K. The slope of a product by one factor is the *other* factor.",
                (dS, Q, K) => (dS * Q, dS.Transpose() * K)),
            new("exchanged", "Both matrices are right, and handed back in the wrong order: dQ first.",
                (dS, Q, K) => (dS.Transpose() * Q, dS * K)),
            new("scale twice", "Both are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (dS, Q, K) => (dS * K / Math.Sqrt(Q.ColumnCount), dS.Transpose() * Q / Math.Sqrt(Q.ColumnCount))),
            new("keys taken as constants", "dQ is right, and dK is zero, as if keys were given. They are made from the tokens too, and the score moves with both of its factors.",
                (dS, Q, K) => (dS * K, K * 0)),
            new("both turned wrongly", "In both, dS stands the wrong way: dSᵀ · K and dS · Q. Query i collects along row i of dS, key j down column j.",
                (dS, Q, K) => (dS.Transpose() * K, dS * Q)),
            new("queries taken as constants", "dK is right, and dQ is zero, as if queries were given. The score moves with both of its factors.",
                (dS, Q, K) => (Q * 0, dS.Transpose() * Q)),
            new("dK made from the keys", "dQ is right; dK is dSᵀ · K, made from the keys themselves. The other factor is Q.",
                (dS, Q, K) => (dS * K, dS.Transpose() * K)),
            new("dQ made from the queries", "dK is right; dQ is dS · Q, made from the queries themselves. The other factor is K.",
                (dS, Q, K) => (dS * Q, dS.Transpose() * Q)),
            new("averaged over the queries", "dQ is right; dK is divided by the number of queries. A key that is asked n times gets the sum.",
                (dS, Q, K) => (dS * K, dS.Transpose() * Q / Q.RowCount)),
            new("sign of dK", "dQ is right; dK has the wrong sign. A score grows with both of its factors alike.",
                (dS, Q, K) => (dS * K, -(dS.Transpose() * Q))),
        ]);

    public static FunctionExercise<ProjectionGradientsFunction> ProjectionGradients { get; } = new(
        id: "05.7",
        title: "The gradients of the three projections",
        statement: "Q = X·W_Q, K = X·W_K, V = X·W_V. Return dW_Q, dW_K and dW_V.",
        solution: (X, dQ, dK, dV) =>
        {
            var XT = X.Transpose();              // (d_model × tokens)
            return (XT * dQ, XT * dK, XT * dV);  // (d_model × d_k), (d_model × d_k), (d_model × d_v)
        },
        cases:
        [
            [Of(new double[,] { { 1, 2 }, { 0, 1 } }), Of(new double[,] { { 1, -1 }, { 2, 0 } }), Of(new double[,] { { 0, 3 }, { 1, 1 } }), Of(new double[,] { { 2, 1 }, { -1, 4 } })],
            [
                Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }), Of(new double[,] { { 1, 0, 2 }, { 0, 1, 1 }, { 1, -1, 0 } }),
                Of(new double[,] { { 2, 1, 0 }, { 1, 0, 1 }, { 0, 3, -1 } }), Of(new double[,] { { 1, 0, 0, 2 }, { 0, 1, 1, 0 }, { 4, 0, 1, 1 } }),
            ],
        ],
        randomCase: random =>
        {
            (int n, int d, int dK, int dV) = (random.Next(2, 6), random.Next(2, 6), random.Next(2, 5), random.Next(2, 5));
            return [random.NormalMatrix(n, d), random.NormalMatrix(n, dK), random.NormalMatrix(n, dK), random.NormalMatrix(n, dV)];
        },
        hints:
        [
            "One projection is enough to think about: Q = X · W_Q. It is the rule of the values again, with X in the place of A.",
            "The weight w_rc is used by every token t, with the factor x_tr: dw_rc = Σ_t x_tr · dq_tc.",
            "Rows of X go with rows of dQ, so X is turned.",
        ],
        mistakes:
        [
            new("transpose forgotten", "These are X · dQ, X · dK and X · dV. With as many tokens as features they have the right shape, and the wrong numbers. A weight collects from all tokens: the sum runs over the rows.",
                (X, dQ, dK, dV) => (X * dQ, X * dK, X * dV)),
            new("each one turned", "These are the right matrices, turned: dQᵀ · X where Xᵀ · dQ belongs. A gradient has the shape of what it belongs to, (d_model × d_k).",
                (X, dQ, dK, dV) => (dQ.Transpose() * X, dK.Transpose() * X, dV.Transpose() * X)),
            new("averaged over the tokens", "These are averages over the tokens. A weight that is used by n tokens gets the sum of n gradients.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ / X.RowCount, X.Transpose() * dK / X.RowCount, X.Transpose() * dV / X.RowCount)),
            new("only the first token", "Only the first token was counted. All tokens share the weights: sum over the rows of X.",
                (X, dQ, dK, dV) => (X.Row(0).OuterProduct(dQ.Row(0)), X.Row(0).OuterProduct(dK.Row(0)), X.Row(0).OuterProduct(dV.Row(0)))),
            new("one for keys and queries", "The gradient of W_K was made from dQ. Keys have a gradient of their own.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dQ, X.Transpose() * dV)),
            new("dW_V from the keys", "The gradient of W_V was made from dK. Values have a gradient of their own.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dK, X.Transpose() * dK)),
            new("queries and keys exchanged", "dW_Q and dW_K are right, and handed back in the wrong order: dW_Q first.",
                (X, dQ, dK, dV) => (X.Transpose() * dK, X.Transpose() * dQ, X.Transpose() * dV)),
            new("queries and values exchanged", "dW_Q and dW_V are right, and handed back in the wrong order: dW_Q first, dW_V last.",
                (X, dQ, dK, dV) => (X.Transpose() * dV, X.Transpose() * dK, X.Transpose() * dQ)),
            new("keys and values exchanged", "dW_K and dW_V are right, and handed back in the wrong order: dW_V last.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dV, X.Transpose() * dK)),
            new("only the last token", "Only the last token is left, as with = where += belongs. All tokens share the weights: sum over the rows of X.",
                (X, dQ, dK, dV) => (X.Row(X.RowCount - 1).OuterProduct(dQ.Row(X.RowCount - 1)), X.Row(X.RowCount - 1).OuterProduct(dK.Row(X.RowCount - 1)), X.Row(X.RowCount - 1).OuterProduct(dV.Row(X.RowCount - 1)))),
            new("scaled again", "dW_Q and dW_K are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ / Math.Sqrt(dQ.ColumnCount), X.Transpose() * dK / Math.Sqrt(dQ.ColumnCount), X.Transpose() * dV)),
            new("one of them not turned", "Two of the three are right; in one X is not turned. All three are made in the same way.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dK, X * dV))
            {
                Variants = [(X, dQ, dK, dV) => (X * dQ, X.Transpose() * dK, X.Transpose() * dV), (X, dQ, dK, dV) => (X.Transpose() * dQ, X * dK, X.Transpose() * dV)],
            },
        ]);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "05.8",
        title: "The gradient of the input, a sum of three",
        statement: "The same X makes queries, keys and values. Return dX.",
        solution: (dQ, dK, dV, W_Q, W_K, W_V) =>
            dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose(),   // (tokens × d_model)
        cases:
        [
            [
                Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }), Of(new double[,] { { 2, 1 }, { 0, 1 }, { 0, -2 } }), Of(new double[,] { { 1, 1 }, { 3, 0 }, { 0, 1 } }),
                Of(new double[,] { { 2, 1 }, { -2, -1 } }), Of(new double[,] { { 0, 1 }, { 3, 0 } }), Of(new double[,] { { 4, 0 }, { 1, 3 } }),
            ],
            [
                Of(new double[,] { { 1, 0 }, { 2, 1 } }), Of(new double[,] { { 0, 1 }, { 1, 1 } }), Of(new double[,] { { 1, 0, 1, 0 }, { 2, 1, 0, 1 } }),
                Of(new double[,] { { 1, 2 }, { 0, 1 }, { 3, 0 } }), Of(new double[,] { { 0, 1 }, { 1, 1 }, { 2, 0 } }), Of(new double[,] { { 1, 0, 0, 1 }, { 0, 1, 2, 0 }, { 1, 1, 0, 3 } }),
            ],
        ],
        randomCase: random =>
        {
            (int n, int d, int dK, int dV) = (random.Next(2, 5), random.Next(2, 6), random.Next(2, 5), random.Next(2, 5));
            return
            [
                random.NormalMatrix(n, dK), random.NormalMatrix(n, dK), random.NormalMatrix(n, dV),
                random.NormalMatrix(d, dK), random.NormalMatrix(d, dK), random.NormalMatrix(d, dV),
            ];
        },
        hints:
        [
            "One path first: Q = X · W_Q. What does dQ say about X?",
            "A token that moves also moves its query, its key and its value. What comes back on the three paths adds up.",
            "Each path is of the form dQ · W_Qᵀ: from (tokens × d_k) back to (tokens × d_model).",
        ],
        mistakes:
        [
            new("path through the queries forgotten", "The path through the queries is missing: dQ · W_Qᵀ. Every token asks, too.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dK * W_K.Transpose() + dV * W_V.Transpose()),
            new("path through the keys forgotten", "The path through the keys is missing: dK · W_Kᵀ. A token is also asked, and its key moves with it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dV * W_V.Transpose()),
            new("path through the values forgotten", "The path through the values is missing: dV · W_Vᵀ. What a token carries moves with it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K.Transpose()),
            new("transposes forgotten", "The weights are not turned: dQ · W_Q. With d_k = d_model this has the right shape, and the wrong numbers. X was multiplied by W_Q on the way there, so the way back is by W_Qᵀ.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q + dK * W_K + dV * W_V),
            new("average of the three", "This is the average of the three paths. They add up: L changes by the sum of what each path changes.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose()) / 3),
            new("keys and queries exchanged", "dQ went back through W_K, and dK through W_Q. Each goes back through the matrix that made it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_K.Transpose() + dK * W_Q.Transpose() + dV * W_V.Transpose()),
            new("only one path", "Only one of the three paths is there. A token is query, key and value at once, and what comes back on the three adds up.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dV * W_V.Transpose())
            {
                Variants = [(dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose(), (dQ, dK, dV, W_Q, W_K, W_V) => dK * W_K.Transpose()],
            },
            new("one transpose forgotten", "One of the three weights is not turned. With d_k = d_model it has the right shape, and the wrong numbers.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q + dK * W_K.Transpose() + dV * W_V.Transpose())
            {
                Variants =
                [
                    (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K + dV * W_V.Transpose(),
                    (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V,
                ],
            },
            new("both through W_Q", "dQ and dK both went back through W_Q. Each goes back through the matrix that made it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ + dK) * W_Q.Transpose() + dV * W_V.Transpose()),
            new("dQ twice", "The path through the keys was made from dQ. Keys have a gradient of their own.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dQ * W_K.Transpose() + dV * W_V.Transpose()),
            new("scaled again", "The paths through queries and keys are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ * W_Q.Transpose() + dK * W_K.Transpose()) / Math.Sqrt(dQ.ColumnCount) + dV * W_V.Transpose()),
        ]);

    public static FunctionExercise<AttentionBackwardFunction> AttentionBackward { get; } = new(
        id: "05.9",
        title: "Attention backward, the whole of it",
        statement: "Run the five steps forward, then back: return dX, dW_Q, dW_K and dW_V. If `causal`, no token sees a later one.",
        solution: (X, W_Q, W_K, W_V, causal, dO) =>
        {
            var (Q, K, V) = (X * W_Q, X * W_K, X * W_V);                    // (n × d_k), (n × d_k), (n × d_v)
            double scale = 1 / Math.Sqrt(Q.ColumnCount);
            var Z = Q * K.Transpose() * scale;                              // (n × n)
            if (causal)
                Z = Z.MapIndexed((i, j, z) => j <= i ? z : double.NegativeInfinity, Zeros.Include);
            var A = Softmax.Forward(Z);                                     // (n × n)

            var dV = A.Transpose() * dO;                                    // (n × d_v)
            var dA = dO * V.Transpose();                                    // (n × n)
            var inner = A.PointwiseMultiply(dA).RowSums();                  // (n)
            var dZ = A.PointwiseMultiply(dA.SubtractColumn(inner));         // (n × n), 0 where A is 0
            var dS = dZ * scale;                                            // (n × n)
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
        ],
        randomCase: random =>
        {
            (int n, int d, int dK, int dV) = (random.Next(3, 6), random.Next(2, 5), random.Next(2, 5), random.Next(2, 5));
            return
            [
                random.NormalMatrix(n, d), random.NormalMatrix(d, dK), random.NormalMatrix(d, dK), random.NormalMatrix(d, dV), random.Next(2) == 0,
                random.NormalMatrix(n, dV),
            ];
        },
        hints:
        [
            "Forward first, keeping Q, K, V and A: Z and S are not needed on the way back.",
            "Then in this order: dV, dA, dZ, dS, dQ, dK, and at last the four results. Your functions from the exercises above can be called.",
            "The mask needs nothing special on the way back: where a weight is 0, `A ⊙ (…)` is 0. On the way forward set the masked scores to −∞; `Softmax.Forward` gives them the weight 0.",
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
            new("dX through the values alone", "The three weights are right; dX has the path through the values alone. The paths through queries and keys are missing.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO, throughQ: 0, throughK: 0)),
            new("dW_Q and dW_K exchanged", "dW_Q and dW_K are right, and handed back in the wrong order: dX, dW_Q, dW_K, dW_V.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_K, d.dW_Q, d.dW_V) : default),
            new("weights turned", "dX is right; the gradients of the weights are turned: dQᵀ · X, where Xᵀ · dQ belongs. A gradient has the shape of what it belongs to.",
                (X, W_Q, W_K, W_V, causal, dO) => Backward(X, W_Q, W_K, W_V, causal, dO) is var d ? (d.dX, d.dW_Q.Transpose(), d.dW_K.Transpose(), d.dW_V.Transpose()) : default),
        ]);

    public static TestExercise<BackwardTest, Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>> IsBackwardRight { get; } = new(
        id: "05.10",
        title: "Find the bug",
        statement: "Write a test for a backward pass from attention weights to queries and keys: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // Queries unlike keys, nothing zero, and a loss L = Σ R ⊙ A that looks at the weights unevenly.
            var random = SeededRandom.Create(1);
            var (Q, K, R) = (random.NormalMatrix(4, 3), random.NormalMatrix(4, 3), random.NormalMatrix(4, 4));
            const double h = 1e-5;

            double Loss(Matrix<double> queries, Matrix<double> keys) =>
                R.PointwiseMultiply(Lesson05.AttentionWeights(queries, keys)).RowSums().Sum();

            var (dQ, dK) = backward(Q.Clone(), K.Clone(), R.Clone());
            foreach (var (M, claimed) in new[] { (Q, dQ), (K, dK) })
            {
                if (claimed is null || claimed.RowCount != 4 || claimed.ColumnCount != 3) return false;
                for (int i = 0; i < 4; i++)
                    for (int c = 0; c < 3; c++)
                    {
                        double here = M[i, c];
                        M[i, c] = here + h;
                        double up = Loss(Q, K);
                        M[i, c] = here - h;
                        double down = Loss(Q, K);
                        M[i, c] = here;
                        if (!(Math.Abs((up - down) / (2 * h) - claimed[i, c]) < 1e-7)) return false;   // NaN fails too
                    }
            }
            return true;
        },
        correct:
        [
            new("follows the chain", "It is right: dZ = A ⊙ (dA − ⟨dA, A⟩), dS = dZ / √d_k, dQ = dS · K, dK = dSᵀ · Q.", (Q, K, dA) => FromWeights(Q, K, dA)),
            new("builds the whole Jacobian", "It is right, only slow: it multiplies by diag(a) − a·aᵀ, row by row. It rounds a little differently, so a test must leave room for rounding.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => DenseMatrix.OfRows(Enumerable.Range(0, A.RowCount).Select(i => Softmax.Jacobian(A.Row(i)) * d.Row(i))))),
        ],
        wrong:
        [
            new("takes the plain mean away", "It has mean(dA) where ⟨dA, A⟩ belongs. With dA = 1 nobody sees it, nor with equal weights.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d.SubtractColumn(d.RowMeans())))),
            new("forgets the factor A", "It has dA − ⟨dA, A⟩ without A in front. With dA = 1 nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => d.SubtractColumn(A.PointwiseMultiply(d).RowSums()))),
            new("forgets the scale", "Both gradients are √d_k times too large. With dA = 1, or with d_k = 1, nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1)),
            new("scales twice", "Both gradients are √d_k times too small. With dA = 1, or with d_k = 1, nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1.0 / Q.ColumnCount)),
            new("forgets to turn dS for the keys", "dQ is right, and dK is dS · Q. With dA = 1 nobody sees it; nor who looks at dQ alone.",
                (Q, K, dA) => FromWeights(Q, K, dA, turnKeys: false)),
            new("takes the keys as constants", "dQ is right, and dK is zero. With dA = 1 nobody sees it; nor who looks at dQ alone.",
                (Q, K, dA) => (FromWeights(Q, K, dA).dQ, K * 0)),
            new("takes the queries as constants", "dK is right, and dQ is zero. With dA = 1 nobody sees it; nor who looks at dK alone.",
                (Q, K, dA) => (Q * 0, FromWeights(Q, K, dA).dK)),
            new("turns dS for the queries too", "dK is right, and dQ is dSᵀ · K. With dA = 1 nobody sees it; nor who looks at dK alone.",
                (Q, K, dA) => FromWeights(Q, K, dA, turnForQueries: true)),
            new("goes through the Jacobian's diagonal only", "It has a (1 − a) dA. This one is caught even by dA = 1.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d).PointwiseMultiply(1 - A))),
        ],
        hints:
        [
            "Choose a loss whose slope you can measure: L = Σ R ⊙ A, with a random R of the shape of A. Its gradient at A is R, and that is the dA that you hand to `backward`.",
            "Measure the slope by one entry of Q: nudge it up and down by 1e-5, and divide the difference of L by 2e-5. `Lesson05.AttentionWeights(Q, K)` gives A. Compare with that entry of dQ, leaving room for about 1e-7.",
            "Do so for each entry of Q, and then for each entry of K. Take random Q and K with d_k above 1: zeros and equal rows hide mistakes.",
        ],
        mistakes:
        [
            new("the sum of the weights as loss", "This is the plain-sum check: dA = 1 everywhere. Rows of weights always add up to 1, so the right gradient is zero, and whatever is multiplied by that zero is zero as well. Use an uneven dA.",
                backward =>
                {
                    var (dQ, dK) = backward(Fixed(1), Fixed(2), DenseMatrix.Create(4, 4, 1));
                    return dQ.Enumerate().Concat(dK.Enumerate()).All(v => Math.Abs(v) < 1e-9);
                }),
            new("looks at dQ alone", "The projection is random, and dQ is looked at. But dK is not, and two of these are wrong in dK alone.",
                backward => Near(backward(Fixed(1), Fixed(2), FixedProjection).dQ, FromWeights(Fixed(1), Fixed(2), FixedProjection).dQ)),
            new("looks at dK alone", "The projection is random, and dK is looked at. But dQ is not, and two of these are wrong in dQ alone.",
                backward => Near(backward(Fixed(1), Fixed(2), FixedProjection).dK, FromWeights(Fixed(1), Fixed(2), FixedProjection).dK)),
            new("no to everything", "Your test says no to everything, to correct implementations too. If you measure slopes with a step h: divide by 2h, compare with the gradient of the very loss whose dA you hand over (that of Σ A² is 2A), and leave room. Right ones agree to about 1e-10 at h = 1e-5, and only to about 1e-4 at 1e-12.",
                _ => false),
            new("yes to everything", "Your test says yes to everything. Are both gradients compared with anything, and closely? Where queries and keys are zero, where there is one token only, or where dA is 0, every right gradient is 0, and so are the wrong ones.",
                _ => true),
            new("keys of zeros", "With keys of zeros all weights are the same, so that the plain mean is the weighted one, and the gradient of the queries is zero. Take keys that differ.",
                backward => BothNear(backward, Fixed(1), Fixed(2) * 0)),
            new("weights of 0 and 1", "The queries and keys are so large that the weights are 0 and 1. There the slope of the softmax is 0, and what is multiplied by that zero is zero as well. Take smaller numbers.",
                backward => BothNear(backward, Fixed(1) * 100, Fixed(2) * 100)),
            new("compares with a wrong formula", "Your test believes one implementation, and that one is wrong: it makes the same mistake as the formula that you compare with. Its sentence above says which. Slopes that are measured need no formula.",
                backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, turnKeys: false)))
            {
                Variants =
                [
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, turnForQueries: true)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1.0 / Q.ColumnCount)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d.SubtractColumn(d.RowMeans())))),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => d.SubtractColumn(A.PointwiseMultiply(d).RowSums()))),
                ],
            },
            new("queries of width 1", "The projection is random, and both gradients are checked. But with d_k = 1 the scale is 1, and nobody sees whether it is forgotten.",
                backward => BothNear(backward, Fixed(1, 1), Fixed(2, 1))),
            new("queries of zeros", "With queries of zeros all weights are the same, so that the plain mean is the weighted one, and the gradient of the keys is zero. Take queries that differ.",
                backward => BothNear(backward, Fixed(1) * 0, Fixed(2))),
            new("the rows of dK add up to nothing", "Moving all keys by one vector moves no weight, so the rows of dK add up to zero. That is right, and not enough: most mistakes keep it.",
                backward => backward(Fixed(1), Fixed(2), FixedProjection).dK.ColumnSums().All(v => Math.Abs(v) < 1e-9)),
        ]);

    public static FunctionExercise<BlockGradientFunction> BlockGradient { get; } = new(
        id: "05.11",
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

    private static Matrix<double> FixedProjection => SeededRandom.Create(3).NormalMatrix(4, 4);

    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    private static Vector<double> Of(params double[] numbers) => DenseVector.OfArray(numbers);

    private static Matrix<double> Fixed(int seed, int width = 3) => SeededRandom.Create(seed).NormalMatrix(4, width);

    private static bool Near(Matrix<double> a, Matrix<double> b) =>
        a.RowCount == b.RowCount && a.ColumnCount == b.ColumnCount && (a - b).Enumerate().All(v => Math.Abs(v) < 1e-9);

    private static bool BothNear(
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)> backward, Matrix<double> Q, Matrix<double> K,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>? formula = null)
    {
        var (tried, right) = (backward(Q, K, FixedProjection), formula?.Invoke(Q, K, FixedProjection) ?? FromWeights(Q, K, FixedProjection));
        return Near(tried.dQ, right.dQ) && Near(tried.dK, right.dK);
    }

    /// <summary>From the weights back to queries and keys, with a mistake on request. Where shapes do not fit, what is missing counts as 0.</summary>
    private static (Matrix<double> dQ, Matrix<double> dK) FromWeights(
        Matrix<double> Q, Matrix<double> K, Matrix<double> dA,
        Func<Matrix<double>, Matrix<double>, Matrix<double>>? softmax = null, double? scaleBack = null, bool turnKeys = true, bool turnForQueries = false)
    {
        var A = AttentionWeights(Q, K);
        var dS = (softmax ?? Softmax.Backward)(A, dA) * (scaleBack ?? 1 / Math.Sqrt(Q.ColumnCount));
        double At(int i, int j) => i < dS.RowCount && j < dS.ColumnCount ? dS[i, j] : 0;
        var unturned = DenseMatrix.Create(K.RowCount, Q.RowCount, At);
        var turned = DenseMatrix.Create(Q.RowCount, K.RowCount, (i, j) => At(j, i));
        return ((turnForQueries ? turned : dS) * K, (turnKeys ? dS.Transpose() : unturned) * Q);
    }

    /// <summary>The whole backward pass, with a mistake on request.</summary>
    private static (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) Backward(
        Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal, Matrix<double> dO,
        Func<Matrix<double>, Matrix<double>, Matrix<double>>? softmax = null, double? scaleBack = null, bool turnKeys = true, bool turnValues = true,
        double throughQ = 1, double throughK = 1, double throughV = 1, double? scale = null,
        Func<Matrix<double>, Matrix<double>>? weights = null,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>? ends = null)
    {
        var (Q, K, V) = (X * W_Q, X * W_K, X * W_V);
        double usual = 1 / Math.Sqrt(Q.ColumnCount);
        var Z = Q * K.Transpose() * (scale ?? usual);
        var A = weights?.Invoke(Z) ?? Masked(Z, (i, j) => !causal || j <= i);
        var dV = (turnValues ? A.Transpose() : A) * dO;
        var dS = (softmax ?? Softmax.Backward)(A, dO * V.Transpose()) * (scaleBack ?? usual);
        var (dQ, dK) = ends?.Invoke(dS, Q, K) ?? (dS * K, (turnKeys ? dS.Transpose() : dS) * Q);
        return (
            dQ * W_Q.Transpose() * throughQ + dK * W_K.Transpose() * throughK + dV * W_V.Transpose() * throughV,
            X.Transpose() * dQ, X.Transpose() * dK, X.Transpose() * dV);
    }

    /// <summary>The weights of scaled scores, where <paramref name="seen"/> says which key a query sees; down the columns on request.</summary>
    private static Matrix<double> Masked(Matrix<double> Z, Func<int, int, bool> seen, bool turned = false)
    {
        var masked = Z.MapIndexed((i, j, z) => seen(i, j) ? z : double.NegativeInfinity, Zeros.Include);
        return turned ? Softmax.Forward(masked.Transpose()).Transpose() : Softmax.Forward(masked);
    }

    /// <summary>LayerNorm's backward, with a mistake on request.</summary>
    private static Matrix<double> Norm(
        Matrix<double> dN, Matrix<double> XHat, Vector<double> rstd, Vector<double> gamma, double mean = 1, double along = 1,
        Matrix<double>? inMean = null, Matrix<double>? inAlong = null)
    {
        var g = dN.ScaleColumns(gamma);
        var alongXHat = (inAlong ?? g).PointwiseMultiply(XHat).RowMeans() * along;
        return (g.SubtractColumn((inMean ?? g).RowMeans() * mean) - XHat.ScaleRows(alongXHat)).ScaleRows(rstd);
    }
}
