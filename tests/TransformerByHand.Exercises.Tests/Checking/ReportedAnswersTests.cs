using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises.Tests;

/// <summary>
/// Answers with which a check was once found wanting: wrong ones that it let pass, and ones of which it said what is not true.
/// Each stands here as its kind, on the exercise where it was found.
/// </summary>
public class ReportedAnswersTests
{
    private static readonly double[] Gains = [1, 0.5, 2, -1], Shifts = [0, 3, -1, 0.5];
    private static readonly double[,]
        Tokens = { { 1, -2, 0.5, 3 }, { 0, 1, 2, -1 }, { 2, 0.3, -1, 1 } },
        Mixing = { { 0, 1, 0.5 }, { 0, 0, 1 }, { 2, 0, 0 } },
        Wide = { { 2, 1 }, { -1, 3 }, { 0.5, -2 } },                                  // (3 × 2)
        Other = { { 1, -1 }, { 2, 0.5 }, { -1, 1 } },                                 // (3 × 2)
        Longer = { { 1, -1 }, { 2, 0.5 }, { -1, 1 }, { 0.3, 0.8 } },                  // (4 × 2)
        Square = { { 1, -2, 0.5 }, { 3, 1, -1 }, { 0.2, 2, -3 } },                    // (3 × 3)
        Gradient = { { 1, -2, 0.5, 3 }, { 3, 1, -1, 0 }, { 0.2, 2, -3, 1 } };         // (3 × 4)

    /// <summary>Ways to compare what is right with what came that are too weak for any test of numbers.</summary>
    private static readonly Dictionary<string, Func<double[], double[], bool>> Weak = new()
    {
        ["without Math.Abs, one way"] = (right, given) => right.Zip(given, (a, b) => a - b).All(miss => miss < 1e-6),
        ["without Math.Abs, the other way"] = (right, given) => right.Zip(given, (a, b) => b - a).All(miss => miss < 1e-6),
        ["the first number"] = (right, given) => Math.Abs(right[0] - given[0]) < 1e-6,
        ["a number in the middle"] = (right, given) => Math.Abs(right[right.Length / 2] - given[right.Length / 2]) < 1e-6,
        ["the last number"] = (right, given) => Math.Abs(right[^1] - given[^1]) < 1e-6,
        ["the sum"] = (right, given) => Math.Abs(right.Sum() - given.Sum()) < 1e-6,
        ["a tolerance of 1"] = (right, given) => Near(right, given, 1),
        ["a tolerance of 0.1"] = (right, given) => Near(right, given, 0.1),
        ["a tolerance of 0.01"] = (right, given) => Near(right, given, 0.01),
        ["a tolerance of one per cent"] = (right, given) => right.Zip(given, (a, b) => Math.Abs(a - b) <= 0.0101 * Math.Abs(a)).All(near => near),
    };

    /// <summary>The exercises in which a test is written, each with inputs that hide nothing: what is weak is the comparison alone.</summary>
    private static readonly Dictionary<string, Func<Func<double[], double[], bool>, CheckResult>> Written = new()
    {
        ["00.4"] = near => Lesson00.ShareIsRight.Check(share => new double[][] { [1, 1, 1], [1, 3, 0.5, 2] }.All(x => near([.. x.Select(v => v / x.Sum())], share([.. x])))),
        ["01.5"] = near => Lesson01.IsLayerNormRight.Check(layerNorm => near(Flat(Lesson01.LayerNormRows.ReferenceSolution(Tokens, Gains, Shifts, 0.5)), Flat(layerNorm(Copy(Tokens), [.. Gains], [.. Shifts], 0.5)))),
        ["02.5"] = near => Backward(0.5, near),
        ["03.5"] = near => Lesson03.IsPostNorm.Check(block => near(Lesson03.TwoBlocks.ReferenceSolution([1, 2, 4], Mixing, 0.5).post, block([1, 2, 4], Copy(Mixing), 0.5))),
        ["04.9"] = near => Lesson04.IsScoresGradientRight.Check(backward => near(Flat(Lesson04.ScoresGradient.ReferenceSolution(Wide, Other, Square)), Flat(backward(Copy(Wide), Copy(Other), Copy(Square))))),
        ["05.4"] = near => Causal(Of(Wide), Of(Other), Of(Mixing), near),
        ["06.4"] = near => FromWeights(Of(Wide), Of(Longer), Of(Gradient), near),
        ["08.4"] = near => Heads(2, near),
    };

