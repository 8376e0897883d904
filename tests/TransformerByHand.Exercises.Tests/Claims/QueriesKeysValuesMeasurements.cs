using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 04, measured again, with the lesson's own seeds.</summary>
internal static class QueriesKeysValuesMeasurements
{
    private static readonly string[] Sentences = ["the cat saw the dog", "the dog saw the cat", "the cat sat on the mat"];
    private static readonly WordTokeniser Tokeniser = new(string.Join("\n", Sentences));
    private static readonly int Words = Tokeniser.Vocabulary.Count;
    private static readonly int[] First = Tokeniser.Encode(Sentences[0]), Second = Tokeniser.Encode(Sentences[1]);

    private static readonly Matrix<double> X = DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
    private static readonly Matrix<double> W_Q = DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 } });
    private static readonly Matrix<double> W_K = DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 } });

    [Measures("Q1")]
    public static (string, double)[] Look_up_and_its_gradient()
    {
        var draw = SeededRandom.Create(30);
        var embedding = Embedding.Random(draw, Words, dModel: 4);
        int[] many = [.. Enumerable.Range(0, 5000).Select(_ => draw.Next(Words))];
        var product = DenseMatrix.Create(many.Length, Words, (i, word) => word == many[i] ? 1 : 0) * embedding.E;
        var lookedUp = embedding.Forward(many).X;

        var small = Embedding.Random(SeededRandom.Create(1), Words, dModel: 2);
        var dX = DenseMatrix.OfArray(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 10, 20 }, { 7, 8 } });
        var dE = small.Backward(small.Forward(First).Trace, dX).dE;

        int ReachedInAModel(bool tied)
        {
            var model = CausalLanguageModel.Random(SeededRandom.Create(32), Words, longest: 8, layers: 1, new() { DModel = 8, Heads = 2 }, tied);
            var (logits, trace) = model.Forward(First);
            var loss = CrossEntropy.Forward(logits, NextWords(First)).Trace;
            return Reached(model.Backward(trace, CrossEntropy.Backward(loss)).Input.dE);
        }
        return
        [
            ("numbers in which look-up and one-hot product differ", lookedUp.Enumerate().Zip(product.Enumerate()).Count(pair => pair.First != pair.Second)),
            ("rows reached by the gradient: “the cat saw the dog”", Reached(dE)),
            ("first number of the row for “the”, used twice", dE[Tokeniser.Vocabulary.IdOf("the"), 0]),
            ("rows of 12 reached in a language model", ReachedInAModel(tied: false)),
            ("rows of 12 reached in a language model with a tied output", ReachedInAModel(tied: true)),
        ];
    }

    [Measures("Q2")]
    public static (string, double)[] A_set_and_what_ends_it()
    {
        var embedding = new Embedding(SeededRandom.Create(31).NormalMatrix(Words, 10));
        var head = AttentionHead.Random(SeededRandom.Create(32), dModel: 10, dK: 4);
        var (one, other) = (embedding.Forward(First).X, embedding.Forward(Second).X);
        // Where each token of the second sentence stands in the first.
        int[] order = [0, 4, 2, 3, 1];
        double Differ(Func<Matrix<double>, Matrix<double>> layer) => Largest(layer(other) - Pick(layer(one), order));

        int scoreBits = 0;
        double outputMiss = 0;
        var draw = SeededRandom.Create(33);
        for (int t = 0; t < 200; t++)
        {
            var eight = draw.NormalMatrix(8, 10);
            int[] shuffle = [.. Enumerable.Range(0, 8)];
            draw.Shuffle(shuffle);
            var (before, after) = (head.Forward(eight).Trace, head.Forward(Pick(eight, shuffle)).Trace);
            for (int i = 0; i < 8; i++)
                for (int j = 0; j < 8; j++)
                    if (after.S[i, j] != before.S[shuffle[i], shuffle[j]]) scoreBits++;
            outputMiss = Math.Max(outputMiss, Largest(after.O - Pick(before.O, shuffle)));
        }

        var PE = SinusoidalPositions.Of(200, 64);
        double shiftMiss = (from δ in Enumerable.Range(1, 20)
                            from i in Enumerable.Range(0, 180)
                            select (PE.Row(i) * SinusoidalPositions.Rotation(δ, 64) - PE.Row(i + δ)).AbsoluteMaximum()).Max();

        var wide = AttentionHead.Random(SeededRandom.Create(35), dModel: 64, dK: 16);
        double[] scores = [.. Enumerable.Range(0, 40).Select(i => PE.Row(i) * wide.W_Q * (PE.Row(i + 3) * wide.W_K))];
        int looksAhead = Enumerable.Range(0, 40).Count(i =>
            Enumerable.Range(0, 43).MaxBy(j => PE.Row(i) * SinusoidalPositions.Rotation(3, 64) * PE.Row(j)) == i + 3);
        return
        [
            ("output for “saw”, the two sentences, off by", (head.Forward(one).Y.Row(2) - head.Forward(other).Y.Row(2)).AbsoluteMaximum()),
            ("scores that a shuffle changes in a bit", scoreBits),
            ("largest change of an output by a shuffle", outputMiss),
            ("the two sentences differ by, sinusoidal positions", Differ(tokens => head.Forward(tokens + SinusoidalPositions.Of(5, 10)).Y)),
            ("the two sentences differ by, causal mask", Differ(tokens => head.Forward(tokens, Mask.Causal(5)).O)),
            ("shift as rotation, off by", shiftMiss),
            ("score at distance 3, random matrices: smallest", scores.Min()),
            ("score at distance 3, random matrices: largest", scores.Max()),
            ("positions of 40 that find the one 3 further on, through R_3", looksAhead),
        ];
    }

    [Measures("Q3")]
    public static (string, double)[] Three_roles()
    {
        var (Q, K) = (X * W_Q, X * W_K);
        (double Asymmetry, double SelfFirst) Roles(bool oneMatrix)
        {
            var random = SeededRandom.Create(42);
            const int n = 8;
            double asymmetry = 0;
            int selfFirst = 0;
            for (int t = 0; t < 500; t++)
            {
                var head = AttentionHead.Random(random, dModel: 10, dK: 4);
                var tokens = random.NormalMatrix(n, 10);
                var (q, k) = (tokens * head.W_Q, tokens * (oneMatrix ? head.W_Q : head.W_K));
                var S = q * k.Transpose();
                for (int i = 0; i < n; i++)
                {
                    double[] asks = [.. S.Row(i)];
                    asymmetry = Math.Max(asymmetry, Enumerable.Range(0, n).Max(j => Math.Abs(asks[j] - S[j, i])));
                    if (asks[i] == asks.Max()) selfFirst++;
                }
            }
            return (asymmetry, selfFirst / (500.0 * n));
        }

        var wide = SeededRandom.Create(40).NormalMatrix(3, 10);
        var wideHead = AttentionHead.Random(SeededRandom.Create(41), dModel: 10, dK: 4);
        var B = SeededRandom.Create(43).NormalMatrix(4, 4) + 3 * DenseMatrix.CreateIdentity(4);
        var (wideQ, wideK) = (wide * wideHead.W_Q, wide * wideHead.W_K);
        var (turnedQ, turnedK) = (wideQ * B, wideK * B.Inverse().Transpose());
        return
        [
            ("score, “the” asks “cat”", Q.Row(0) * K.Row(1)),
            ("score, “cat” asks “the”", Q.Row(1) * K.Row(0)),
            ("largest difference of the two directions, W_Q = W_K", Roles(oneMatrix: true).Asymmetry),
            ("tokens that score highest with themselves, two matrices", Roles(oneMatrix: false).SelfFirst),
            ("tokens that score highest with themselves, W_Q = W_K", Roles(oneMatrix: true).SelfFirst),
            ("queries change by, W_Q·B and W_K·B⁻ᵀ", Largest(turnedQ - wideQ)),
            ("scores change by, W_Q·B and W_K·B⁻ᵀ", Largest(turnedQ * turnedK.Transpose() - wideQ * wideK.Transpose())),
        ];
    }

    [Measures("Q4")]
    public static (string, double)[] Products_of_two_inputs()
    {
        double[] grid = [.. Enumerable.Range(-10, 21).Select(g => g / 10.0)];
        (double A, double B)[] near = [.. grid.SelectMany(a => grid.Select(b => (a, b)))];
        // Judged between the points of the fit as well.
        double[] fine = [.. Enumerable.Range(-100, 201).Select(g => g / 100.0)];
        (double A, double B)[] fineNear = [.. fine.SelectMany(a => fine.Select(b => (a, b)))];
        (double A, double B)[] far = [.. fineNear.Select(p => (3 * p.A, 3 * p.B))];

        // Least squares by the singular values here, by QR in the lesson.
        Func<(double A, double B), double> Fit(Func<(double A, double B), IEnumerable<double>> nodes)
        {
            var outer = DenseMatrix.OfRows(near.Select(nodes)).Svd().Solve(DenseVector.OfEnumerable(near.Select(p => p.A * p.B)));
            return p => DenseVector.OfEnumerable(nodes(p)) * outer;
        }
        var affine = Fit(p => [p.A, p.B, 1]);
        var nodes = Fit(p => [.. from u in new[] { p.A + p.B, -p.A - p.B, p.A - p.B, p.B - p.A }
                                 from t in Enumerable.Range(0, 8)
                                 select Math.Max(0, u - t / 4.0), 1]);
        var picks = new AttentionHead(DenseMatrix.OfArray(new double[,] { { 1 }, { 0 } }), DenseMatrix.OfArray(new double[,] { { 0 }, { 1 } }), DenseMatrix.OfArray(new double[,] { { 1 }, { 1 } }));
        double Score((double A, double B) p) => picks.Forward(DenseMatrix.OfArray(new[,] { { p.A, p.B } })).Trace.S[0, 0];
        double LargestError(Func<(double A, double B), double> f, (double A, double B)[] points) => points.Max(p => Math.Abs(p.A * p.B - f(p)));

        bool Agrees(Func<Matrix<double>, Matrix<double>> backward) =>
            GradientCheck.Run(x => x * W_Q * (x * W_K).Transpose(), X, backward).Agrees;
        var (Q, K) = (X * W_Q, X * W_K);
        bool both = Agrees(dS => dS * K * W_Q.Transpose() + dS.Transpose() * Q * W_K.Transpose());
        bool queriesOnly = Agrees(dS => dS * K * W_Q.Transpose());
        return
        [
            ("R² of the best Wx + b for a product", 1 - fineNear.Sum(p => Math.Pow(p.A * p.B - affine(p), 2)) / fineNear.Sum(p => Math.Pow(p.A * p.B, 2))),
            ("largest error of 32 ReLU nodes, −1 to 1", LargestError(nodes, fineNear)),
            ("largest error of 32 ReLU nodes, −3 to 3", LargestError(nodes, far)),
            ("largest error of a score, −3 to 3", LargestError(Score, far)),
            ("scores, tokens doubled: times", ((2 * X) * W_Q).Row(0) * ((2 * X) * W_K).Row(1) / (Q.Row(0) * K.Row(1))),
            ("both factors receive a gradient: agrees", both ? 1 : 0),
            ("keys taken for constants: agrees", queriesOnly ? 1 : 0),
        ];
    }

    private static int[] NextWords(int[] ids) => [.. ids.Skip(1), WordTokeniser.End];

    private static int Reached(Matrix<double> gradient) => gradient.EnumerateRows().Count(row => row.L2Norm() > 0);

    private static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    private static Matrix<double> Pick(Matrix<double> M, int[] order) => DenseMatrix.OfRows(order.Select(i => M.Row(i)));
}
