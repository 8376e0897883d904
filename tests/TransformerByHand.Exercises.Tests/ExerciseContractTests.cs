namespace TransformerByHand.Exercises.Tests;

/// <summary>What every exercise of the course keeps to. An exercise is accepted by passing these, and needs no test of its own.</summary>
public class ExerciseContractTests
{
    public static TheoryData<string> Exercises => [.. ExerciseCatalog.All.Select(exercise => exercise.Id)];

    public static TheoryData<string, string, int> Mistakes
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (Exercise exercise in ExerciseCatalog.All)
                foreach (KnownMistake mistake in exercise.KnownMistakes)
                    for (int variant = 0; variant < mistake.Codes.Count; variant++) data.Add(exercise.Id, mistake.Name, variant);
            return data;
        }
    }

    [Fact]
    public void The_catalogue_finds_the_exercises_of_the_first_lesson_in_order() =>
        ExerciseCatalog.All.Where(exercise => exercise.Lesson == "00").Select(exercise => exercise.Id).ShouldBe(["00.1", "00.2", "00.3", "00.4"]);

    [Fact]
    public void Ids_are_unique_and_count_from_one_in_each_lesson()
    {
        foreach (var lesson in ExerciseCatalog.All.GroupBy(exercise => exercise.Lesson))
            lesson.Select(exercise => exercise.Number).ShouldBe(Enumerable.Range(1, lesson.Count()));
    }

    [Theory, MemberData(nameof(Exercises))]
    public void It_stands_in_the_class_of_its_lesson_under_its_functions_name(string id)
    {
        Exercise exercise = Find(id);
        Type? lesson = typeof(ExerciseCatalog).Assembly.GetType($"TransformerByHand.Exercises.Lesson{id[..2]}");

        lesson.ShouldNotBeNull();
        lesson.GetProperty(exercise.Name)!.GetValue(null).ShouldBeSameAs(exercise);
    }

    [Theory, MemberData(nameof(Exercises))]
    public void Its_stub_is_reported_as_not_attempted(string id)
    {
        Exercise exercise = Find(id);

        exercise.CheckDelegate(Answers.Throwing(exercise.AnswerType, new NotImplementedException())).Outcome.ShouldBe(CheckOutcome.NotAttempted);
    }

    [Theory, MemberData(nameof(Exercises))]
    public void Its_solution_passes(string id)
    {
        Exercise exercise = Find(id);

        CheckResult result = exercise.CheckDelegate(exercise.ReferenceSolution);

        result.Outcome.ShouldBe(CheckOutcome.Passed, result.ToText());
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void Each_mistake_fails_and_is_recognised_as_itself(string id, string name, int variant)
    {
        Exercise exercise = Find(id);
        KnownMistake mistake = exercise.KnownMistakes.Single(known => known.Name == name);

        CheckResult result = exercise.CheckDelegate(mistake.Codes[variant]);

        result.Outcome.ShouldBeOneOf([CheckOutcome.Wrong, CheckOutcome.Crashed], result.ToText());
        result.Mistake.ShouldBeSameAs(mistake, result.ToText());
        result.ToText().ShouldContain(mistake.Sentence);
    }

    [Theory, MemberData(nameof(Exercises))]
    public void It_says_what_to_do_helps_and_knows_mistakes(string id)
    {
        Exercise exercise = Find(id);

        exercise.Title.ShouldNotBeNullOrWhiteSpace();
        exercise.Statement.ShouldNotBeNullOrWhiteSpace();
        exercise.Hints.ShouldNotBeEmpty();
        exercise.Hints.ShouldAllBe(hint => !string.IsNullOrWhiteSpace(hint));
        exercise.KnownMistakes.Count.ShouldBeGreaterThanOrEqualTo(3);
        exercise.KnownMistakes.ShouldAllBe(mistake => !string.IsNullOrWhiteSpace(mistake.Name) && !string.IsNullOrWhiteSpace(mistake.Sentence));
        exercise.KnownMistakes.Select(mistake => mistake.Name).ShouldBeUnique();
    }

    [Theory, MemberData(nameof(Exercises))]
    public void Its_solution_can_stand_under_the_stubs_header(string id)
    {
        Exercise exercise = Find(id);
        IEnumerable<string?> parameters = exercise.AnswerType.GetMethod("Invoke")!.GetParameters().Select(parameter => parameter.Name);

        exercise.SolutionSource.Parameters.ShouldBe(parameters!);
        exercise.SolutionSource.Body.ShouldNotBeNullOrWhiteSpace();
        exercise.Stub.ShouldStartWith($"// Exercise {id}\n{exercise.SolutionSource.Header}\n");
    }

    private static Exercise Find(string id) => ExerciseCatalog.Find(id).ShouldNotBeNull();
}
