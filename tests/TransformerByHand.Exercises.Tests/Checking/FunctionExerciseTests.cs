using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises.Tests;

public class FunctionExerciseTests
{
    [Fact]
    public void A_right_answer_passes_whatever_way_it_is_written()
    {
        CheckResult result = Samples.Doubled.Check(x => Array.ConvertAll(x, value => value + value));

        result.Outcome.ShouldBe(CheckOutcome.Passed);
        result.Headline.ShouldBe("Passed");
        result.ToText().ShouldContain("all 3 inputs");
    }

    [Fact]
    public void A_right_answer_is_told_whether_it_is_exact_or_only_close()
    {
        Samples.Doubled.Check(x => [.. x.Select(value => 2 * value)]).ToText().ShouldContain("exact, not a bit differs");
        Samples.Doubled.Check(x => [.. x.Select(value => 2 * value + 5e-13)]).ToText().ShouldContain("close, no number is off by more than 1e-12 (a number may be off by 1e-9 of the expected number");
        Samples.Doubled.Check(x => [.. x.Select(value => 2 * value * (1 + 9e-10))]).ToText().ShouldContain("close, no number is off by more than 1e-8, in numbers of up to 1");
    }

    [Fact]
    public void A_wrong_answer_is_told_by_how_much_it_is_off_at_most() =>
        Samples.Doubled.Check(x => [.. x.Select(value => 2.5 * value)]).ToText().ShouldContain("differ at 3 of 3 places, by up to 1.5");

    [Fact]
    public void A_wrong_answer_is_shown_the_first_input_that_fails_both_results_and_where_they_differ()
    {
        string text = Samples.Doubled.Check(x => [.. x.Select((value, i) => i == 1 ? 2 * value + 0.5 : 2 * value)]).ToText();

        text.ShouldStartWith("Wrong: Exercise 98.1, Doubled\nInput 1 of 3: x = [1, 2, 3]\n");
        text.ShouldContain("expected = [2, 4, 6]");
        text.ShouldContain("yours    = [2, 4.5, 6]");
        text.ShouldContain("differ at 1 of 3 places");
        text.ShouldContain("`[1]`: expected 4, yours 4.5, off by 0.5");
        text.ShouldContain("1 of 3 inputs come out right");
    }

    [Fact]
    public void Inputs_that_come_out_right_are_passed_over() =>
        Samples.Doubled.Check(x => x.Length == 1 ? [7] : [.. x.Select(value => 2 * value)]).ToText().ShouldContain("Input 2 of 3: x = [-1]");

    [Fact]
    public void A_known_mistake_is_told_with_its_sentence()
    {
        CheckResult result = Samples.Doubled.Check(x => [.. x.Select(value => Math.Pow(value, 2))]);

        result.Mistake.ShouldNotBeNull().Name.ShouldBe("squares");
        result.ToText().ShouldContain("> This squares.");
    }

    [Fact]
    public void A_known_mistake_that_rounds_differently_is_recognised_all_the_same() =>
        Samples.Grown.Check(x => [.. x.Select(value => 1e6 * value + 1e-2)]).Mistake.ShouldNotBeNull().Name.ShouldBe("times a million");

    [Fact]
    public void Large_angles_that_round_differently_are_the_same_mistake() =>
        Lesson04.Positions.Check((n, d) =>
        {
            var PE = new double[n, d];
            for (int i = 0; i < n; i++)
                for (int k = 0; k < d / 2; k++)
                    (PE[i, 2 * k], PE[i, 2 * k + 1]) = Math.SinCos(i / Math.Exp(-2.0 * k / d * Math.Log(10000)));
            return PE;
        }).Mistake.ShouldNotBeNull().Name.ShouldBe("faster and faster");

    [Fact]
    public void An_answer_that_is_nearly_right_is_not_taken_for_a_mistake_nearby()
    {
        CheckResult result = Samples.Grown.Check(x => [.. x.Select(value => 1000 * value + 2e-5)]);

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.Mistake.ShouldBeNull();
    }

