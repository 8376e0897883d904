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
}
