using static TransformerByHand.Exercises.Predictions;

namespace TransformerByHand.Exercises.Tests;

public class PredictionTests
{
    [Fact]
    public void Null_says_how_to_fill_it_in_and_records_nothing()
    {
        Predict("96.1", null).ToText().ShouldContain("Predict(\"96.1\", 0.5)");

        Progress.Load().Progress.Predictions.ShouldNotContainKey("96.1");
    }

    [Fact]
    public void The_reveal_shows_the_gap_absolute_and_relative()
    {
        Predict("96.2", 0.1);

        string text = Reveal("96.2", 0.08).ToText();

        text.ShouldContain("You predicted 0.1; measured is 0.08.");
        text.ShouldContain("The gap is 0.02: your guess is too high by 25 % of what was measured.");
    }

    [Fact]
    public void A_guess_that_is_too_low_is_told_so()
    {
        Predict("96.3", -3);

        Reveal("96.3", -2).ToText().ShouldContain("The gap is 1: your guess is too low by 50 %");
    }

    [Fact]
    public void A_measured_zero_has_no_relative_gap()
    {
        Predict("96.4", 1);

        string text = Reveal("96.4", 0).ToText();
        text.ShouldContain("The gap is 1: your guess is too high.");
        text.ShouldNotContain("%");
    }

    [Fact]
    public void A_guess_far_too_large_is_told_as_a_multiple()
    {
        Predict("96.20", 1000);

        Reveal("96.20", 1).ToText().ShouldContain("too high, 1000 times what was measured.");
    }

    [Fact]
    public void A_number_in_quotation_marks_is_a_number()
    {
        Predict("96.21", "64").ToText().ShouldContain("Predicted 64");

        Reveal("96.21", 8).ToText().ShouldContain("The gap is 56");
    }

    [Fact]
    public void An_exact_guess_is_told_so()
    {
        Predict("96.5", 4);

        Reveal("96.5", 4).ToText().ShouldContain("exactly right");
    }

    [Fact]
    public void A_reveal_without_a_prediction_shows_the_answer_and_is_no_error() =>
        Reveal("96.6", 0.25).ToText().ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("Answer: 0.25"),
            text => text.ShouldContain("no prediction"));

    [Fact]
    public void Before_the_reveal_a_guess_may_be_changed()
    {
        Predict("96.7", 1);
        Predict("96.7", 2).Headline.ShouldBe("Predicted 2");

        Reveal("96.7", 3).ToText().ShouldContain("You predicted 2;");
    }

    [Fact]
    public void After_the_reveal_the_earlier_guess_counts_and_the_learner_is_told()
    {
        Predict("96.8", 1);
        Reveal("96.8", 3);

        Predict("96.8", 3).ToText().ShouldContain("You predicted 1 before the answer was revealed");
        Reveal("96.8", 3).ToText().ShouldContain("You predicted 1;");
    }

    [Fact]
    public void Running_the_same_guess_again_after_the_reveal_changes_nothing()
    {
        Predict("96.9", 1);
        Reveal("96.9", 3);

        Predict("96.9", 1).Headline.ShouldBe("Predicted 1");
        Progress.Load().Progress.Prediction("96.9").MadeAfterReveal.ShouldBeFalse();
    }

    [Fact]
    public void A_first_guess_made_after_the_reveal_is_marked()
    {
        Reveal("96.10", 3);

        Predict("96.10", 3).ToText().ShouldContain("made after the answer was shown");
        Reveal("96.10", 3).ToText().ShouldContain("(after the answer had been shown)");
        Progress.Load().Progress.Prediction("96.10").MadeAfterReveal.ShouldBeTrue();
    }

    [Theory, InlineData("b", "That is right."), InlineData(" B ", "That is right."), InlineData("a", "That is not the one.")]
    public void Choices_are_compared_without_regard_to_case(string guess, string verdict)
    {
        string id = $"96.11{guess}";
        Predict(id, guess);

        Reveal(id, "b").ToText().ShouldContain(verdict);
    }

    [Fact]
    public void A_letter_held_against_a_number_is_no_error()
    {
        Predict("96.12", "a");

        Reveal("96.12", 0.5).ToText().ShouldContain("no gap to state");
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(""), InlineData(new[] { 1.0 })]
    public void What_is_no_guess_is_not_recorded(object guess)
    {
        Predict("96.13", guess).Headline.ShouldBe("Not recorded");

        Progress.Load().Progress.Predictions.ShouldNotContainKey("96.13");
    }

    [Fact]
    public void A_measurement_that_is_not_a_number_is_no_error()
    {
        Predict("96.14", 1);

        Reveal("96.14", double.NaN).ToText().ShouldContain("no gap to state");
    }

    [Fact]
    public void Whole_numbers_and_letters_in_single_quotes_count_as_well()
    {
        Predict("96.15", 2L).Headline.ShouldBe("Predicted 2");
        Predict("96.16", 'c').Headline.ShouldBe("Predicted \"c\"");
    }
}
