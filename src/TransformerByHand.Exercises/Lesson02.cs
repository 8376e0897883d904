using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 02, the residual stream.</summary>
/// <remarks>The block f of most of them is the smallest one there is: f(x) = xW.</remarks>
public static class Lesson02
{
    public delegate double[] BlockFunction(double[] x, double[,] W, double epsilon);

    public delegate double[,] StreamFunction(double[] start, double[,] writes);

    public delegate (double post, double pre) ShareFunction(int blocks, double a);

    public delegate double ProbeFunction(Matrix<double> X, Matrix<double> T, int train);

    public delegate double[] SkipGradientFunction(double[] x, double[,] W, double[] dy);

    public delegate double[] PostNormGradientFunction(double[] x, double[,] W, double[] dy, double epsilon);

    public delegate bool PlacementTest(Func<double[], double[,], double, double[]> block);

    /// <summary>A token times a matrix, xW.</summary>
    /// <param name="x">A token (d).</param>
    /// <param name="W">A matrix (d × k).</param>
    /// <returns>A new token (k).</returns>
    public static double[] Multiply(double[] x, double[,] W) =>
        [.. Enumerable.Range(0, W.GetLength(1)).Select(j => Enumerable.Range(0, W.GetLength(0)).Sum(i => x[i] * W[i, j]))];

