namespace TransformerByHand.Exercises.Tests;

public class HintTests
{
    private static FunctionExercise<Func<double, double>> Exercise(string id, params string[] hints) =>
        new(id, "The same", "Return x.", x => x, [[1.0]], hints, [], name: "Same");

    [Fact]
    public void Each_call_opens_one_more_and_keeps_those_before()
    {
        var exercise = Exercise("97.1", "First.", "Second.");

        exercise.Hint().ToText().ShouldBe("Hint 1 of 2: Exercise 97.1, The same\n1. First.\n(Run the cell again for hint 2.)");
        exercise.Hint().ToText().ShouldBe("Hint 2 of 2: Exercise 97.1, The same\n1. First.\n2. Second.\n(That was the last hint. `Lesson97.Same.Solution()` shows the solution.)");
        exercise.Hint().Headline.ShouldBe("Hint 2 of 2");
    }

    [Fact]
    public void Opened_hints_and_the_solution_are_remembered()
    {
        Exercise("97.2", "First.", "Second.").Hint();
        Exercise("97.2", "First.", "Second.").Hint().Headline.ShouldBe("Hint 2 of 2");
        Exercise("97.2", "First.", "Second.").Solution();

        Progress.Load().Progress.Exercise("97.2").ShouldBe(new ExerciseProgress(HintsOpened: 2, SolutionShown: true));
    }

    [Fact]
    public void A_ladder_that_has_become_shorter_is_no_trouble()
    {
        var longer = Exercise("97.3", "First.", "Second.", "Third.");
        for (int i = 0; i < 3; i++) longer.Hint();

        Exercise("97.3", "Only.").Hint().Headline.ShouldBe("Hint 1 of 1");
    }

    [Fact]
    public void An_exercise_without_hints_says_so() => Exercise("97.4").Hint().ToText().ShouldContain("Lesson97.Same.Solution()");

    [Fact]
    public void A_pass_is_remembered_and_a_later_failure_does_not_take_it_back()
    {
        var exercise = Exercise("97.5", "First.");

        exercise.Check(_ => 7);
        exercise.Check(x => x);
        exercise.Check(_ => 7);

        Progress.Load().Progress.Exercise("97.5").ShouldBe(new ExerciseProgress(Solved: true, Attempts: 3));
    }
}
