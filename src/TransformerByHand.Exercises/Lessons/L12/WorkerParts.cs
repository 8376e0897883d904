using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>
    /// What each of several workers makes of X (n × d_model) with its own part of the feed-forward block, W_1 (d_model × d_ff),
    /// b_1 (d_ff), W_2 (d_ff × d_model): one matrix (n × d_model) a worker.
    /// </summary>
    public delegate Matrix<double>[] WorkerPartsFunction(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2, int workers);

    /// <summary>12.5: a feed-forward block cut over workers.</summary>
    public static FunctionExercise<WorkerPartsFunction> WorkerParts { get; } = new(
        id: "12.5",
        title: "A block on several machines",
        statement: "Cut the d_ff inner numbers into equal runs, one a worker, in order. Return what each worker can compute by itself from X and its own share of W_1, b_1 and W_2: matrices (n × d_model) that add up to max(0, X·W_1 + b_1)·W_2.",
        solution: (X, W_1, b_1, W_2, workers) =>
        {
            int share = W_1.ColumnCount / workers;
            return [.. Enumerable.Range(0, workers).Select(w =>
            {
                var columns = W_1.SubMatrix(0, W_1.RowCount, w * share, share);                 // (d_model × share)
                var H = (X * columns).AddRow(b_1.SubVector(w * share, share));                  // (n × share)
                return H.PointwiseMaximum(0) * W_2.SubMatrix(w * share, share, 0, W_2.ColumnCount);
            })];
        },
        cases:
        [
            [Of(new double[,] { { 1, 2 }, { -1, 3 } }), Of(new double[,] { { 1, -1, 2, 0 }, { 0, 2, -2, 1 } }), Of(0, 1, 1, -1), Of(new double[,] { { 1, 0 }, { 2, -1 }, { 0, 3 }, { 1, 1 } }), 2],
            [Of(new double[,] { { 2 } }), Of(new double[,] { { -1 } }), Of(3.0), Of(new double[,] { { 4 } }), 1],
            [SeededRandom.Create(121).NormalMatrix(5, 3), SeededRandom.Create(122).NormalMatrix(3, 8), SeededRandom.Create(123).NormalVector(8), SeededRandom.Create(124).NormalMatrix(8, 3), 2],
            [1000 * SeededRandom.Create(125).NormalMatrix(2, 3), SeededRandom.Create(126).NormalMatrix(3, 12), SeededRandom.Create(127).NormalVector(12), SeededRandom.Create(128).NormalMatrix(12, 3), 4],
            [Of(new double[,] { { 1, 1, 1 } }), Of(new double[,] { { 1, 1, -1, 2 }, { -1, 1, 1, 0 }, { 0, 1, 0, 1 } }), Of(0, 0, 0, 0), Of(new double[,] { { 1, 1, 2 }, { 1, 1, 2 }, { 3, 1, 0 }, { 0, 2, 2 } }), 2],
        ],
        randomCase: random =>
        {
            (int n, int d, int workers) = (random.Next(1, 5), random.Next(1, 5), random.Next(2, 4));
            int f = workers * random.Next(1, 4);
            return [random.NormalMatrix(n, d), random.NormalMatrix(d, f), random.NormalVector(f), random.NormalMatrix(f, d), workers];
        },
        derived: DerivedCases.Ties | DerivedCases.Large,
        hints:
        [
            "An inner number needs one column of W_1 and one number of b_1, and meets one row of W_2. So whoever has the columns from a to b of W_1 needs the rows from a to b of W_2.",
            "`W_1.SubMatrix(0, W_1.RowCount, first, share)` are its columns, `W_2.SubMatrix(first, share, 0, W_2.ColumnCount)` its rows, `b_1.SubVector(first, share)` its biases.",
            "Then it is the block of lesson 07 with fewer inner numbers: `(X * columns).AddRow(biases)`, ReLU, times its rows.",
        ],
        mistakes:
        [
            new("every worker does it all", "Every worker returns the whole block's result. Then each needs all weights, and the sum is too large by as many times as there are workers.",
                (X, W_1, b_1, W_2, workers) => [.. Enumerable.Repeat(Block(X, W_1, b_1, W_2), workers)]),
            new("the whole divided by the number of workers", "Every worker did the whole work, and divided it by their number. The sum is right, and nothing is saved: a worker is to use its own share of the weights only.",
                (X, W_1, b_1, W_2, workers) => [.. Enumerable.Repeat(Block(X, W_1, b_1, W_2) / workers, workers)]),
            new("dealt out in turn", "The inner numbers were dealt out in turn: worker w got w, w + k, w + 2k, …. The sum is the same, but each should get a run of neighbours, which lies in memory in one piece.",
                (X, W_1, b_1, W_2, workers) => PartsBy(X, W_1, b_1, W_2, workers, c => c % workers)),
            new("no ReLU", "There is no ReLU between the two products. It can be applied by each worker alone, because it takes each inner number by itself.",
                (X, W_1, b_1, W_2, workers) => PartsBy(X, W_1, b_1, W_2, workers, c => c / (W_1.ColumnCount / workers), H => H)),
            new("ReLU at the end", "ReLU was applied to what the workers return. It stands between the products.",
                (X, W_1, b_1, W_2, workers) => [.. PartsBy(X, W_1, b_1, W_2, workers, c => c / (W_1.ColumnCount / workers), H => H).Select(Y => Y.PointwiseMaximum(0))]),
            new("b_1 forgotten", "b_1 is missing: each worker adds its own share of it before ReLU.",
                (X, W_1, b_1, W_2, workers) => PartsBy(X, W_1, 0 * b_1, W_2, workers, c => c / (W_1.ColumnCount / workers))),
            new("b_1 divided by the number of workers", "b_1 was divided by the number of workers. Each inner number belongs to one worker alone, with the whole of its bias.",
                (X, W_1, b_1, W_2, workers) => PartsBy(X, W_1, b_1 / workers, W_2, workers, c => c / (W_1.ColumnCount / workers))),
            new("the first biases for all", "Every worker added the first share of b_1. Worker w has those of its own inner numbers.",
                (X, W_1, b_1, W_2, workers) => PartsBy(X, W_1, DenseVector.Create(b_1.Count, c => b_1[c % (b_1.Count / workers)]), W_2, workers, c => c / (W_1.ColumnCount / workers))),
            new("the first rows of W_2 for all", "Every worker used the first rows of W_2. Its inner numbers meet the rows that stand where its columns stood.",
                (X, W_1, b_1, W_2, workers) => W_1.ColumnCount / workers is var share
                    ? [.. PartsBy(X, W_1, b_1, DenseMatrix.Create(W_2.RowCount, W_2.ColumnCount, (r, c) => W_2[r % share, c]), workers, c => c / share)] : []),
            new("the first share for all", "Every worker computed the first share. Worker w begins at w times the share.",
                (X, W_1, b_1, W_2, workers) => [.. Enumerable.Repeat(PartsBy(X, W_1, b_1, W_2, workers, c => c / (W_1.ColumnCount / workers))[0], workers)]),
            new("in the other order", "The shares are in the other order: the first worker has the first columns.",
                (X, W_1, b_1, W_2, workers) => [.. PartsBy(X, W_1, b_1, W_2, workers, c => c / (W_1.ColumnCount / workers)).Reverse()]),
            new("the sum so far", "Each worker returns the sum of its own part and those before it. They do not wait for each other: each returns its own.",
                (X, W_1, b_1, W_2, workers) =>
                {
                    var parts = PartsBy(X, W_1, b_1, W_2, workers, c => c / (W_1.ColumnCount / workers));
                    for (int w = 1; w < workers; w++) parts[w] += parts[w - 1];
                    return parts;
                }),
            new("one sum", "This returns the sum, as one matrix. Return what each worker has before they add up: one matrix a worker.",
                (X, W_1, b_1, W_2, workers) => [Block(X, W_1, b_1, W_2)]),
        ])
    {
        Formulas = [@"\max(0, X W_1^{(w)} + b_1^{(w)})\,W_2^{(w)}"],
    };

    private static Matrix<double> Block(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2) =>
        (X * W_1).AddRow(b_1).PointwiseMaximum(0) * W_2;

    /// <summary>The parts of workers who own the inner numbers that <paramref name="owner"/> gives them.</summary>
    private static Matrix<double>[] PartsBy(
        Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2, int workers, Func<int, int> owner, Func<Matrix<double>, Matrix<double>>? activation = null)
    {
        var Φ = (activation ?? (H => H.PointwiseMaximum(0)))((X * W_1).AddRow(b_1));
        return [.. Enumerable.Range(0, workers).Select(w => Φ.MapIndexed((_, c, v) => owner(c) == w ? v : 0, Zeros.Include) * W_2)];
    }
}