    [Fact]
    public void A_mistake_nearby_is_recognised_by_its_own_numbers() =>
        Samples.Grown.Check(x => [.. x.Select(value => 1000 * value + 1e-5)]).Mistake.ShouldNotBeNull().Name.ShouldBe("a little too much");

    [Fact]
    public void A_mistake_that_fits_some_inputs_only_is_not_claimed()
    {
        CheckResult result = Samples.Doubled.Check(x => x.Length == 3 ? [1, 4, 9] : [.. x.Select(value => 2 * value)]);

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.Mistake.ShouldBeNull();
        result.ToText().ShouldNotContain("This squares");
    }

    [Fact]
    public void A_mistake_that_crashes_is_recognised_by_where_it_crashes()
    {
        CheckResult result = Samples.Doubled.Check(x =>
        {
            var y = new double[x.Length];
            for (int i = 0; i < x.Length; i++) y[i] = 2 * x[i + 1];
            return y;
        });

        result.Outcome.ShouldBe(CheckOutcome.Crashed);
        result.Mistake.ShouldNotBeNull().Name.ShouldBe("looks one place too far");
    }

    [Fact]
    public void A_crash_names_the_exception_and_the_input()
    {
        string text = Samples.Doubled.Check(x => x.Length == 1 ? throw new InvalidOperationException("No luck.") : [.. x.Select(value => 2 * value)]).ToText();

        text.ShouldStartWith("Crashed");
        text.ShouldContain("`InvalidOperationException`: No luck.");
        text.ShouldContain("Input 2 of 3: x = [-1]");
    }

    [Fact]
    public void A_wrong_result_comes_before_a_later_crash() =>
        Samples.Doubled.Check(x => x.Length == 1 ? throw new InvalidOperationException() : [0]).Outcome.ShouldBe(CheckOutcome.Wrong);

    [Fact]
    public void A_stub_is_not_attempted_and_does_not_count_as_an_attempt()
    {
        var exercise = new FunctionExercise<Func<double, double>>("98.10", "The same", "Return x.", x => x, [[1.0]], ["x"], [], name: "Same");

        exercise.Check(_ => throw new NotImplementedException()).Outcome.ShouldBe(CheckOutcome.NotAttempted);

        Progress.Load().Progress.Exercises.ShouldNotContainKey("98.10");
    }

    [Fact]
    public void A_stub_left_in_one_branch_is_not_attempted_either() =>
        Samples.Doubled.Check(x => x.Length == 1 ? throw new NotImplementedException() : [.. x.Select(value => 2 * value)])
            .ShouldSatisfyAllConditions(
                result => result.Outcome.ShouldBe(CheckOutcome.NotAttempted),
                result => result.ToText().ShouldContain("for some inputs"));

    [Fact]
    public void No_answer_is_not_attempted_and_says_what_to_write() =>
        Samples.Doubled.Check(null).ShouldSatisfyAllConditions(
            result => result.Outcome.ShouldBe(CheckOutcome.NotAttempted),
            result => result.ToText().ShouldContain("Lesson98.Doubled.Check(Doubled)"));

    [Fact]
    public void Null_is_named() => Samples.Doubled.Check(_ => null!).ToText().ShouldContain("Your answer returned `null`.");

    [Fact]
    public void NaN_is_named_with_its_place() =>
        Samples.Doubled.Check(x => [.. x.Select((value, i) => i == 2 ? double.NaN : 2 * value)]).ToText().ShouldContain("`[2]` is NaN");

    [Fact]
    public void An_infinite_number_is_named() =>
        Samples.Doubled.Check(x => [.. x.Select(value => value / 0.0)]).ToText().ShouldContain("`[0]` is infinite");

