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
        Predict("96.3", -0.3);

        Reveal("96.3", -0.2).ToText().ShouldContain("The gap is 0.1: your guess is too low by 50 %");
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

    [Theory]
    [InlineData("a", "That is not the one.", "Bread sinks in oil.")]
    [InlineData(" C ", "That is not the one.", "Salt has no say.")]
    [InlineData("b", "That is right.", "Yeast makes gas.")]
    public void Who_chose_a_letter_reads_why_it_is_wrong_or_right_and_nothing_of_the_others(string guess, string verdict, string why)
    {
        string id = $"96.30{guess}";
        string[] all = ["Bread sinks in oil.", "Yeast makes gas.", "Salt has no say."];
        Predict(id, guess);

        string text = Reveal(id, "b", why: [("a", all[0]), ("b", all[1]), ("c", all[2])]).ToText();

        text.ShouldContain(verdict);
        foreach (string sentence in all) text.Contains(sentence, StringComparison.Ordinal).ShouldBe(sentence == why);
    }

    [Fact]
    public void A_letter_of_which_nothing_is_said_is_told_right_or_wrong_as_before()
    {
        Predict("96.31", "a");

        Reveal("96.31", "b", ("c", "Salt has no say.")).ToText().ShouldSatisfyAllConditions(
            text => text.ShouldContain("That is not the one."),
            text => text.ShouldNotContain("Salt"));
    }

    [Fact]
    public void Without_a_guess_the_reveal_says_why_the_right_letter_is_right() =>
        Reveal("96.32", "b", ("a", "Bread sinks in oil."), ("b", "Yeast makes gas.")).ToText().ShouldSatisfyAllConditions(
            text => text.ShouldContain("Yeast makes gas."),
            text => text.ShouldNotContain("Bread"));

    [Fact]
    public void Between_small_whole_numbers_the_gap_is_told_without_percent()
    {
        Predict("96.22", 11);

        Reveal("96.22", 12).ToText().ShouldContain("The gap is 1: your guess is too low.");
    }

    [Fact]
    public void What_was_calculated_is_not_called_measured()
    {
        Predict("96.23", 0.5);

        Reveal("96.23", 0.4, calculated: true).ToText().ShouldSatisfyAllConditions(
            text => text.ShouldContain("You predicted 0.5; it is 0.4."),
            text => text.ShouldContain("too high by 25 % of the answer."),
            text => text.ShouldNotContain("measured"));
    }

    [Fact]
    public void Where_the_choices_are_named_null_says_which_there_are() =>
        Predict("96.24", null, choices: "abc").ToText().ShouldContain("Write `\"a\"`, `\"b\"` or `\"c\"` in place of `null`");

    [Theory, InlineData("d"), InlineData(2), InlineData(0.64), InlineData("0.64")]
    public void What_is_none_of_the_named_choices_is_warned_of_and_not_recorded(object guess)
    {
        Card card = Predict("96.25", guess, choices: "abc");

        card.Headline.ShouldBe("Not recorded");
        card.ToText().ShouldContain("Answer `\"a\"`, `\"b\"` or `\"c\"`");
        Progress.Load().Progress.Predictions.ShouldNotContainKey("96.25");
    }

    [Theory, InlineData("b"), InlineData(" B "), InlineData('b')]
    public void A_named_choice_is_recorded_however_it_is_written(object guess)
    {
        string id = $"96.26{guess}{guess.GetType().Name}";
        Predict(id, guess, choices: "abc").Headline.ShouldStartWith("Predicted");

        Reveal(id, "b").ToText().ShouldContain("That is right.");
    }

    [Fact]
    public void A_letter_where_a_number_is_asked_is_warned_of_at_the_reveal_and_not_counted()
    {
        Predict("96.12", "a");

        Reveal("96.12", 0.5).ToText().ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("Answer: 0.5"),
            text => text.ShouldContain("You predicted \"a\". The answer is a number, and your guess is not. It is not counted as a guess."));
        Progress.Load().Progress.Prediction("96.12").Guess.ShouldBeNull();
    }

    [Fact]
    public void A_number_where_a_choice_is_asked_is_warned_of_at_the_reveal_and_not_counted()
    {
        Predict("96.27", 2);

        Reveal("96.27", "b").ToText().ShouldContain("The answer is one of the choices, and your guess is a number.");
        Progress.Load().Progress.Prediction("96.27").Guess.ShouldBeNull();
    }

    [Fact]
    public void Once_the_answer_is_known_a_guess_of_another_kind_is_not_recorded()
    {
        Reveal("96.28", "b");

        Predict("96.28", 2).Headline.ShouldBe("Not recorded");
        Progress.Load().Progress.Prediction("96.28").Guess.ShouldBeNull();
        Predict("96.28", "b").Headline.ShouldBe("Predicted \"b\"");
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
