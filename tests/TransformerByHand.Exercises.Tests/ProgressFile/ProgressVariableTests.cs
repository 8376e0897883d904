namespace TransformerByHand.Exercises.Tests;

/// <summary>Tests that move the progress of the whole process, and so run by themselves.</summary>
[CollectionDefinition(nameof(ProgressVariableTests), DisableParallelization = true)]
public class ProgressVariableCollection;

[Collection(nameof(ProgressVariableTests))]
public sealed class ProgressVariableTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable(Progress.FolderVariable);
    private readonly string _folder = Directory.CreateTempSubdirectory("progress-").FullName;

    public void Dispose() => Environment.SetEnvironmentVariable(Progress.FolderVariable, _before);

    [Fact]
    public void The_variable_moves_the_file()
    {
        Environment.SetEnvironmentVariable(Progress.FolderVariable, _folder);

        Samples.Doubled.Check(Samples.Doubled.ReferenceSolution);

        Progress.File.ShouldBe(Path.Combine(_folder, "progress.json"));
        Progress.Load().Progress.Exercise("98.1").ShouldBe(new ExerciseProgress(Solved: true, Attempts: 1));
        Progress.Reset().ShouldBeNull();
        Progress.Load().Progress.ShouldBe(Progress.None);
    }

    [Fact]
    public void Without_the_variable_the_file_is_in_the_users_data_folder()
    {
        Environment.SetEnvironmentVariable(Progress.FolderVariable, null);

        Progress.File.ShouldEndWith(Path.Combine("transformer-by-hand", "progress.json"));
        Path.IsPathFullyQualified(Progress.File).ShouldBeTrue();
    }

    [Fact]
    public void Where_nothing_can_be_written_checks_hints_and_predictions_work_and_say_so()
    {
        string file = Path.Combine(_folder, "a file");
        File.WriteAllText(file, "");
        Environment.SetEnvironmentVariable(Progress.FolderVariable, Path.Combine(file, "below"));

        CheckResult passed = Samples.Doubled.Check(Samples.Doubled.ReferenceSolution);
        passed.Outcome.ShouldBe(CheckOutcome.Passed);
        passed.ToText().ShouldContain("Progress is not being saved");
        Samples.Doubled.Hint().Headline.ShouldBe("Hint 1 of 2");
        Samples.Doubled.Hint().Headline.ShouldBe("Hint 2 of 2");
        Predictions.Predict("98.1", 1);
        Predictions.Reveal("98.1", 2).ToText().ShouldContain("You predicted 1;");
    }
}