    [Fact]
    public void Minus_infinity_is_named_with_what_gives_it() =>
        Samples.Doubled.Check(x => [.. x.Select(_ => Math.Log(0))]).ToText().ShouldContain("`[0]` is −∞. Look for a logarithm of 0");

    [Fact]
    public void Where_the_right_answer_hides_numbers_one_hidden_by_mistake_is_called_hidden()
    {
        var hidesFirst = new FunctionExercise<Func<double[], double[]>>(
            "98.11", "Hide the first", "Return a copy with −∞ in the first place.",
            x => [double.NegativeInfinity, .. x[1..]], [[new[] { 1.0, 2, 3 }]], ["Copy."], [], name: "Hidden");

        string text = hidesFirst.Check(x => [double.NegativeInfinity, double.NegativeInfinity, x[2]]).ToText();

        text.ShouldContain("`[1]` is hidden (−∞), and should be visible.");
        text.ShouldNotContain("division by 0");
    }

    [Fact]
    public void A_known_mistake_comes_before_a_guess_about_NaN()
    {
        var share = new FunctionExercise<Func<double[], double[]>>(
            "98.12", "Shares", "Divide by the sum.", x => [.. x.Select(v => v / x.Sum())], [[new[] { 1.0, 2 }]], ["Sum."],
            [new("divides by 0", "This divides by 0.", x => [.. x.Select(v => (v - v) / 0.0)])], name: "Shares");

        string known = share.Check(x => [double.NaN, double.NaN]).ToText(), unknown = share.Check(x => [double.NaN, 0]).ToText();

        known.ShouldContain("> This divides by 0.");
        known.ShouldNotContain("not a number");
        unknown.ShouldContain("`[0]` is NaN: not a number.");
    }

    [Fact]
    public void A_variant_of_a_known_mistake_is_told_with_the_same_sentence()
    {
        var next = new FunctionExercise<Func<double, double>>(
            "98.13", "The next", "Return x + 1.", x => x + 1, [[1.0], [5.0]], ["Add."],
            [new("adds too much", "This adds too much.", x => x + 2) { Variants = [x => x + 3, x => x + 4] }], name: "Next");

        foreach (double added in new[] { 2.0, 3, 4 }) next.Check(x => x + added).Mistake.ShouldNotBeNull().Name.ShouldBe("adds too much");
        next.Check(x => x + 5).Mistake.ShouldBeNull();
        next.KnownMistakes.Single().Codes.Count.ShouldBe(3);
    }

    [Fact]
    public void A_wrong_length_is_named_with_both() =>
        Samples.Doubled.Check(x => [.. x.Select(value => 2 * value), 0]).ToText().ShouldContain("yours is 4 numbers, expected is 3 numbers");

    [Fact]
    public void A_wrong_shape_is_named_with_both() =>
        Samples.Product.Check((A, B) => new DenseMatrix(7, 9)).ToText().ShouldContain("yours is a 7 × 9 matrix, expected is a ");

    [Fact]
    public void Writing_into_the_input_fails_even_if_the_numbers_are_right()
    {
        CheckResult result = Samples.Doubled.Check(x =>
        {
            double[] y = [.. x.Select(value => 2 * value)];
            x[0] = 42;
            return y;
        });

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.ToText().ShouldContain("changes its argument `x`");
        result.ToText().ShouldContain("before = [1, 2, 3]");
        result.ToText().ShouldContain("after  = [42, 2, 3]");
        result.ToText().ShouldNotContain("right numbers");
    }

