using MathNet.Numerics.LinearAlgebra;

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
                (start, writes) => Table(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + (l == 0 ? 0 : writes[l - 1, i]))),
            new("replaces instead of adding", "Each row is what the block wrote. A block adds to the stream, it does not replace it.",
                (start, writes) => Table(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : writes[l - 1, i])),
            new("one row short", "The start has no row of its own here. The first row is the stream before any block.",
                (start, writes) => Stream(start, writes) is var all ? Table(writes.GetLength(0), start.Length, (l, i) => all[l + 1, i]) : all),
            new("the end in every row", "Every row is the end of the stream. Row l holds only what was written by the first l blocks.",
                (start, writes) => Stream(start, writes) is var all ? Table(writes.GetLength(0) + 1, start.Length, (_, i) => all[writes.GetLength(0), i]) : all),
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
        cases: [[1, 3.0], [2, 3.0], [0, 0.5], [8, 0.5], [24, 0.5], [48, 0.1], [24, 1.0]],
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
            [Columns([1, 1, 1, 1, 1, 1], [0, 1, 2, 3, 4, 5]), Columns([1, 2, 4, 4, 6, 5]), 4],
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
            [Row(2, 0, 1, -1, 3), new double[5, 5], Row(1, 2, 0, -1, 3), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), Row(1, 0, 3), 0.5],
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
            new("the skip goes past the norm", "Here dy itself goes along the skip. That is pre-LN's way back; in post-LN the norm stands behind the sum, and both paths pass it.",
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
                (x, W, epsilon) => Normalise(Multiply(x, Table(x.Length, x.Length, (i, j) => W[i, j] + (i == j ? 1 : 0))), epsilon)),
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
        ],
        hints:
        [
            "You know the formula, so you can compute what is right: `Lesson02.Multiply` and `Lesson02.Normalise` are correct. Compare number by number, with room for rounding.",
            "Mean 0 and deviation 1 is what a norm at the end gives, whatever was put into it. Four of the wrong ones end with a norm.",
            "Choose numbers under which no mistake can hide: x that is not normalised already, W that is neither zero nor symmetric, ε = 0.5.",
        ],
        mistakes:
        [
            new("mean 0 and deviation 1", "This asks only whether the output is normalised. Every implementation that ends with a norm passes, whatever it normalised. Compare the numbers themselves.",
                block => block([1, 2, 4], Square(3, 0, 1, 0.5, 0, 0, 1, 2, 0, 0), 0) is var y && Math.Abs(y.Average()) < 1e-9 && Math.Abs(Deviation(y) - 1) < 1e-9),
            new("a block that writes nothing", "With W = 0 the block writes nothing, and whatever is done to x on the way into it cannot be seen. Use a W with numbers in it.",
                block => Near(block([1, 2, 4], new double[3, 3], 0.5), Normalise([1, 2, 4], 0.5))),
            new("ε = 0", "The numbers are compared, but at ε = 0, where ε outside the root looks right. Use a larger ε.",
                block => Near(block([1, 2, 4], Square(3, 0, 1, 0.5, 0, 0, 1, 2, 0, 0), 0), PostNorm([1, 2, 4], Square(3, 0, 1, 0.5, 0, 0, 1, 2, 0, 0), 0))),
            new("a symmetric W", "W is symmetric here, so the transpose cannot be told from it. Use a W that is not.",
                block => Near(block([1, 2, 4], Square(3, 0, 1, 2, 1, 0, 1, 2, 1, 0), 0.5), PostNorm([1, 2, 4], Square(3, 0, 1, 2, 1, 0, 1, 2, 1, 0), 0.5))),
        ]);

    private static double[] Row(params double[] values) => values;

    private static double[,] Square(int d, params double[] entries) => Table(d, d, (i, j) => entries[i * d + j]);

    private static double[,] Table(int rows, int columns, Func<int, int, double> entry)
    {
        var table = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                table[i, j] = entry(i, j);
        return table;
    }

    private static Matrix<double> Columns(params double[][] columns) => Matrix<double>.Build.DenseOfColumnArrays(columns);

    private static object[] TokenAndBlock(Random random)
    {
        int d = random.Next(3, 6);
        return [(random.NormalVector(d, 2) + 1).ToArray(), random.NormalMatrix(d, d).ToArray(), 0.5];
    }

    private static double[,] Transposed(double[,] W) => Table(W.GetLength(1), W.GetLength(0), (i, j) => W[j, i]);

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p + q)];

    private static double Deviation(double[] x) => Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)));

    private static bool Near(double[] a, double[] b) => a.Zip(b, (p, q) => Math.Abs(p - q)).Max() < 1e-9;

    private static double[] PostNorm(double[] x, double[,] W, double epsilon) => Normalise(Sum(x, Multiply(x, W)), epsilon);

    private static double[] PreNorm(double[] x, double[,] W, double epsilon) => Sum(x, Multiply(Normalise(x, epsilon), W));

    private static double[,] Stream(double[] start, double[,] writes) =>
        Table(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + Enumerable.Range(0, l).Sum(k => writes[k, i]));

    private static (double post, double pre) Share(int blocks, double a) => (Math.Pow(1 + a, -blocks / 2.0), 1 / Math.Sqrt(1 + a * blocks));

    /// <summary>dy where the ReLU of xW lets it through.</summary>
    private static double[] Masked(double[] x, double[,] W, double[] dy) => [.. dy.Zip(Multiply(x, W), (g, h) => h > 0 ? g : 0)];

    /// <summary>R² on the rows from … to − 1 of a fit to the first rows.</summary>
    private static double RSquared(Matrix<double> X, Matrix<double> T, int train, int from, int to, bool aboutMean = true)
    {
        var W = X.SubMatrix(0, train, 0, X.ColumnCount).QR().Solve(T.SubMatrix(0, train, 0, T.ColumnCount));
        var truth = T.SubMatrix(from, to - from, 0, T.ColumnCount);
        var missed = truth - X.SubMatrix(from, to - from, 0, X.ColumnCount) * W;
        double spread = truth.EnumerateColumns().Sum(column => column.Sum(v => Math.Pow(v - (aboutMean ? column.Average() : 0), 2)));
        return 1 - missed.PointwisePower(2).Enumerate().Sum() / spread;
    }
}