    /// <summary>LayerNorm of one token with γ = 1 and β = 0: (x − μ) / √(σ² + ε).</summary>
    /// <param name="x">A token.</param>
    /// <param name="epsilon">Added to the variance inside the root.</param>
    /// <returns>A new token of the same length.</returns>
    public static double[] Normalise(double[] x, double epsilon)
    {
        double mean = x.Average();
        double rstd = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. x.Select(v => (v - mean) * rstd)];
    }

    /// <summary>The gradient that <see cref="Normalise"/> sends back to its input (lesson 01).</summary>
    /// <param name="x">What was normalised.</param>
    /// <param name="dy">The gradient at the output, as long as <paramref name="x"/>.</param>
    /// <param name="epsilon">The ε of the forward pass.</param>
    /// <returns>The gradient at x.</returns>
    public static double[] NormaliseGradient(double[] x, double[] dy, double epsilon)
    {
        double mean = x.Average();
        double rstd = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        double[] xHat = Normalise(x, epsilon);
        double alongOnes = dy.Average(), alongXHat = dy.Zip(xHat, (g, v) => g * v).Average();
        return [.. dy.Zip(xHat, (g, v) => rstd * (g - alongOnes - v * alongXHat))];
    }

    public static FunctionExercise<BlockFunction> PostNormBlock { get; } = new(
        id: "02.1",
        title: "Add & norm",
        statement: "Return y = LN(x + f(x)) with the block f(x) = xW: post-LN.",
        solution: (x, W, epsilon) =>
        {
            double[] fx = Lesson02.Multiply(x, W);
            double[] sum = [.. x.Zip(fx, (a, b) => a + b)];
            return Lesson02.Normalise(sum, epsilon);
        },
        cases:
        [
            [Row(1, 3), Square(2, 1, 0, 0, 2), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), 0.0],
            [Row(3, 3, 3), Square(3, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0.5],
        ],
        randomCase: TokenAndBlock,
        hints:
        [
            "Three steps, in this order: what the block makes of x, the sum of x and that, the norm of the sum.",
            "`Lesson02.Multiply(x, W)` is the block. `x.Zip(fx, (a, b) => a + b)` adds two tokens number by number.",
            "The norm comes last and takes in everything: `Lesson02.Normalise(sum, epsilon)`.",
        ],
        mistakes:
        [
            new("the skip forgotten", "x itself is missing: this is LN(f(x)). Add x to what the block makes before you normalise.",
                (x, W, epsilon) => Normalise(Multiply(x, W), epsilon)),
            new("normalises what is written", "This is x + LN(f(x)): the norm came before the sum. In add & norm it comes after it.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("pre-LN", "This is x + f(LN(x)), which is pre-LN, the next exercise. Here the block reads x as it is, and the sum is normalised.",
                (x, W, epsilon) => PreNorm(x, W, epsilon)),
            new("no norm", "This is x + f(x). The norm of that sum is still to be taken.",
                (x, W, epsilon) => Sum(x, Multiply(x, W))),
            new("norm of each, then the sum", "This is LN(x) + LN(f(x)). Add first, then take one norm of the sum.",
                (x, W, epsilon) => Sum(Normalise(x, epsilon), Normalise(Multiply(x, W), epsilon))),
            new("multiplies from the left", "The block is xW, a row times a matrix: number j goes down column j of W. This runs along the rows of W.",
                (x, W, epsilon) => Normalise(Sum(x, Multiply(x, Transposed(W))), epsilon)),
            new("normalises before and after", "This is LN(x + f(LN(x))): the block read a normalised copy. In post-LN it reads x as it is, and there is one norm, at the end.",
                (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("normalises what is written, and then the sum", "This is LN(x + LN(f(x))): the write was normalised before it was added. There is one norm, and it takes the sum.",
                (x, W, epsilon) => Normalise(Sum(x, Normalise(Multiply(x, W), epsilon)), epsilon)),
            new("normalises what the skip carries", "This is LN(LN(x) + f(x)): the skip carries a normalised copy. It should carry x as it is; the norm comes after the sum.",
                (x, W, epsilon) => Normalise(Sum(Normalise(x, epsilon), Multiply(x, W)), epsilon)),
            new("normalises x first", "This is LN(LN(x) + f(LN(x))): x was normalised at the very start. Both the skip and the block take x as it came in.",
                (x, W, epsilon) => Normalise(x, epsilon) is var read ? Normalise(Sum(read, Multiply(read, W)), epsilon) : []),
            new("ε left out", "ε was not handed to `Normalise`: this is the norm with ε = 0, and NaN where the sum has no spread.",
                (x, W, epsilon) => PostNorm(x, W, 0)),
            new("ε of its own", "This is the norm with ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, epsilon) => PostNorm(x, W, 1e-5)),
            new("divides by N − 1", "The variance was divided by N − 1. LayerNorm divides by N: a token is its own whole population.",
                (x, W, epsilon) => Sum(x, Multiply(x, W)) is var s ? Divided(s, s.Average(), Math.Sqrt(s.Sum(v => Math.Pow(v - s.Average(), 2)) / (s.Length - 1) + epsilon)) : []),
            new("the mean stays", "The sum was divided by its deviation, but its mean is still in it. LayerNorm takes the mean away first.",
                (x, W, epsilon) => Unshifted(Sum(x, Multiply(x, W)), epsilon)),
            new("the block forgotten", "This is LN(x): what the block makes of x is missing from the sum.",
                (x, W, epsilon) => Normalise(x, epsilon)),
            new("the norm taken twice", "The result was normalised once more. With ε above 0 that changes it again; once is enough.",
                (x, W, epsilon) => Normalise(PostNorm(x, W, epsilon), epsilon)),
            new("the skip taken twice", "x is in the sum twice: this is LN(2x + f(x)). Add it once.",
                (x, W, epsilon) => Normalise(Sum(x, Sum(x, Multiply(x, W))), epsilon)),
            new("subtracts", "What the block makes was subtracted: this is LN(x − f(x)). A block adds to the stream.",
                (x, W, epsilon) => Normalise(Sum(x, Negated(Multiply(x, W))), epsilon)),
        ]);

    public static FunctionExercise<BlockFunction> PreNormBlock { get; } = new(
        id: "02.2",
        title: "A pre-norm block",
        statement: "Return y = x + f(LN(x)) with the block f(x) = xW: pre-LN.",
        solution: (x, W, epsilon) =>
        {
            double[] read = Lesson02.Normalise(x, epsilon);
            double[] write = Lesson02.Multiply(read, W);
            return [.. x.Zip(write, (a, b) => a + b)];
        },
        cases:
        [
            [Row(1, 3), Square(2, 1, 0, 0, 2), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), 0.0],
            [Row(3, 3, 3), Square(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5],
        ],
        randomCase: TokenAndBlock,
        hints:
        [
            "The stream x takes no part in the norm. What the block *reads* is a normalised copy.",
            "Two names help: `read`, the normalised copy, and `write`, what the block makes of it.",
            "The last line adds `write` to x, and x is as it came in.",
        ],
        mistakes:
        [
            new("adds to the normalised copy", "The skip carries LN(x) here: LN(x) + f(LN(x)). It should carry x itself; the norm is for the block alone.",
                (x, W, epsilon) => Normalise(x, epsilon) is var read ? Sum(read, Multiply(read, W)) : []),
            new("post-LN", "This is LN(x + f(x)), the exercise before. Here the norm comes first, and nothing normalises the sum.",
                (x, W, epsilon) => PostNorm(x, W, epsilon)),
            new("the skip forgotten", "x itself is missing: this is f(LN(x)), what is written. Add it to x.",
                (x, W, epsilon) => Multiply(Normalise(x, epsilon), W)),
            new("normalises what is written", "This is x + LN(f(x)). The norm belongs before the block.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("normalises twice", "The sum is normalised as well. In pre-LN nothing touches the stream after the sum.",
                (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("no norm", "This is x + f(x): the block read x as it is. It should read LN(x).",
                (x, W, epsilon) => Sum(x, Multiply(x, W))),
            new("the two have changed places", "This is LN(x) + f(x): the skip carries the normalised copy, and the block reads x. It is the other way round.",
                (x, W, epsilon) => Sum(Normalise(x, epsilon), Multiply(x, W))),
            new("the block forgotten", "This is x + LN(x): the normalised copy was added as it is. It should go through the block first.",
                (x, W, epsilon) => Sum(x, Normalise(x, epsilon))),
            new("normalises the write too", "This is x + LN(f(LN(x))): what the block wrote was normalised as well. There is one norm, before the block.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(Normalise(x, epsilon), W), epsilon))),
            new("multiplies from the left", "The block is a row times a matrix: number j goes down column j of W. This runs along the rows of W.",
                (x, W, epsilon) => PreNorm(x, Transposed(W), epsilon)),
            new("ε left out", "ε was not handed to `Normalise`: this is the norm with ε = 0, and NaN where x has no spread.",
                (x, W, epsilon) => PreNorm(x, W, 0)),
            new("ε of its own", "This is the norm with ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, epsilon) => PreNorm(x, W, 1e-5)),
            new("subtracts", "What the block wrote was subtracted: this is x − f(LN(x)). A block adds to the stream.",
                (x, W, epsilon) => Sum(x, Negated(Multiply(Normalise(x, epsilon), W)))),
        ]);

    public static FunctionExercise<StreamFunction> StreamOf { get; } = new(
        id: "02.3",
        title: "The sum of writes",
        statement: "Return the stream before the first block and after each: one row a stage.",
        solution: (start, writes) =>
        {
            (int blocks, int d) = (writes.GetLength(0), writes.GetLength(1));
            var stream = new double[blocks + 1, d];
            for (int i = 0; i < d; i++)
            {
                stream[0, i] = start[i];
                for (int l = 0; l < blocks; l++)
                    stream[l + 1, i] = stream[l, i] + writes[l, i];
            }
            return stream;
        },
        cases:
        [
            [Row(10, 0), new double[,] { { 3, 1 }, { -2, 4 } }],
            [Row(1, 2, 3), new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { -2, -3, -4 } }],
            [Row(5, 7), new double[,] { { 0.5, -1 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(random.Next(2, 5), d).ToArray()];
        },
        hints:
        [
            "There is one row more than there are blocks. The first row is the start.",
            "Each further row is the row before it, plus what that block wrote.",
            "`stream[l + 1, i] = stream[l, i] + writes[l, i]`.",
        ],
        mistakes:
        [
            new("forgets the start", "The writes add up, but the start is missing from every row. The stream begins with the embedding and keeps it.",
                (start, writes) => Stream(new double[start.Length], writes)),
            new("does not accumulate", "Each row is the start plus that one write. What the earlier blocks wrote is still in the stream.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + (l == 0 ? 0 : writes[l - 1, i]))),
            new("replaces instead of adding", "Each row is what the block wrote. A block adds to the stream, it does not replace it.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : writes[l - 1, i])),
            new("one row short", "The start has no row of its own here. The first row is the stream before any block.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0), start.Length, (l, i) => all[l + 1, i]) : all),
            new("the end in every row", "Every row is the end of the stream. Row l holds only what was written by the first l blocks.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0) + 1, start.Length, (_, i) => all[writes.GetLength(0), i]) : all),
            new("the last row missing", "The stream after the last block is missing. There is one row more than there are blocks: the start has one too.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0), start.Length, (l, i) => all[l, i]) : all),
            new("the loop ends too soon", "The last row was left at 0. The loop has to reach the last block.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == writes.GetLength(0) ? 0 : all[l, i]) : all),
            new("the loop begins too late", "Row 1 was left at 0, and the rows after it go on from there: the loop over the blocks begins at the second one.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : Enumerable.Range(1, l - 1).Sum(k => writes[k, i]))),
            new("rows and columns of the writes exchanged", "`writes[i, l]` is number l of what block i wrote. Its rows are the blocks: number i of block l is `writes[l, i]`.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => writes[i, l]))),
            new("subtracts", "The writes were subtracted. A block adds to the stream.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => -writes[l, i]))),
            new("the last block first", "The writes were added from the last block to the first. The first row of `writes` is what the first block wrote.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => writes[writes.GetLength(0) - 1 - l, i]))),
        ]);

    public static FunctionExercise<ShareFunction> ShareLeft { get; } = new(
        id: "02.4",
        title: "What is left of the start",
        statement: "Return the cosine of start and stream after a number of blocks, in post-LN and in pre-LN, where every write is orthogonal to everything before it.",
        solution: (blocks, a) =>
        {
            double post = 1, squaredLength = 1;
            for (int l = 0; l < blocks; l++)
            {
                post /= Math.Sqrt(1 + a);    // the sum is √(1 + a) long; the norm brings it, and all that is in it, back to 1
                squaredLength += a;          // nobody shrinks the stream
            }
            return (post, 1 / Math.Sqrt(squaredLength));
        },
        cases: [[1, 3.0], [2, 3.0], [0, 0.5], [3, 0.5], [8, 0.5], [24, 0.5], [7, 0.1], [48, 0.1], [24, 1.0]],
        hints:
        [
            "Begin with one block. Start and write are orthogonal, with lengths 1 and √a: how long is the sum, and what is the cosine between the sum and the start? Both placements agree there.",
            "Pre-LN: after l blocks the squared length of the stream is 1 + a·l, and the start in it is still 1 long.",
            "Post-LN: each norm divides the stream by √(1 + a), and with it the start that is in it. Then the next write is again √a long.",
            "post = (1 + a)^(−l/2), pre = (1 + a·l)^(−1/2).",
        ],
        mistakes:
        [
            new("the two exchanged", "The two numbers have changed places: in post-LN every norm shrinks what came before, so it falls faster.",
                (blocks, a) => (Share(blocks, a).pre, Share(blocks, a).post)),
            new("root forgotten", "These are the squares. A cosine is a ratio of lengths, and a is a squared length: take roots.",
                (blocks, a) => (Math.Pow(1 + a, -blocks), 1 / (1 + a * blocks))),
            new("lengths added", "The lengths were added: 1 + √a. Orthogonal vectors add by Pythagoras: the squared length of the sum is 1 + a.",
                (blocks, a) => (Math.Pow(1 + Math.Sqrt(a), -blocks), 1 / (1 + Math.Sqrt(a) * blocks))),
            new("pre-LN for both", "Both numbers are those of pre-LN. In post-LN the stream is brought back to length 1 after every block, so each block divides what is left by √(1 + a).",
                (blocks, a) => (Share(blocks, a).pre, Share(blocks, a).pre)),
            new("post-LN for both", "Both numbers are those of post-LN. In pre-LN nothing shrinks the start: only the rest grows, by a at each block.",
                (blocks, a) => (Share(blocks, a).post, Share(blocks, a).post)),
            new("nothing is lost in pre-LN", "The start is in the pre-LN stream unchanged, but the stream around it grows, so the cosine falls all the same.",
                (blocks, a) => (Share(blocks, a).post, 1)),
            new("integer division", "`blocks / 2` is a division of whole numbers: for 3 blocks it is 1. Write `blocks / 2.0`.",
                (blocks, a) => (Math.Pow(1 + a, -blocks / 2), Share(blocks, a).pre)),
            new("a taken for a length", "a was squared. It is a squared length already: a sum of two is 1 + a.",
                (blocks, a) => Share(blocks, a * a)),
            new("root forgotten in pre-LN", "pre is a square: 1 + a·l is the squared length of the stream, and a cosine divides by the length. Take the root.",
                (blocks, a) => (Share(blocks, a).post, 1 / (1 + a * blocks))),
            new("root forgotten in post-LN", "post is a square: each norm divides by √(1 + a), not by 1 + a.",
                (blocks, a) => (Math.Pow(1 + a, -blocks), Share(blocks, a).pre)),
            new("one block, whatever their number", "This is what is left after one block. Every block more takes its part.",
                (blocks, a) => Share(1, a)),
            new("one block too few", "One block too few was counted: a loop over l = 1 … blocks − 1 runs one time less than there are blocks.",
                (blocks, a) => Share(Math.Max(0, blocks - 1), a)),
            new("one block too many", "One block too many was counted: a loop over l = 0 … blocks runs one time more than there are blocks.",
                (blocks, a) => Share(blocks + 1, a)),
            new("two blocks a layer", "Each block was counted as two. `blocks` is the number of blocks, not of layers.",
                (blocks, a) => Share(2 * blocks, a)),
            new("upside down", "These are above 1, and a cosine never is. Divide what is left of the start by the length of the stream.",
                (blocks, a) => (1 / Share(blocks, a).post, 1 / Share(blocks, a).pre)),
            new("the 1 forgotten", "The start itself is missing from the sums: with a write of squared length a beside a stream of length 1, the sum has squared length 1 + a.",
                (blocks, a) => (Math.Pow(a, -blocks / 2.0), 1 / Math.Sqrt(a * blocks))),
        ]);

    public static FunctionExercise<ProbeFunction> Probe { get; } = new(
        id: "02.5",
        title: "A linear probe",
        statement: "Fit T from X by least squares on the first rows, and return R² on the others.",
        solution: (X, T, train) =>
        {
            int test = X.RowCount - train;
            Matrix<double> Fit(Matrix<double> M) => M.SubMatrix(0, train, 0, M.ColumnCount);
            Matrix<double> HeldOut(Matrix<double> M) => M.SubMatrix(train, test, 0, M.ColumnCount);

            var W = Fit(X).QR().Solve(Fit(T));                               // (features × targets)
            var (predicted, truth) = (HeldOut(X) * W, HeldOut(T));           // (test × targets)
            var means = truth.ColumnSums() / test;
            double missed = 0, spread = 0;
            for (int t = 0; t < test; t++)
            {
                missed += Math.Pow((truth.Row(t) - predicted.Row(t)).L2Norm(), 2);
                spread += Math.Pow((truth.Row(t) - means).L2Norm(), 2);
            }
            return 1 - missed / spread;
        },
        cases:
        [
            [Columns([1, 2, 3, 4, 5]), Columns([2, 4, 6, 9, 10]), 3],
            [Columns([1, 2, 1, 2, 2, 1], [0, 1, 2, 3, 4, 5]), Columns([1, 2, 4, 4, 6, 5]), 4],
        ],
        randomCase: random =>
        {
            var X = random.NormalMatrix(14, 3);
            return [X, X * random.NormalMatrix(3, 2) + random.NormalMatrix(14, 2, 0.5) + 1, 9];
        },
        tolerance: new Tolerance(1e-7, 1e-9),
        timeLimit: TimeSpan.FromSeconds(60),     // MathNet's QR shares the thread pool, and waits its turn on a busy machine
        hints:
        [
            "Cut both matrices in two: rows 0 … train − 1 to fit with, the rest to judge with. `M.SubMatrix(row, rows, column, columns)`.",
            "`A.QR().Solve(B)` is the matrix W that makes A·W come nearest to B.",
            "R² = 1 − missed / spread, both on the held-out rows: missed is Σ (truth − prediction)², spread is Σ (truth − mean of the column)².",
            "Add up over all columns before you divide, and take the means of the held-out rows.",
        ],
        mistakes:
        [
            new("judged on the rows it was fitted to", "This judges the fit on the rows that it was made from, and such a judgement flatters. Judge on the held-out rows.",
                (X, T, train) => RSquared(X, T, train, from: 0, to: train)),
            new("judged on all rows", "This judges the fit on all rows, among them those that it was made from. Judge on the held-out rows alone.",
                (X, T, train) => RSquared(X, T, train, from: 0, to: X.RowCount)),
            new("fitted to all rows", "All rows were used for the fit, so nothing was held out. Fit on the first `train` rows.",
                (X, T, train) => RSquared(X, T, X.RowCount, from: train, to: X.RowCount)),
            new("spread about zero", "The spread was taken about 0. It is taken about the mean of each column: R² = 0 means no better than answering the mean.",
                (X, T, train) => RSquared(X, T, train, from: train, to: X.RowCount, aboutMean: false)),
            new("missed / spread", "This is the part that was missed. R² is 1 minus that.",
                (X, T, train) => 1 - RSquared(X, T, train, from: train, to: X.RowCount)),
            new("means of the training rows", "The means are those of the rows that it was fitted to. R² compares with the best constant for the rows it is judged on: take the means of the held-out rows.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.AddRow(-T.SubMatrix(0, train, 0, T.ColumnCount).ColumnSums() / train)))),
            new("means of all rows", "The means are those of all rows. R² compares with the best constant for the rows it is judged on: take the means of the held-out rows.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.AddRow(-T.ColumnSums() / T.RowCount)))),
            new("one mean for all columns", "One mean was taken over all columns together. Each column has its own.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth - truth.Enumerate().Average()))),
            new("the mean of each row", "The mean was taken along each row. It is taken down each column: over the tokens.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.SubtractColumn(truth.RowMeans())))),
            new("an average over the columns", "Each column got an R² of its own, and these were averaged. Add up the squares of all columns first, and divide once.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => Enumerable.Range(0, truth.ColumnCount).Average(j =>
                    1 - missed.Column(j).PointwisePower(2).Sum() / truth.Column(j).Sum(v => Math.Pow(v - truth.Column(j).Average(), 2))))),
            new("lengths in place of squares", "The two lengths were divided. R² divides the sums of squares: square the ratio.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - missed.FrobeniusNorm() / Centred(truth).FrobeniusNorm())),
            new("distances in place of squares", "The distances were added up without being squared. Both sums are of squares.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - missed.PointwiseAbs().Enumerate().Sum() / Centred(truth).PointwiseAbs().Enumerate().Sum())),
            new("never below 0", "What was below 0 was made 0. R² may be negative: then the fit is worse than answering the mean.",
                (X, T, train) => Math.Max(0, RSquared(X, T, train, from: train, to: X.RowCount))),
            new("the squared correlation", "This is the squared correlation of truth and prediction, which forgives a fit that is off by a factor or a constant. R² as it stands above does not.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => Math.Pow(MathNet.Numerics.Statistics.Correlation.Pearson(truth.Enumerate(), (truth - missed).Enumerate()), 2))),
            new("a constant added to the fit", "A column of ones was added to X, which gives the fit a constant. The probe asked for is X·W alone.",
                (X, T, train) => RSquared(X.InsertColumn(0, Vector<double>.Build.Dense(X.RowCount, 1)), T, train, from: train, to: X.RowCount)),
        ]);

    public static FunctionExercise<SkipGradientFunction> SkipGradient { get; } = new(
        id: "02.6",
        title: "The gradient through a skip",
        statement: "Return dx for y = x + ReLU(xW).",
        solution: (x, W, dy) =>
        {
            int d = x.Length;
            double[] h = Lesson02.Multiply(x, W);
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
                (x, W, dy) => Multiply(Masked(x, W, dy), Transposed(W))),
            new("the path through the block forgotten", "Only the skip is here. The block's own slope counts too: add what comes back through W and the ReLU.",
                (x, W, dy) => [.. dy]),
            new("the ReLU forgotten", "The gradient went through the block as if there were no ReLU. Where xW is not above 0 the ReLU is flat, and nothing comes back.",
                (x, W, dy) => Sum(dy, Multiply(dy, Transposed(W)))),
            new("W not transposed", "This multiplies the gradient by W. On the way back it is the transpose: number i of the result runs along row i of W.",
                (x, W, dy) => Sum(dy, Multiply(Masked(x, W, dy), W))),
            new("the ReLU stops the skip too", "The ReLU was applied to the gradient of the skip as well. It stands inside the block; past the block nothing is stopped.",
                (x, W, dy) => Sum(Masked(x, W, dy), Multiply(Masked(x, W, dy), Transposed(W)))),
            new("the ReLU looks at x", "The ReLU lets through where *x* is above 0 here. What it saw on the way forward was xW.",
                (x, W, dy) => Sum(dy, Multiply([.. dy.Zip(x, (g, v) => v > 0 ? g : 0)], Transposed(W)))),
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
            new("the ReLU on the whole sum", "The ReLU was applied to the sum of both ways, after everything else. It stands in the block alone, and on the way back it comes before W.",
                (x, W, dy) => Gated(Sum(dy, Multiply(dy, Transposed(W))), Multiply(x, W))),
            new("the ReLU the wrong way round", "The gradient was let through where xW is *below* 0. There the ReLU is flat.",
                (x, W, dy) => Sum(dy, Multiply(Gated(dy, Negated(Multiply(x, W))), Transposed(W)))),
            new("times the ReLU's output", "dy was multiplied by ReLU(xW). Its slope is asked for: 1 where xW is above 0, and 0 elsewhere.",
                (x, W, dy) => Sum(dy, Multiply([.. dy.Zip(Multiply(x, W), (g, v) => g * Math.Max(v, 0))], Transposed(W)))),
            new("the skip taken twice", "dy is in the sum twice. The skip hands it on once.",
                (x, W, dy) => Sum(dy, Sum(dy, Multiply(Masked(x, W, dy), Transposed(W))))),
            new("the way forward", "This is y = x + ReLU(xW), the way forward. Asked for is dx, the gradient at x, when dy is the gradient at y.",
                (x, W, dy) => Sum(x, [.. Multiply(x, W).Select(v => Math.Max(v, 0))])),
        ]);

    public static FunctionExercise<PostNormGradientFunction> PostNormGradient { get; } = new(
        id: "02.7",
        title: "The gradient through add & norm",
        statement: "Return dx for y = LN(x + xW).",
        solution: (x, W, dy, epsilon) =>
        {
            double[] sum = [.. x.Zip(Lesson02.Multiply(x, W), (a, b) => a + b)];
            double[] ds = Lesson02.NormaliseGradient(sum, dy, epsilon);      // through the norm, first of all
            double[] dx = [.. ds];                                           // past the block
            for (int i = 0; i < x.Length; i++)
                for (int j = 0; j < x.Length; j++)
                    dx[i] += ds[j] * W[i, j];                                // through the block
            return dx;
        },
        cases:
        [
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), Row(1, 0, 3), 0.5],
            [Row(2, 0, 1, -1, 3), new double[5, 5], Row(1, 2, 0, -1, 3), 0.0],
        ],
        randomCase: random =>
        {
            int d = random.Next(3, 6);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalVector(d).ToArray(), 0.5];
        },
        hints:
        [
            "Walk backwards: the last thing done on the way forward was the norm, so the gradient passes it first, and only then comes to the sum.",
            "What was normalised is the sum x + xW: `Lesson02.NormaliseGradient(sum, dy, epsilon)` gives ds.",
            "The sum hands ds to both sides: dx = ds + ds·Wᵀ.",
        ],
        mistakes:
        [
            new("the skip goes past the norm", "Here dy itself goes along the skip, as it does where the norm stands in the branch. In post-LN the norm stands behind the sum, and both paths pass it.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Transposed(W)))),
            new("the norm at x", "The norm's gradient was taken at x. What was normalised on the way forward is the sum x + xW, and the gradient belongs there.",
                (x, W, dy, epsilon) => NormaliseGradient(x, dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the norm forgotten", "The norm is missing: dy went to the sum unchanged. Take it through `Lesson02.NormaliseGradient` first.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(dy, Transposed(W)))),
            new("the path past the block forgotten", "Only the path through the block is here: add ds itself, which goes past it.",
                (x, W, dy, epsilon) => Multiply(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Transposed(W))),
            new("W not transposed", "ds was multiplied by W. On the way back it is the transpose.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, W)) : []),
            new("the block before the norm", "The two were passed in the wrong order: first through the block, then through the norm. On the way back the norm, which was last, comes first.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), Sum(dy, Multiply(dy, Transposed(W))), epsilon)),
            new("the path through the block forgotten", "This is ds, what comes back past the block. The block has its own way back: add ds·Wᵀ.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon)),
            new("the block's path goes past the norm", "ds goes along the skip, but through the block goes dy·Wᵀ. The norm stands behind the sum: both paths get ds.",
                (x, W, dy, epsilon) => Sum(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Multiply(dy, Transposed(W)))),
            new("pre-LN's way back", "This is the gradient of x + f(LN(x)), which is pre-LN. Here the norm stands behind the sum, so dy passes it first.",
                (x, W, dy, epsilon) => Sum(dy, NormaliseGradient(x, Multiply(dy, Transposed(W)), epsilon))),
            new("the gradient of a norm on the write", "This is the gradient of x + LN(f(x)), where the norm stands on the write. Here it stands behind the sum, so dy passes it first.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(NormaliseGradient(Multiply(x, W), dy, epsilon), Transposed(W)))),
            new("the norm at xW", "The norm's gradient was taken at xW. What was normalised on the way forward is the sum x + xW, and the gradient belongs there.",
                (x, W, dy, epsilon) => NormaliseGradient(Multiply(x, W), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the norm at y", "The norm's gradient was taken at y, its output. `NormaliseGradient` wants what went in: the sum x + xW.",
                (x, W, dy, epsilon) => NormaliseGradient(PostNorm(x, W, epsilon), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the arguments exchanged", "`NormaliseGradient` was given dy first and the sum second. First comes what was normalised, then the gradient.",
                (x, W, dy, epsilon) => NormaliseGradient(dy, Sum(x, Multiply(x, W)), epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("ε left out", "The gradient was taken at ε = 0, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, 0) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("ε of its own", "The gradient was taken at ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, 1e-5) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("a ReLU where there is none", "ds was stopped where xW is not above 0, as by the ReLU of the exercise before. This block is xW alone.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon) is var ds ? Sum(ds, Multiply(Masked(x, W, ds), Transposed(W))) : []),
        ]);

    public static TestExercise<PlacementTest, Func<double[], double[,], double, double[]>> IsPostNorm { get; } = new(
        id: "02.8",
        title: "Find the bug",
        statement: "Write a test for y = LN(x + xW): true for a correct implementation, false for a wrong one.",
        solution: block =>
        {
            // Numbers under which no two placements agree: x is not normalised, W is not symmetric, ε is not small.
            double[] x = [1, 2, 4];
            double[,] W = { { 0, 1, 0.5 }, { 0, 0, 1 }, { 2, 0, 0 } };
            const double epsilon = 0.5;

            double[] sum = [.. x.Zip(Lesson02.Multiply(x, W), (a, b) => a + b)];
            double[] expected = Lesson02.Normalise(sum, epsilon);
            double[] y = block([.. x], (double[,])W.Clone(), epsilon);
            return y is not null && y.Length == expected.Length && y.Zip(expected, (a, b) => Math.Abs(a - b)).Max() < 1e-9;
        },
        correct:
        [
            new("adds, then normalises", "It is right: LN(x + xW).", (x, W, epsilon) => PostNorm(x, W, epsilon)),
            new("folds the skip into the matrix", "It is right: x + xW = x(I + W), and the norm of that. It rounds a little differently, so a test must leave room for rounding.",
                (x, W, epsilon) => [.. Normalise(Multiply(x, Build(x.Length, x.Length, (i, j) => W[i, j] + (i == j ? 1 : 0))), epsilon).Select(v => v + 1e-13)]),   // with any numbers, round ones too
        ],
        wrong:
        [
            new("is pre-LN", "It computes x + f(LN(x)), under the name of the other placement.", (x, W, epsilon) => PreNorm(x, W, epsilon)),
            new("normalises the write", "It computes x + LN(f(x)).", (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("forgets the skip", "It computes LN(f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Multiply(x, W), epsilon)),
            new("normalises before and after", "It computes LN(x + f(LN(x))): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("normalises the skip too", "It computes LN(LN(x) + f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(Normalise(x, epsilon), Multiply(x, W)), epsilon)),
            new("has ε outside the root", "It divides by σ + ε. With a tiny ε, or with ε = 0, nobody sees it.",
                (x, W, epsilon) => Sum(x, Multiply(x, W)) is var s && Deviation(s) is var σ ? [.. s.Select(v => (v - s.Average()) / (σ + epsilon))] : []),
            new("multiplies by the transpose", "It computes LN(x + xWᵀ). With a symmetric W nobody sees it.", (x, W, epsilon) => PostNorm(x, Transposed(W), epsilon)),
            new("subtracts the write", "It computes LN(x − f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(x, Negated(Multiply(x, W))), epsilon)),
            new("takes the skip twice", "It computes LN(2x + f(x)): its output has mean 0 and deviation 1 like the right one's.", (x, W, epsilon) => Normalise(Sum(x, Sum(x, Multiply(x, W))), epsilon)),
            new("has an ε of its own", "It computes with ε = 1e-5 and ignores the one it is given. With that ε nobody sees it.", (x, W, epsilon) => PostNorm(x, W, 1e-5)),
            new("leaves the mean in", "It divides the sum by its deviation, but the mean is still in it.", (x, W, epsilon) => Unshifted(Sum(x, Multiply(x, W)), epsilon)),
            new("leaves out the last number", "Its last number is that of the sum, not normalised. Who looks at the first number only does not see it.",
                (x, W, epsilon) => [.. PostNorm(x, W, epsilon)[..^1], Sum(x, Multiply(x, W))[^1]]),
        ],
        hints:
        [
            "You know the formula, so you can compute what is right: `Lesson02.Multiply` and `Lesson02.Normalise` are correct. Compare number by number, with room for rounding.",
            "Mean 0 and deviation 1 is what a norm at the end gives, whatever was put into it. Eight of the twelve wrong ones end with a norm.",
            "Choose numbers under which no mistake can hide: x that is not normalised already, W that is neither zero nor symmetric, ε = 0.5.",
        ],
        mistakes:
        [
            new("mean 0 and deviation 1", "This asks only whether the output is normalised. Every implementation that ends with a norm passes, whatever it normalised. Compare the numbers themselves.",
                block => block(Some, Uneven, 0) is var y && Math.Abs(y.Average()) < 1e-9 && Math.Abs(Deviation(y) - 1) < 1e-9),
            new("deviation 1", "This looks at the deviation alone. A norm at the end makes it 1, whatever went in, and so does one that forgets the mean. Compare the numbers themselves.",
                block => block(Some, Uneven, 0) is var y && Math.Abs(Deviation(y) - 1) < 1e-9),
            new("only the first number", "Only the first number is compared. An implementation may be wrong in the others.",
                block => Math.Abs(block(Some, Uneven, 0.5)[0] - PostNorm(Some, Uneven, 0.5)[0]) < 1e-9),
            new("two numbers at ε = 0", "With two numbers and ε = 0 every norm gives ±1, whatever it normalised. Use three numbers or more, and ε = 0.5.",
                block => Near(block([1, 3], Square(2, 1, 0, 0, 2), 0), [-1, 1])),
            new("two numbers, compared loosely", "With two numbers and ε = 0 every norm gives ±1, whatever it normalised; and the comparison is loose. Use three numbers or more, ε = 0.5, and room for rounding only, such as 1e-9.",
                block => Near(block([1, 3], Square(2, 1, 0, 0, 2), 0), [-1, 1], 0.1)),
            new("compared loosely", "Your numbers are compared too loosely: an implementation that is far off passes. Rounding needs room for 1e-9, and no more.",
                block => Near(block(Some, Uneven, 0.5), PostNorm(Some, Uneven, 0.5), 0.5)),
            new("a small ε, compared loosely", "Your ε is so small beside the room that you leave for rounding that what is done with it cannot be seen. Use ε = 0.5 and room for 1e-9.",
                block => Near(block(Some, Uneven, 1e-5), PostNorm(Some, Uneven, 1e-5), 1e-3)),
            new("compared exactly", "The numbers have to be equal to the last bit here. Who adds in another order rounds otherwise, and is right all the same: leave room for 1e-9.",
                block => block(Some, Uneven, 0.5).SequenceEqual(PostNorm(Some, Uneven, 0.5))),
            new("x normalised already", "x is normalised already, so a norm too many cannot be seen, and ε = 0 hides the rest. Use an x of another mean and length, and ε = 0.5.",
                block => Normalise(Some, 0) is var x && Near(block([.. x], Uneven, 0), PostNorm(x, Uneven, 0))),
            new("ε = 1e-5", "Your ε is 1e-5, the value that everybody takes, so an implementation that ignores yours and takes its own cannot be told. Use 0.5.",
                block => Near(block(Some, Uneven, 1e-5), PostNorm(Some, Uneven, 1e-5))),
            new("the reference is pre-LN", "Your reference is pre-LN: x + f(LN(x)). That is the very bug that this test is to find.",
                block => Near(block(Some, Uneven, 0.5), PreNorm(Some, Uneven, 0.5))),
            new("the reference normalises the write", "Your reference is x + LN(f(x)). In post-LN the sum is normalised: LN(x + f(x)).",
                block => Near(block(Some, Uneven, 0.5), Sum(Some, Normalise(Multiply(Some, Uneven), 0.5)))),
            new("the reference has no skip", "Your reference is LN(f(x)): x is missing from its sum.",
                block => Near(block(Some, Uneven, 0.5), Normalise(Multiply(Some, Uneven), 0.5))),
            new("a block that writes nothing", "With W = 0 the block writes nothing, and whatever is done to x on the way into it cannot be seen. Use a W with numbers in it.",
                block => Near(block(Some, new double[3, 3], 0.5), Normalise(Some, 0.5))),
            new("ε = 0", "The numbers are compared, but at ε = 0, where ε outside the root looks right. Use a larger ε.",
                block => Near(block(Some, Uneven, 0), PostNorm(Some, Uneven, 0))),
            new("a symmetric W", "W is symmetric here, so the transpose cannot be told from it. Use a W that is not.",
                block => Square(3, 0, 1, 2, 1, 0, 1, 2, 1, 0) is var W && Near(block(Some, W, 0.5), PostNorm(Some, W, 0.5))),
        ]);

    /// <summary>A token for tests of blocks, which is not normalised.</summary>
    private static double[] Some => [1, 2, 4];

    /// <summary>A matrix for tests of blocks, which is not symmetric.</summary>
    private static double[,] Uneven => Square(3, 0, 1, 0.5, 0, 0, 1, 2, 0, 0);

    private static double[] Row(params double[] values) => values;

    private static double[,] Square(int d, params double[] entries) => Build(d, d, (i, j) => entries[i * d + j]);

    private static Matrix<double> Columns(params double[][] columns) => Matrix<double>.Build.DenseOfColumnArrays(columns);

    private static object[] TokenAndBlock(Random random)
    {
        int d = random.Next(3, 6);
        return [(random.NormalVector(d, 2) + 1).ToArray(), random.NormalMatrix(d, d).ToArray(), 0.5];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p + q)];

    private static double Deviation(double[] x) => Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)));

    private static double[] Negated(double[] a) => [.. a.Select(v => -v)];

    private static double[] Divided(double[] s, double mean, double deviation) => [.. s.Select(v => (v - mean) / deviation)];

    /// <summary>A norm that forgets to take the mean away: s / √(σ² + ε).</summary>
    private static double[] Unshifted(double[] s, double epsilon) => Divided(s, 0, Math.Sqrt(Math.Pow(Deviation(s), 2) + epsilon));

    private static bool Near(double[] a, double[] b, double room = 1e-9) => a.Zip(b, (p, q) => Math.Abs(p - q)).Max() < room;

    private static double[] PostNorm(double[] x, double[,] W, double epsilon) => Normalise(Sum(x, Multiply(x, W)), epsilon);

    private static double[] PreNorm(double[] x, double[,] W, double epsilon) => Sum(x, Multiply(Normalise(x, epsilon), W));

    private static double[,] Stream(double[] start, double[,] writes) =>
        Build(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + Enumerable.Range(0, l).Sum(k => writes[k, i]));

    private static (double post, double pre) Share(int blocks, double a) => (Math.Pow(1 + a, -blocks / 2.0), 1 / Math.Sqrt(1 + a * blocks));

    /// <summary>dy where the ReLU of xW lets it through.</summary>
    private static double[] Masked(double[] x, double[,] W, double[] dy) => Gated(dy, Multiply(x, W));

    /// <summary>The gradient g where h is above 0, and 0 elsewhere.</summary>
    private static double[] Gated(double[] g, double[] h) => [.. g.Zip(h, (v, open) => open > 0 ? v : 0)];

    /// <summary>R² on the rows from … to − 1 of a fit to the first rows.</summary>
    private static double RSquared(Matrix<double> X, Matrix<double> T, int train, int from, int to, bool aboutMean = true)
    {
        var W = Fitted(X, T, train);
        var truth = T.SubMatrix(from, to - from, 0, T.ColumnCount);
        var missed = truth - X.SubMatrix(from, to - from, 0, X.ColumnCount) * W;
        double spread = truth.EnumerateColumns().Sum(column => column.Sum(v => Math.Pow(v - (aboutMean ? column.Average() : 0), 2)));
        return 1 - missed.PointwisePower(2).Enumerate().Sum() / spread;
    }

    /// <summary>The least-squares fit to the first rows.</summary>
    private static Matrix<double> Fitted(Matrix<double> X, Matrix<double> T, int train) =>
        X.SubMatrix(0, train, 0, X.ColumnCount).QR().Solve(T.SubMatrix(0, train, 0, T.ColumnCount));

    /// <summary>Judges a fit to the first rows by what it missed on the others, truth minus prediction, and the truth there.</summary>
    private static double HeldOut(Matrix<double> X, Matrix<double> T, int train, Func<Matrix<double>, Matrix<double>, double> judge)
    {
        int test = X.RowCount - train;
        var truth = T.SubMatrix(train, test, 0, T.ColumnCount);
        return judge(truth - X.SubMatrix(train, test, 0, X.ColumnCount) * Fitted(X, T, train), truth);
    }

    private static Matrix<double> Centred(Matrix<double> M) => M.AddRow(-M.ColumnSums() / M.RowCount);

    private static double Squares(Matrix<double> M) => M.PointwisePower(2).Enumerate().Sum();
}
