using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 06, measured again, with the lesson's own seeds.</summary>
internal static class AttentionBackwardMeasurements
{
    private static readonly Matrix<double> X = DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
    private static readonly Matrix<double> dO = DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } });
    private static readonly AttentionHead Head = new(
        DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 } }),
        DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 } }),
        DenseMatrix.OfArray(new double[,] { { 4, 0 }, { 1, 3 } }));

    private static readonly Matrix<double> WideX = SeededRandom.Create(40).NormalMatrix(3, 10);
    private static readonly AttentionHead WideHead = AttentionHead.Random(SeededRandom.Create(41), dModel: 10, dK: 4);
    private static readonly Matrix<double> Five = SeededRandom.Create(50).NormalMatrix(5, 10);
    private static readonly AttentionHead ReachHead = AttentionHead.Random(SeededRandom.Create(51), dModel: 10, dK: 4);
    private static readonly Matrix<double> ReachR = SeededRandom.Create(52).NormalMatrix(5, 4);

    [Measures("B1")]
    public static (string, double)[] The_whole_chain()
    {
        // Entry by entry, without the library's backward.
        var t = Head.Forward(X).Trace;
        double dA(int i, int j) => Sum(2, c => dO[i, c] * t.V[j, c]);
        double dS(int i, int j) => t.A[i, j] * (dA(i, j) - Sum(3, k => t.A[i, k] * dA(i, k))) / Math.Sqrt(2);
        var dV = DenseMatrix.Create(3, 2, (j, c) => Sum(3, i => t.A[i, j] * dO[i, c]));
        var dQ = DenseMatrix.Create(3, 2, (i, c) => Sum(3, j => dS(i, j) * t.K[j, c]));
        var dK = DenseMatrix.Create(3, 2, (j, c) => Sum(3, i => dS(i, j) * t.Q[i, c]));
        Matrix<double> Weights(Matrix<double> d) => DenseMatrix.Create(2, 2, (r, c) => Sum(3, i => X[i, r] * d[i, c]));
        Matrix<double> Path(Matrix<double> d, Matrix<double> W) => DenseMatrix.Create(3, 2, (i, r) => Sum(2, c => d[i, c] * W[r, c]));
        var (throughQ, throughK, throughV) = (Path(dQ, Head.W_Q), Path(dK, Head.W_K), Path(dV, Head.W_V));
        var dX = throughQ + throughK + throughV;

        var library = Head.Backward(t, dO);
        (Matrix<double> Mine, Matrix<double> Its)[] all =
        [
            (dV, library.dV), (dQ, library.dQ), (dK, library.dK), (Weights(dQ), library.dW_Q), (Weights(dK), library.dW_K), (Weights(dV), library.dW_V),
            (dX, library.dX), (DenseMatrix.Create(3, 3, dA), library.dA), (DenseMatrix.Create(3, 3, dS), library.dS),
        ];

        // The pre-LN block that PyTorch was given, from the library's parts.
        var given = Recorded("block");
        var head = new AttentionHead(given("W_Q"), given("W_K"), given("W_V"));
        var norm = new AddAndNorm(NormPlacement.Pre, new LayerNorm(given("γ").Row(0), given("β").Row(0)));
        var x = given("X");
        var report = GradientCheck.Run(
            [new Parameter("X", x), .. norm.Parameters, .. head.Parameters],
            () => norm.Forward(x, N => head.Forward(N, Mask.Causal(3))).Y,
            dY => norm.Backward(norm.Forward(x, N => head.Forward(N, Mask.Causal(3))).Trace, dY, (its, d) => head.Backward(its, d)) is var g
                ? [new Parameter("X", g.dX), .. g.Norm!.OfParameters(), .. g.Block.OfParameters()]
                : []);

        return
        [
            ("dX of “the”, first number", dX[0, 0]),
            ("dW_Q, first number", Weights(dQ)[0, 0]),
            ("dW_K, first number", Weights(dK)[0, 0]),
            ("ledger and library differ by", all.Max(pair => Largest(pair.Mine - pair.Its))),
            ("gradients of the block that agree with differences, of 6", report.Variables.Count(v => v.Verdict == GradientVerdict.Agrees)),
            ("dX without the path through q, off by", Largest(throughQ)),
            ("dX without the path through k, off by", Largest(throughK)),
            ("dX without the path through v, off by", Largest(throughV)),
        ];
    }

    [Measures("B2")]
    public static (string, double)[] The_Jacobian_and_the_way_around_it()
    {
        double rowOfJacobian = Enumerable.Range(0, 500).Max(seed =>
            Softmax.Jacobian(Softmax.Of(SeededRandom.Create(seed).NormalVector(8, 2))).RowSums().AbsoluteMaximum());
        var draw = SeededRandom.Create(54);
        double miss = 0, rowSum = 0;
        for (int k = 0; k < 200; k++)
        {
            var p = Softmax.Of(draw.NormalVector(8, 2));
            var dp = draw.NormalVector(8);
            var dz = Softmax.Backward(p.ToRowMatrix(), dp.ToRowMatrix()).Row(0);
            miss = Math.Max(miss, (Softmax.Jacobian(p) * dp - dz).AbsoluteMaximum());
            rowSum = Math.Max(rowSum, Math.Abs(dz.Sum()));
        }
        var (O, t) = Head.Forward(X);
        var g = Head.Backward(t, dO);
        return
        [
            ("largest sum of a row of the Jacobian", rowOfJacobian),
            ("Jacobian and product differ by", miss),
            ("largest sum of a row of dz", rowSum),
            ("⟨da, a⟩ and ⟨do, o⟩ differ by", Enumerable.Range(0, 3).Max(i => Math.Abs(g.dA.Row(i) * t.A.Row(i) - dO.Row(i) * O.Row(i)))),
            ("numbers in the Jacobians of 1000 tokens", 1000.0 * Softmax.Jacobian(Softmax.Of(Vector<double>.Build.Dense(1000))).ToRowMajorArray().Length),
        ];
    }

    [Measures("B3")]
    public static (string, double)[] Three_referees()
    {
        var report = GradientCheck.Run(WideHead, WideX);
        double CorrectDigits(double h) => Math.Floor(-Math.Log10(report.Points.MinBy(point => Math.Abs(Math.Log(point.Step / h))).Error));

        bool BestStepIs1e5(int k)
        {
            var head = AttentionHead.Random(SeededRandom.Create(500 + k), dModel: 10, dK: 4);
            var points = GradientCheck.Run(head, SeededRandom.Create(600 + k).NormalMatrix(3, 10)).Points;
            return Math.Abs(Math.Log10(points.MinBy(point => point.Error).Step) + 5) < 0.5;
        }

        int runs = 0;
        var projection = SeededRandom.Create(55).NormalMatrix(3, 4);
        Dual Loss(Dual[,] X, Dual[,] W_Q, Dual[,] W_K, Dual[,] W_V)
        {
            runs++;
            var O = Attend(X, W_Q, W_K, W_V);
            Dual L = 0;
            for (int i = 0; i < 3; i++)
                for (int c = 0; c < 4; c++)
                    L += projection[i, c] * O[i, c];
            return L;
        }
        var (x, q, k, v) = (ForwardMode.Constant(WideX), ForwardMode.Constant(WideHead.W_Q), ForwardMode.Constant(WideHead.W_K), ForwardMode.Constant(WideHead.W_V));
        var g = WideHead.Backward(WideHead.Forward(WideX).Trace, projection);
        double byDuals = new[]
        {
            Largest(ForwardMode.Gradient(M => Loss(M, q, k, v), WideX) - g.dX),
            Largest(ForwardMode.Gradient(M => Loss(x, M, k, v), WideHead.W_Q) - g.dW_Q),
            Largest(ForwardMode.Gradient(M => Loss(x, q, M, v), WideHead.W_K) - g.dW_K),
            Largest(ForwardMode.Gradient(M => Loss(x, q, k, M), WideHead.W_V) - g.dW_V),
        }.Max();

        var recorded = Recorded("attention");
        var three = Head.Backward(Head.Forward(X).Trace, dO);
        double byPyTorch = three.ByName().Max(gradient => Largest(gradient.ToMatrix() - recorded($"d{gradient.Name}")));
        return
        [
            ("differences: correct digits at h = 1e-1", CorrectDigits(1e-1)),
            ("differences: correct digits at h = 1e-5", CorrectDigits(1e-5)),
            ("differences: correct digits at h = 1e-12", CorrectDigits(1e-12)),
            ("other draws of 20 with 1e-5 as their best step", Enumerable.Range(0, 20).Count(BestStepIs1e5)),
            ("dual numbers and backward differ by", byDuals),
            ("PyTorch and backward differ by", byPyTorch),
            ("forward runs of dual numbers, for 150 numbers", runs),
        ];
    }

    [Measures("B4")]
    public static (string, double)[] The_sum_of_the_outputs()
    {
        var input = SeededRandom.Create(12).NormalMatrix(32, 8);
        var ones = DenseMatrix.Create(32, 8, 1);
        var R = SeededRandom.Create(56).NormalMatrix(32, 8);

        // The right ones are the library's; the wrong ones are written from their names.
        var P = Softmax.Forward(input / 2);
        Matrix<double> RightSoftmax(Matrix<double> d) => Softmax.Backward(P, d) / 2;
        Matrix<double> PlainMean(Matrix<double> d) => P.PointwiseMultiply(d.SubtractColumn(d.RowMeans())) / 2;
        Matrix<double> NoFactor(Matrix<double> d) => d.SubtractColumn(d.PointwiseMultiply(P).RowSums()) / 2;
        Matrix<double> NoScale(Matrix<double> d) => Softmax.Backward(P, d);

        var norm = new LayerNorm(8);
        var trace = norm.Forward(input).Trace;
        var C = input.SubtractColumn(trace.μ);
        Matrix<double> RightNorm(Matrix<double> d) => norm.Backward(trace, d).dX;
        Matrix<double> Norm(Matrix<double> d, Vector<double> rstd, double last = 1)
        {
            var xHat = C.ScaleRows(rstd);
            return (d.SubtractColumn(d.RowMeans()) - xHat.ScaleRows(d.PointwiseMultiply(xHat).RowMeans() * last)).ScaleRows(rstd);
        }
        Matrix<double> NoLastTerm(Matrix<double> d) => Norm(d, trace.rstd, last: 0);
        Matrix<double> Sample(Matrix<double> d) => Norm(d, trace.σ2.Map(v => 1 / Math.Sqrt(v * 8 / 7 + 1e-5)));
        Matrix<double> Outside(Matrix<double> d) => Norm(d, trace.σ2.Map(v => 1 / (Math.Sqrt(v) + 1e-5)));

        (Func<Matrix<double>, Matrix<double>> Right, Func<Matrix<double>, Matrix<double>> Wrong)[] six =
            [(RightSoftmax, PlainMean), (RightSoftmax, NoFactor), (RightSoftmax, NoScale), (RightNorm, NoLastTerm), (RightNorm, Sample), (RightNorm, Outside)];
        double Miss(int i) => (six[i].Wrong(R) - six[i].Right(R)).FrobeniusNorm() / six[i].Right(R).FrobeniusNorm();

        var head = AttentionHead.Random(SeededRandom.Create(57), dModel: 10, dK: 10);
        var post = new AddAndNorm(NormPlacement.Post, new LayerNorm(10));
        var sum = DenseMatrix.Create(3, 10, 1);
        var alone = head.Backward(head.Forward(WideX).Trace, sum);
        double UnderNorm(AddAndNorm norm) =>
            norm.Backward(norm.Forward(WideX, M => head.Forward(M)).Trace, sum, (its, d) => head.Backward(its, d)).Block.dW_Q.FrobeniusNorm();
        double[] uneven = [.. Enumerable.Range(700, 20).Select(seed => UnderNorm(new AddAndNorm(NormPlacement.Post,
            new LayerNorm(1 + 0.1 * SeededRandom.Create(seed).NormalVector(10), DenseVector.Create(10, 0))))).Order()];

        // The plain mean in place of ⟨da, a⟩, inside attention.
        var kept = head.Forward(WideX).Trace;
        var dA = sum * kept.V.Transpose();
        var dS = kept.A.PointwiseMultiply(dA.SubtractColumn(dA.RowMeans())) * kept.Scale;
        double plainMean = (WideX.Transpose() * dS * kept.K - alone.dW_Q).FrobeniusNorm() / alone.dW_Q.FrobeniusNorm();
        var reversed = head.Backward(head.Forward(WideX).Trace, DenseMatrix.OfColumns(sum.EnumerateColumns().Reverse()));
        return
        [
            ("wrong passes of six that the sum catches", six.Count(pair => Largest(pair.Wrong(ones) - pair.Right(ones)) > 1e-9)),
            ("true gradient of the sum, softmax", RightSoftmax(ones).FrobeniusNorm()),
            ("true gradient of the sum, LayerNorm", RightNorm(ones).FrobeniusNorm()),
            ("projection: plain mean, off by", Miss(0)),
            ("projection: factor p forgotten, off by", Miss(1)),
            ("projection: scale forgotten, off by", Miss(2)),
            ("projection: last term forgotten, off by", Miss(3)),
            ("projection: N − 1, off by", Miss(4)),
            ("projection: ε outside, off by", Miss(5)),
            ("dW_Q under the sum, attention alone", alone.dW_Q.FrobeniusNorm()),
            ("dW_Q under the sum, post-LN", UnderNorm(post)),
            ("dW_Q under the sum, post-LN, γ = 1 + 0.1 · noise, median of 20", (uneven[9] + uneven[10]) / 2),
            ("attention alone, plain mean: off by under the sum", plainMean),
            ("features reversed, under the sum, off by", (reversed.dX - alone.dX).FrobeniusNorm()),
        ];
    }

    [Measures("B5")]
    public static (string, double)[] From_one_output()
    {
        AttentionHeadGradients FromThird(AttentionHead head, Mask? mask = null)
        {
            var one = new DenseMatrix(5, 4);
            one.SetRow(2, ReachR.Row(2));
            return head.Backward(head.Forward(Five, mask).Trace, one);
        }
        int Reached(Matrix<double> M) => M.EnumerateRows().Count(row => row.Any(v => v != 0));

        var third = FromThird(ReachHead);
        var noQuery = FromThird(new AttentionHead(ReachHead.W_Q * 0, ReachHead.W_K, ReachHead.W_V));
        var oneOutput = new DenseMatrix(5, 4);
        oneOutput.SetRow(2, ReachR.Row(2));
        var sameTokens = DenseMatrix.OfRows(Enumerable.Repeat(Five.Row(0), 5));
        var sameKeys = ScaledDotProductAttention.Backward(
            ScaledDotProductAttention.Forward(Five * ReachHead.W_Q, sameTokens * ReachHead.W_K, Five * ReachHead.W_V).Trace, oneOutput);
        return
        [
            ("tokens reached through q, of 5", Reached(third.dQ)),
            ("tokens reached through k, of 5", Reached(third.dK)),
            ("tokens reached through v, of 5", Reached(third.dV)),
            ("tokens reached by output 3, causal", Reached(FromThird(ReachHead, Mask.Causal(5)).dX)),
            ("dK with queries of zeros", noQuery.dK.FrobeniusNorm()),
            ("dQ with queries of zeros", noQuery.dQ.FrobeniusNorm()),
            ("dQ with all keys the same", sameKeys.dQ.FrobeniusNorm()),
            ("dQ of the first token, causal", ReachHead.Backward(ReachHead.Forward(Five, Mask.Causal(5)).Trace, ReachR).dQ.Row(0).L2Norm()),
        ];
    }

    private static double Sum(int n, Func<int, double> term) => Enumerable.Range(0, n).Sum(term);

    private static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    /// <summary>The five steps for any kind of number.</summary>
    private static T[,] Attend<T>(T[,] X, T[,] W_Q, T[,] W_K, T[,] W_V)
        where T : System.Numerics.IExponentialFunctions<T>, System.Numerics.IRootFunctions<T>
    {
        static T[,] Product(T[,] A, T[,] B)
        {
            var P = new T[A.GetLength(0), B.GetLength(1)];
            for (int i = 0; i < A.GetLength(0); i++)
                for (int j = 0; j < B.GetLength(1); j++)
                    for (int c = 0; c < B.GetLength(0); c++)
                        P[i, j] += A[i, c] * B[c, j];
            return P;
        }

        T[,] Q = Product(X, W_Q), K = Product(X, W_K);
        int n = Q.GetLength(0), dK = Q.GetLength(1);
        var A = new T[n, n];
        for (int i = 0; i < n; i++)
        {
            T sum = T.Zero;
            for (int j = 0; j < n; j++)
            {
                T score = T.Zero;
                for (int c = 0; c < dK; c++) score += Q[i, c] * K[j, c];
                sum += A[i, j] = T.Exp(score / T.Sqrt(T.CreateChecked(dK)));
            }
            for (int j = 0; j < n; j++) A[i, j] /= sum;
        }
        return Product(A, Product(X, W_V));
    }

    /// <summary>What PyTorch said, as the lesson reads it.</summary>
    private static Func<string, Matrix<double>> Recorded(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        var tensors = Safetensors.Load(Path.Combine(folder.FullName, "data", "pytorch", $"{name}.safetensors"));
        return tensor => tensors[tensor].ToMatrix();
    }
}
