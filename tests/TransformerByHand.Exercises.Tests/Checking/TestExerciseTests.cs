namespace TransformerByHand.Exercises.Tests;

public class TestExerciseTests
{
    [Fact]
    public void A_test_that_tells_right_from_wrong_passes_and_sees_what_it_caught()
    {
        CheckResult result = Samples.EvenIsRight.Check(isEven => Enumerable.Range(-5, 11).All(n => isEven(n) == (n % 2 == 0)));

        result.Outcome.ShouldBe(CheckOutcome.Passed);
        result.ToText().ShouldContain("accepts 1 correct implementation and rejects 3 wrong ones");
        result.ToText().ShouldContain("- forgets negative numbers");
    }

    [Fact]
    public void What_a_weak_test_lets_through_is_named_with_its_sentence()
    {
        CheckResult result = Samples.EvenIsRight.Check(isEven => isEven(0));

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.Mistake.ShouldBeNull();
        result.ToText().ShouldContain("lets through 2 of 3 wrong implementations");
        result.ToText().ShouldContain("- always says yes: an odd number shows it.");
        result.ToText().ShouldNotContain("- is odd");
        result.ToText().ShouldNotContain("turns away");
    }

    [Fact]
    public void What_a_strict_test_turns_away_is_named()
    {
        string text = Samples.EvenIsRight.Check(isEven => isEven(0) && isEven(1) && !isEven(2)).ToText();

        text.ShouldContain("turns away 1 of 1 correct implementation");
        text.ShouldContain("- takes the remainder: n % 2 == 0 is right.");
    }

    [Fact]
    public void A_known_weak_test_is_recognised_by_what_it_accepts() =>
        Samples.EvenIsRight.Check(isEven => !isEven(7) && isEven(8)).Mistake.ShouldNotBeNull().Name.ShouldBe("tries only positive numbers");

    [Fact]
    public void A_test_that_says_yes_to_everything_is_told_so() =>
        Samples.EvenIsRight.Check(_ => true).ToText().ShouldContain("says yes to everything");

    [Fact]
    public void A_test_that_says_no_to_everything_is_told_so() =>
        Samples.EvenIsRight.Check(_ => false).ToText().ShouldContain("says no to everything");

    [Fact]
    public void A_test_that_crashes_hears_on_which_implementation()
    {
        CheckResult result = Samples.EvenIsRight.Check(isEven => isEven(3) ? throw new InvalidOperationException("Odd.") : isEven(2));

        result.Outcome.ShouldBe(CheckOutcome.Crashed);
        result.ToText().ShouldContain("`InvalidOperationException`: Odd.");
        result.ToText().ShouldContain("trying the wrong implementation that always says yes");
    }

    [Fact]
    public void A_stub_is_not_attempted() =>
        Samples.EvenIsRight.Check(_ => throw new NotImplementedException()).Outcome.ShouldBe(CheckOutcome.NotAttempted);

    [Fact]
    public void No_test_is_not_attempted() => Samples.EvenIsRight.Check(null).Outcome.ShouldBe(CheckOutcome.NotAttempted);

    [Fact]
    public void A_test_that_does_not_come_back_hears_on_which_implementation()
    {
        CheckResult result = Samples.HastyTest.Check(one =>
        {
            if (one() == 2) Thread.Sleep(Timeout.Infinite);
            return true;
        });

        result.Outcome.ShouldBe(CheckOutcome.TimedOut);
        result.ToText().ShouldContain("trying the wrong implementation that is 2");
    }

    [Fact]
    public void A_signature_that_is_no_test_is_refused_where_it_is_declared() =>
        Should.Throw<ArgumentException>(() => new TestExercise<Func<int, bool>, Func<int, bool>>(
            "98.1", "t", "s", n => n > 0, [new("right", "r", _ => true)], [new("wrong", "w", _ => false)], [], [])).Message.ShouldContain("returns bool");

    private delegate bool HalvesTest(Func<double[], double[,], double[]> halves);

    // Numbers of a test: x·W / 2, right and wrong in one way that it takes an uneven W to see.
    private static readonly TestExercise<HalvesTest, Func<double[], double[,], double[]>> Halves = new(
        "98.30", "A test of numbers", "Say whether it is x·W / 2.",
        halves => Near(halves, [1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }, 1e-9),
        correct: [new("halves", "right.", (x, W) => Half(x, W))],
        wrong: [new("is zero", "it is 0.", (x, W) => new double[W.GetLength(1)])],
        hints: ["Compare."],
        mistakes: [new("only zeros", "With an x of zeros everything is zero.", halves => Near(halves, [0, 0], new double[,] { { 1, 2 }, { 3, 5 } }, 1e-9))],
        timeLimit: TimeSpan.FromMinutes(2), name: "Halves");

