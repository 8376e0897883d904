namespace TransformerByHand.Exercises.Tests;

/// <summary>A mistake is recognised from numbers: exceptions and zeros fit too many.</summary>
public class EvidenceTests
{
    private static FunctionExercise<Func<double[], double>> Exercise(KnownMistake<Func<double[], double>> mistake) => new(
        "98.22", "The sum of squares", "Return the sum of the squares.", x => x.Sum(v => v * v),
        [[new[] { 1.0, 2 }], [new[] { 3.0, -1, 2 }]], ["Square."], [mistake], timeLimit: TimeSpan.FromMinutes(2), name: "Squares");

    [Fact]
    public void An_answer_that_only_throws_makes_no_known_mistake()
    {
        var exercise = Exercise(new("reads beyond the end", "This reads one too far.", x => Enumerable.Range(1, x.Length).Sum(i => x[i])));

        exercise.Check(x => x[x.Length + 5]).Mistake.ShouldBeNull();
    }

    [Fact]
    public void An_answer_of_zeros_makes_no_known_mistake()
    {
        var exercise = Exercise(new("integer division", "This divides whole numbers.", x => 1 / 2 * x.Sum()));

        exercise.Check(x => 0).Mistake.ShouldBeNull();
    }

    [Fact]
    public void A_mistake_whose_sentence_holds_of_all_such_answers_is_recognised()
    {
        var exercise = Exercise(new("zeros", "Everything is 0.", x => 0) { HoldsWithoutNumbers = true });

        exercise.Check(x => x.Sum(v => v - v)).Mistake.ShouldNotBeNull().Name.ShouldBe("zeros");
    }

    [Fact]
    public void Zeros_beside_numbers_are_evidence()
    {
        var exercise = Exercise(new("only without signs", "This gives up on a negative number.", x => x.Any(v => v < 0) ? 0 : x.Sum(v => v * v)));

        exercise.Check(x => x.Min() < 0 ? 0 : x.Sum(v => v * v)).Mistake.ShouldNotBeNull().Name.ShouldBe("only without signs");
    }
}