    public static TheoryData<string, string> WeakTests
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string id in Written.Keys)
                foreach (string way in Weak.Keys) data.Add(id, way);
            return data;
        }
    }

    public static TheoryData<string> TestsToWrite => [.. Written.Keys];

    [Theory, MemberData(nameof(WeakTests))]
    public void A_weak_comparison_passes_in_no_test(string id, string way)
    {
        CheckResult result = Written[id](Weak[way]);

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.ToText().ShouldContain("lets through");
    }

    // Without this the theory above could be true because of its inputs, or because everything is turned away.
    [Theory, MemberData(nameof(TestsToWrite))]
    public void The_same_inputs_compared_closely_let_nothing_through_but_what_those_inputs_hide(string id)
    {
        CheckResult result = Written[id]((right, given) => Near(right, given, 1e-9));

        result.ToText().ShouldNotContain("turns away");
        if (id is not ("00.4" or "05.4")) result.Outcome.ShouldBe(CheckOutcome.Passed, result.ToText());   // those two need a second look: at the input, and at large scores
    }

    [Fact]
    public void A_ReLU_that_is_open_at_0_does_not_pass() =>
        Lesson03.SkipGradient.Check((x, W, dy) =>
        {
            double[] h = Lesson03.Multiply(x, W);
            return [.. x.Select((_, i) => dy[i] + Enumerable.Range(0, x.Length).Sum(j => h[j] >= 0 ? dy[j] * W[i, j] : 0))];
        }).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void Queries_counted_as_keys_do_not_pass() =>
        Lesson04.ScoresGradient.Check((Q, K, dS) =>
        {
            (int n, int m) = (K.GetLength(0), Q.GetLength(0));          // exchanged
            return (Build(n, 2, (i, c) => Enumerable.Range(0, m).Sum(j => dS[i, j] * K[j, c])), Build(m, 2, (j, c) => Enumerable.Range(0, n).Sum(i => dS[i, j] * Q[i, c])));
        }).Outcome.ShouldBeOneOf(CheckOutcome.Wrong, CheckOutcome.Crashed);

    [Fact]
    public void Another_head_s_gradient_does_not_pass() =>
        Lesson08.InputGradient.Check((dQ, dK, dV, W_Q, W_K, W_V) => Lesson08.InputGradient.ReferenceSolution([.. dQ.Select(_ => dQ[0])], dK, dV, W_Q, W_K, W_V)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void Values_as_wide_as_queries_do_not_do() => Causal(Of(Wide), Of(Other), Of(Other), (right, given) => Near(right, given, 1e-9)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void A_small_epsilon_beside_as_much_room_does_not_do() => Backward(1e-5, (right, given) => Near(right, given, 1e-6)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void Queries_that_are_the_keys_do_not_do() => FromWeights(Of(Wide), Of(Wide), Of(Square), (right, given) => Near(right, given, 1e-9)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void Two_tokens_with_a_symmetric_gradient_do_not_do() =>
        FromWeights(Of(Wide).SubMatrix(0, 2, 0, 2), Of(Other).SubMatrix(0, 2, 0, 2), DenseMatrix.OfArray(new double[,] { { 1, 2 }, { 2, 5 } }), (right, given) => Near(right, given, 1e-9)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void Heads_of_width_1_do_not_do() => Heads(4, (right, given) => Near(right, given, 1e-9)).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void The_gradient_with_which_the_reference_test_asks_is_no_permutation_of_its_token()
    {
        (double[] x, double[] dy) asked = ([], []);
        Lesson02.IsBackwardRight.ReferenceSolution((x, gamma, dy, epsilon) =>
        {
            asked = (x, dy);
            return Lesson02.InputGradient.ReferenceSolution(x, gamma, dy, epsilon);
        }).ShouldBeTrue();

        asked.x.Order().ShouldNotBe(asked.dy.Order());
    }

    [Fact]
    public void Where_g_is_forgotten_no_mistake_is_named() =>
        Lesson02.VarianceGradient.Check((g, x, epsilon) => x.Sum(v => v - x.Average()) * -0.5).Mistake.ShouldBeNull();

    [Fact]
    public void Two_factors_rstd_are_told_as_what_they_may_be() =>
        Told(Lesson02.VarianceGradient.Check((g, x, epsilon) =>
        {
            double r = 1 / Math.Sqrt(x.Average(v => (v - x.Average()) * (v - x.Average())) + epsilon);
            return g.Zip(x, (a, v) => a * (v - x.Average())).Sum() * -0.5 * r * r;
        })).ShouldContain("rstd · rstd");

    [Fact]
    public void A_loop_over_the_tokens_that_ends_one_early_is_told_as_one() =>
        Told(Lesson14.PairsCompared.Check((n, w) => Enumerable.Range(0, n - 1).Sum(i => Math.Min(i + 1, w)))).ShouldContain("ends one early");

    [Fact]
    public void An_index_out_of_range_is_no_mistake_with_a_name()
    {
        Lesson04.Positions.Check((n, d) => { var P = new double[n, d]; P[n, 0] = 1; return P; }).Mistake.ShouldBeNull();
        Lesson04.Shift.Check((pe, delta) => { pe = [.. pe]; pe[pe.Length] = 1; return pe; }).Mistake.ShouldBeNull();
    }

    [Fact]
    public void Only_what_is_right_alone_is_called_so()
    {
        // Row 1, and column 1, are right as well.
        Told(Lesson03.StreamOf.Check((start, writes) =>
        {
            double[,] right = Lesson03.StreamOf.ReferenceSolution(start, writes);
            return Build(right.GetLength(0), right.GetLength(1), (l, i) => l < 2 ? right[l, i] : start[i]);
        })).ShouldNotContain("only the first");
        Told(Lesson04.Positions.Check((n, d) => Build(n, d, (i, j) => i * Math.Pow(9999, -2.0 * (j / 2) / d) is var angle && j % 2 == 0 ? Math.Sin(angle) : Math.Cos(i * Math.Pow(9999, -2.0 * (j / 2) / d)))))
            .ShouldNotContain("only the first");
    }

    [Fact]
    public void An_index_into_an_array_of_an_argument_is_told_with_the_argument_s_name() =>
        Lesson08.Join.Check(heads =>
        {
            var O = new double[heads[0].GetLength(0), heads.Length * heads[0].GetLength(1)];
            O[0, 0] = heads[0][0, heads[0].GetLength(1)];
            return O;
        }).ToText().ShouldContain("`heads[0]` is ");

    [Fact]
    public void A_path_that_adds_up_to_0_is_told_by_what_came_out() =>
        Told(Lesson03.PostNormGradient.Check((x, W, dy, epsilon) =>
        {
            double[] ds = Lesson03.NormaliseGradient([.. x.Zip(Lesson03.Multiply(x, W), (a, b) => a + b)], dy, epsilon);
            return [.. ds.Select(v => v + ds.Sum())];                  // a norm's gradient adds up to 0
        })).ShouldStartWith("This is ds");

    [Fact]
    public void A_quotient_of_whole_numbers_is_told_beside_the_path_that_it_removes() =>
        Told(Lesson02.InputGradient.Check((x, gamma, dy, epsilon) =>
        {
            double mean = x.Average(), r = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
            double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
            double dVariance = Lesson02.VarianceGradient.ReferenceSolution(g, x, epsilon);
            return [.. x.Select((v, j) => g[j] * r - r * g.Average() + dVariance * (2 / (x.Length + 2)) * (v - mean))];
        })).ShouldContain("quotient of whole numbers");

    [Fact]
    public void One_weight_in_both_places_is_told_without_saying_which()
    {
        string p_i = Told(Lesson06.SoftmaxJacobian.Check(p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[i] * ((i == j ? 1 : 0) - p[i]))));
        string p_j = Told(Lesson06.SoftmaxJacobian.Check(p => DenseMatrix.Create(p.Count, p.Count, (i, j) => p[j] * ((i == j ? 1 : 0) - p[j]))));

        p_i.ShouldContain("p_i (δ_ij − p_i)");
        p_j.ShouldContain("p_j (δ_ij − p_j)");
    }

    [Fact]
    public void A_test_of_zeros_is_not_taken_for_one_that_looks_for_the_future() =>
        Told(Causal(Of(Wide) * 0, Of(Other) * 0, Of(Mixing) * 0, (right, given) => Near(right, given, 1e-9))).ShouldNotContain("leak");

    [Fact]
    public void A_test_at_epsilon_0_is_not_told_of_a_tiny_one() => Told(Backward(0, (right, given) => Near(right, given, 1e-9))).ShouldNotContain("1e-5");

    [Theory, InlineData("00.4"), InlineData("04.9"), InlineData("08.4")]
    public void A_test_that_compares_numbers_too_loosely_is_not_told_that_it_looks_at_shapes(string id)
    {
        string told = Told(Written[id]((right, given) => Near(right, given, 50)));

        told.ShouldNotContain("length");
        told.ShouldNotContain("shape");
    }

    [Fact]
    public void An_answer_that_never_fills_its_result_is_asked_nothing_about_its_formula()
    {
        CheckResult result = Lesson05.Ask.Check((q, K, V) => new double[V.GetLength(1)]);

        result.Mistake.ShouldBeNull(result.ToText());
        (result.Explanation ?? "0").ShouldContain("0");
    }

    [Fact]
    public void Dividing_in_place_is_told_as_what_it_is()
    {
        CheckResult result = Lesson06.ScaleGradient.Check((dZ, d_k) =>
        {
            dZ.Divide(Math.Sqrt(d_k), dZ);
            return dZ;
        });

        result.Mistake.ShouldBeNull(result.ToText());
        result.ToText().ShouldContain("changes its argument `dZ`");
        result.ToText().ShouldNotContain("came back as it was");
    }

    /// <summary>Mistakes that people make anywhere, on an exercise in which each can be made, with a word that what is said of it holds.</summary>
    public static TheoryData<string, string> EverydayMistakes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string name, (string word, _)) in Everyday) data.Add(name, word);
            return data;
        }
    }

    private static readonly Dictionary<string, (string Word, Func<CheckResult> Check)> Everyday = new()
    {
        ["sums that are not set back"] = ("set back", () => Lesson01.LayerNormRows.Check((X, gamma, beta, epsilon) =>
        {
            (int n, int d) = (X.GetLength(0), X.GetLength(1));
            var Y = new double[n, d];
            double mean = 0, variance = 0;
            for (int t = 0; t < n; t++)
            {
                for (int i = 0; i < d; i++) mean += X[t, i] / d;
                for (int i = 0; i < d; i++) variance += (X[t, i] - mean) * (X[t, i] - mean) / d;
                for (int i = 0; i < d; i++) Y[t, i] = gamma[i] * (X[t, i] - mean) / Math.Sqrt(variance + epsilon) + beta[i];
            }
            return Y;
        })),
        ["N − 1"] = ("N − 1", () => Lesson01.Variance.Check(x => x.Sum(v => (v - x.Average()) * (v - x.Average())) / (x.Length - 1))),
        ["ε forgotten"] = ("ε", () => Lesson01.Normalise.Check((x, _) => Lesson01.Normalise.ReferenceSolution(x, 0))),
        ["ε fixed"] = ("always", () => Lesson01.Normalise.Check((x, _) => Lesson01.Normalise.ReferenceSolution(x, 1e-5))),
        ["ε outside the root"] = ("root", () => Lesson01.Normalise.Check((x, epsilon) => [.. x.Select(v => (v - x.Average()) / (Math.Sqrt(x.Average(w => (w - x.Average()) * (w - x.Average()))) + epsilon))])),
        ["γ forgotten"] = ("γ", () => Lesson01.LayerNormRows.Check((X, gamma, beta, epsilon) => Lesson01.LayerNormRows.ReferenceSolution(X, [.. gamma.Select(_ => 1.0)], beta, epsilon))),
        ["β forgotten"] = ("β", () => Lesson01.LayerNormRows.Check((X, gamma, beta, epsilon) => Lesson01.LayerNormRows.ReferenceSolution(X, gamma, new double[beta.Length], epsilon))),
        ["γ[0] for all"] = ("gamma[0]", () => Lesson01.LayerNormRows.Check((X, gamma, beta, epsilon) => Lesson01.LayerNormRows.ReferenceSolution(X, [.. gamma.Select(_ => gamma[0])], beta, epsilon))),
        ["the last row left out"] = ("last", () => Lesson04.LookUp.Check((ids, E) => Build(ids.Length, E.GetLength(1), (i, c) => i < ids.Length - 1 ? E[ids[i], c] : 0))),
        ["the last column left out"] = ("last", () => Lesson04.LookUp.Check((ids, E) => Build(ids.Length, E.GetLength(1), (i, c) => c < E.GetLength(1) - 1 ? E[ids[i], c] : 0))),
        ["one array for two results"] = ("array", () => Lesson02.ParameterGradients.Check((dY, XHat) =>
        {
            var both = new double[dY.GetLength(1)];
            for (int t = 0; t < dY.GetLength(0); t++)
                for (int i = 0; i < both.Length; i++) both[i] += dY[t, i] * XHat[t, i] + dY[t, i];
            return (both, both);
        })),
        ["the scale forgotten"] = ("√d_k", () => Attention(scale: (_, _) => 1)),
        ["the scale doubled"] = ("d_k", () => Attention(scale: (d, _) => 1.0 / d)),
        ["the root of the number of tokens"] = ("tokens", () => Attention(scale: (_, n) => 1 / Math.Sqrt(n))),
        ["a transpose forgotten"] = ("columns", () => Lesson04.ScoresGradient.Check((Q, K, dS) => (Product(dS, K), Build(K.GetLength(0), K.GetLength(1), (j, c) => Enumerable.Range(0, Q.GetLength(0)).Sum(i => dS[j, i] * Q[i, c]))))),
        ["a swapped product"] = ("queries", () => Lesson04.ScoresGradient.Check((Q, K, dS) => (Product(dS, Q), Product(Transposed(dS), K)))),
        ["the softmax over the columns"] = ("column", () => Attention(softmax: Z => RowSoftmax(Z.Transpose()).Transpose())),
        ["the softmax over everything"] = ("row", () => Attention(softmax: Z => Z.PointwiseExp() / Z.PointwiseExp().RowSums().Sum())),
        ["the past masked"] = ("wrong side", () => Attention(sees: (i, j) => j >= i)),
        ["its own token masked"] = ("itself", () => Attention(sees: (i, j) => j < i)),
        ["a window short by one"] = ("w", () => Lesson14.Window.Check((i, n, w, causal) => causal ? (Math.Max(0, i - w + 2), i) : Lesson14.Window.ReferenceSolution(i, n, w, causal))),
        ["a gradient's term left out"] = ("path", () => Terms(through: 0)),
        ["a gradient's term with the wrong sign"] = ("sign", () => Terms(through: -1)),
        ["a gradient's term twice"] = ("σ²", () => Terms(through: 2)),
        ["means over columns"] = ("column", () => Lesson01.LayerNormRows.Check((X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) =>
        {
            double[] column = [.. Enumerable.Range(0, X.GetLength(0)).Select(s => X[s, i])];
            return gamma[i] * Lesson01.Normalise.ReferenceSolution(column, epsilon)[t] + beta[i];
        }))),
        ["division by the sum"] = ("sum", () => Lesson05.SoftmaxOfRow.Check(s => [.. s.Select(v => v / s.Sum())])),
        ["a cast to int"] = ("int", () => Lesson06.ScaleGradient.Check((dZ, d_k) => dZ / (int)Math.Sqrt(d_k))),
        ["float in the middle"] = ("float", () => Lesson01.Normalise.Check((x, epsilon) => [.. Lesson01.Normalise.ReferenceSolution(x, epsilon).Select(v => (double)(float)v)])),
        ["a difference quotient"] = ("difference", () => Lesson02.InputGradient.Check((x, gamma, dy, epsilon) => [.. x.Select((_, j) =>
        {
            double Loss(double h) => Lesson01.Normalise.ReferenceSolution([.. x.Select((v, i) => i == j ? v + h : v)], epsilon).Select((y, i) => y * gamma[i] * dy[i]).Sum();
            return (Loss(1e-5) - Loss(-1e-5)) / 2e-5;
        })])),
    };

    [Theory, MemberData(nameof(EverydayMistakes))]
    public void An_everyday_mistake_is_told(string name, string word)
    {
        CheckResult result = Everyday[name].Check();

        result.Outcome.ShouldBeOneOf([CheckOutcome.Wrong, CheckOutcome.Crashed], result.ToText());
        result.Explanation.ShouldNotBeNull(result.ToText()).ShouldContain(word, Case.Insensitive, result.ToText());
    }

    private static string Told(CheckResult result)
    {
        result.Outcome.ShouldBe(CheckOutcome.Wrong, result.ToText());
        return result.Explanation ?? "";
    }

    private static bool Near(double[] right, double[] given, double room) => right.Length == given.Length && right.Zip(given, (a, b) => Math.Abs(a - b)).All(miss => miss < room);

    private static CheckResult Backward(double epsilon, Func<double[], double[], bool> near) => Lesson02.IsBackwardRight.Check(backward =>
    {
        double[] x = [2, 0, 1, -1, 3], gamma = [1, 0.5, 2, -1, 3.5], dy = [1, -2, 0.5, 3, -1.5];
        return near(Lesson02.InputGradient.ReferenceSolution(x, gamma, dy, epsilon), backward([.. x], [.. gamma], [.. dy], epsilon));
    });

    private static CheckResult Causal(Matrix<double> Q, Matrix<double> K, Matrix<double> V, Func<double[], double[], bool> near) => Lesson05.IsAttentionRight.Check(attention =>
        near(Flat(Lesson05.CausalAttention(Q, K, V)), Flat(attention(Q.Clone(), K.Clone(), V.Clone()))));

    private static CheckResult FromWeights(Matrix<double> Q, Matrix<double> K, Matrix<double> dA, Func<double[], double[], bool> near) => Lesson06.IsBackwardRight.Check(backward =>
    {
        Matrix<double> dZ = Lesson06.SoftmaxGradient.ReferenceSolution(Lesson06.AttentionWeights(Q, K), dA);
        var (dQ, dK) = Lesson06.QueryKeyGradients.ReferenceSolution(Lesson06.ScaleGradient.ReferenceSolution(dZ, Q.ColumnCount), Q, K);
        var given = backward(Q.Clone(), K.Clone(), dA.Clone());
        return near([.. Flat(dQ), .. Flat(dK)], [.. Flat(given.dQ), .. Flat(given.dK)]);
    });

    private static CheckResult Heads(int h, Func<double[], double[], bool> near) => Lesson08.IsMultiHeadRight.Check(multiHead =>
    {
        Matrix<double> Weights(int seed) => SeededRandom.Create(seed).NormalMatrix(4, 4);
        return near(
            Flat(Lesson08.SelfAttention(Of(Tokens), Weights(1), Weights(2), Weights(3), Weights(4), h)),
            Flat(multiHead(Of(Tokens), Weights(1), Weights(2), Weights(3), Weights(4), h)));
    });

    private static CheckResult Attention(Func<int, int, double>? scale = null, Func<Matrix<double>, Matrix<double>>? softmax = null, Func<int, int, bool>? sees = null) =>
        Lesson05.Attention.Check((X, W_Q, W_K, W_V, causal) =>
        {
            var (Q, K, V) = (X * W_Q, X * W_K, X * W_V);
            Matrix<double> Z = Q * K.Transpose() * (scale?.Invoke(Q.ColumnCount, X.RowCount) ?? 1 / Math.Sqrt(Q.ColumnCount));
            if (causal) Z.MapIndexedInplace((i, j, z) => (sees ?? ((to, from) => from <= to))(i, j) ? z : double.NegativeInfinity, Zeros.Include);
            return (softmax ?? RowSoftmax)(Z) * V;
        });

    private static Matrix<double> RowSoftmax(Matrix<double> Z) => DenseMatrix.OfRows(Z.EnumerateRows().Select(z => Layers.Softmax.Of(z)));

    private static CheckResult Terms(double through) => Lesson02.InputGradient.Check((x, gamma, dy, epsilon) =>
    {
        double mean = x.Average(), r = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)], xHat = [.. x.Select(v => (v - mean) * r)];
        double along = g.Zip(xHat, (a, b) => a * b).Average();
        return [.. x.Select((_, j) => r * (g[j] - g.Average() - through * xHat[j] * along))];
    });

    private static double[,] Copy(double[,] M) => (double[,])M.Clone();

    private static DenseMatrix Of(double[,] M) => DenseMatrix.OfArray(M);

    private static double[] Flat(double[,] M) => [.. M.Cast<double>()];

    private static double[] Flat(Matrix<double> M) => M.ToRowMajorArray();

    private static double[] Flat((double[,] dQ, double[,] dK) pair) => [.. Flat(pair.dQ), .. Flat(pair.dK)];
}