    private static double[] Half(double[] x, double[,] W) => [.. Enumerable.Range(0, W.GetLength(1)).Select(j => x.Select((v, i) => v * W[i, j] / 2).Sum())];

    private static bool Near(Func<double[], double[,], double[]> halves, double[] x, double[,] W, double room) =>
        halves(x, W).Zip(Half(x, W)).All(pair => Math.Abs(pair.First - pair.Second) < room);

    [Fact]
    public void A_test_of_numbers_meets_small_errors_that_nobody_declared()
    {
        CheckResult result = Halves.Check(halves => Near(halves, [1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }, 1e-9));

        result.Outcome.ShouldBe(CheckOutcome.Passed, result.ToText());
        foreach (string error in new[] { "is a little too large", "is a little too small", "errs by one per cent", "errs in the first number", "errs in one number inside", "errs in the last number" })
            result.ToText().ShouldContain($"- {error}");
    }

    [Theory, InlineData(1.0, "nearly 1:"), InlineData(0.1, "nearly 0.1:"), InlineData(0.01, "nearly 0.01:")]
    public void Too_much_room_is_measured(double room, string told) =>
        Halves.Check(halves => Near(halves, [1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }, room)).Explanation.ShouldNotBeNull().ShouldContain(told);

    [Fact]
    public void A_test_that_says_no_to_everything_hears_what_numbers_it_takes_for_the_right_ones()
    {
        var halves = new TestExercise<HalvesTest, Func<double[], double[,], double[]>>(
            "98.31", "A test of numbers", "Say whether it is x·W / 2.",
            test => Near(test, [1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }, 1e-9),
            correct: [new("halves", "right.", (x, W) => Half(x, W))],
            wrong: [new("is zero", "it is 0.", (x, W) => new double[W.GetLength(1)])],
            hints: ["Compare."],
            mistakes: [],
            telltales: [new("is its opposite", "Its numbers have the wrong sign.", (x, W) => [.. Half(x, W).Select(v => -v)]), new("is whole", "It forgets to halve.", (x, W) => [.. Half(x, W).Select(v => 2 * v)])],
            name: "Halves");
        double[,] W = { { 1, 2 }, { 3, 5 } };

        halves.Check(test => test([1, 2], W)[0] == 7).Explanation.ShouldBe("Your test says no to everything, to correct implementations too. It forgets to halve.");
        halves.Check(test => test([1, 2], W)[0] == 8).Explanation.ShouldBe("Your test says no to everything, to correct implementations too.");
        halves.Check(test => Near(test, [1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }, 1e-9)).Outcome.ShouldBe(CheckOutcome.Passed);
    }

    [Fact]
    public void A_test_that_looks_at_shapes_only_is_told_so() =>
        Halves.Check(halves => halves([1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }).Length == 2).Explanation.ShouldBe("Your test says yes to everything.");

    [Fact]
    public void A_missing_absolute_value_is_told() =>
        Halves.Check(halves => halves([1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } }).Zip(Half([1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } })).All(pair => pair.First - pair.Second < 1e-9))
            .Explanation.ShouldNotBeNull().ShouldContain("does not notice numbers that are too small");

    [Fact]
    public void A_number_that_is_not_looked_at_is_told() =>
        Halves.Check(halves => Math.Abs(halves([1, 2, 4], new double[,] { { 1, 2 }, { 3, 5 }, { -1, 1 } })[0] - 1.5) < 1e-9).Explanation.ShouldNotBeNull().ShouldContain("the last number");

    [Fact]
    public void Inputs_that_hide_mistakes_are_told_as_they_were_given()
    {
        CheckResult known = Halves.Check(halves => Near(halves, [0, 0], new double[,] { { 1, 2 }, { 3, 5 } }, 1e-9));
        CheckResult other = Halves.Check(halves => Near(halves, [0, 0], new double[,] { { 1, 2 }, { 2, 5 } }, 1e-9));

        known.Mistake.ShouldNotBeNull().Name.ShouldBe("only zeros");
        other.Mistake.ShouldBeNull();
        other.Explanation.ShouldNotBeNull().ShouldContain("`x` holds nothing but zeros");
        other.Explanation.ShouldContain("`W` is its own transpose");
    }
}
