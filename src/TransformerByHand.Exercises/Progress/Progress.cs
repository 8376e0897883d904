using System.Collections.Immutable;

namespace TransformerByHand.Exercises;

/// <summary>What a learner has solved and predicted, as it stands in the progress file.</summary>
/// <param name="Exercises">By exercise id, such as "00.1".</param>
/// <param name="Predictions">By prediction id.</param>
public sealed record Progress(
    ImmutableSortedDictionary<string, ExerciseProgress> Exercises,
    ImmutableSortedDictionary<string, PredictionProgress> Predictions)
{
    /// <summary>The environment variable that names another folder for the progress file.</summary>
    public const string FolderVariable = "TRANSFORMER_BY_HAND_PROGRESS";

    /// <summary>Nothing solved, nothing predicted.</summary>
    public static Progress None { get; } = new(ImmutableSortedDictionary<string, ExerciseProgress>.Empty, ImmutableSortedDictionary<string, PredictionProgress>.Empty);

    /// <summary>The file that holds the progress, whether or not it exists yet.</summary>
    public static string File => ProgressStore.Current.File;

    /// <summary>Reads the learner's progress. Never throws: a file that cannot be read is reported in the message.</summary>
    /// <returns>The progress, and a sentence for the learner if something was wrong with the file, else null.</returns>
    public static (Progress Progress, string? Message) Load() => ProgressStore.Current.Load();

    /// <summary>Reads the progress that is kept in another folder than the learner's own.</summary>
    public static Progress LoadFrom(string folder) => new ProgressStore(folder).Load().Progress;

    /// <summary>Forgets everything.</summary>
    /// <returns>A sentence if that was not possible, else null.</returns>
    public static string? Reset() => ProgressStore.Current.Reset();

    /// <summary>The progress with one exercise; an exercise never touched is all zero.</summary>
    public ExerciseProgress Exercise(string id) => Exercises.GetValueOrDefault(id) ?? new ExerciseProgress();

    /// <summary>The prediction of that id; one never made is empty.</summary>
    public PredictionProgress Prediction(string id) => Predictions.GetValueOrDefault(id) ?? new PredictionProgress();

    internal Progress With(string id, ExerciseProgress exercise) => this with { Exercises = Exercises.SetItem(id, exercise) };

    internal Progress With(string id, PredictionProgress prediction) => this with { Predictions = Predictions.SetItem(id, prediction) };
}