    [Fact]
    public void An_answer_that_writes_into_its_input_spoils_no_later_check()
    {
        Samples.Doubled.Check(x => { Array.Clear(x); return x; });

        Samples.Doubled.Check(Samples.Doubled.ReferenceSolution).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void Handing_back_the_input_itself_is_named() =>
        Samples.Doubled.Check(x => { for (int i = 0; i < x.Length; i++) x[i] *= 2; return x; }).ToText().ShouldContain("hands back `x` itself");

    [Fact]
    public void A_matrix_that_looks_into_the_inputs_memory_is_named()
    {
        var identity = new FunctionExercise<Func<double[], Vector<double>>>(
            "98.5", "A copy", "Copy.", x => Vector<double>.Build.DenseOfArray(x), [[new[] { 1.0, 2 }]], ["Copy."], [], name: "Copied");

        identity.Check(x => new DenseVector(x)).ToText().ShouldContain("or a view of its memory");
        identity.Check(x => Vector<double>.Build.DenseOfArray(x)).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void An_exercise_whose_solution_returns_its_input_allows_that()
    {
        var identity = new FunctionExercise<Func<double[], double[]>>("98.6", "Unchanged", "Return x.", x => x, [[new[] { 1.0 }]], ["x"], [], name: "Unchanged");

        identity.Check(x => x).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void An_answer_that_reuses_one_array_is_judged_by_what_it_returned_each_time()
    {
        var two = new FunctionExercise<Func<double, double[]>>("98.7", "A pair", "Return (x, x).", x => [x, x], [[1.0], [2.0], [3.0]], ["x"], [], name: "Pair");
        double[] shared = new double[2];

        two.Check(x => { shared.AsSpan().Fill(x); return shared; }).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void The_parts_of_a_tuple_are_called_by_the_signatures_names()
    {
        string text = Samples.Gradients.Check((x, dOut) => ([.. x.Zip(dOut, (a, b) => a + b)], [0, 9])).ToText();

        text.ShouldContain("`dX` is right; `dGamma` is not.");
        text.ShouldContain("`dGamma[1]`: expected 0.25, yours 9, off by 8.75");
    }

    [Fact]
    public void A_part_left_at_null_is_named() =>
        Samples.Gradients.Check((x, dOut) => (null!, dOut)).ToText().ShouldContain("Your answer left `dX` at `null`.");

    [Fact]
    public void Numbers_that_differ_never_look_the_same() =>
        Samples.Doubled.Check(x => [.. x.Select(value => 2 * value + 1e-8)]).ToText().ShouldContain("`[0]`: expected 2, yours 2.00000001, off by 1e-8");

    [Fact]
    public void The_tolerance_is_relative_and_absolute_and_no_wider()
    {
        var exercise = new FunctionExercise<Func<double, double>>(
            "98.8", "The same", "Return x.", x => x, [[0.0], [1000.0]], ["x"], [], tolerance: new Tolerance(1e-3, 1e-6), name: "Same");

        exercise.Check(x => x == 0 ? 0.9e-6 : 1000.9).Outcome.ShouldBe(CheckOutcome.Passed);
        exercise.Check(x => x == 0 ? 1.1e-6 : 1000).Outcome.ShouldBe(CheckOutcome.Wrong);
        exercise.Check(x => x == 0 ? 0 : 1001.1).Outcome.ShouldBe(CheckOutcome.Wrong);
    }

    [Fact]
    public void The_random_inputs_are_the_same_every_time()
    {
        static string Inputs() => new FunctionExercise<Func<double, double>>(
            "98.9", "The same", "Return x.", x => x, [], ["x"], [], randomCase: random => [random.NextDouble()], name: "Same").Check(_ => -1).ToText();

        Inputs().ShouldBe(Inputs());
    }

    [Fact]
    public void A_case_that_does_not_fit_the_signature_is_refused_where_it_is_declared() =>
        Should.Throw<ArgumentException>(() => new FunctionExercise<Samples.DoubledFunction>("98.1", "t", "s", x => x, [["not a vector"]], [], []))
            .Message.ShouldContain("gives String for x");

    [Theory, InlineData("1.1"), InlineData("00"), InlineData("00.x"), InlineData("ab.1")]
    public void A_malformed_id_is_refused(string id) =>
        Should.Throw<ArgumentException>(() => new FunctionExercise<Func<double, double>>(id, "t", "s", x => x, [[1.0]], [], [])).Message.ShouldContain(id);
}
