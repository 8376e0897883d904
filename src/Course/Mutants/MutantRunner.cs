using System.Reflection;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Mutants;

/// <summary>Tries mutants on the checks.</summary>
internal static class MutantRunner
{
    private static readonly TimeSpan ForOneTest = TimeSpan.FromSeconds(20);

    /// <summary>Makes the mutants of some lessons' exercises and holds each against its check.</summary>
    /// <param name="repository">Where the sources lie.</param>
    /// <param name="lessons">The two digits of each lesson; all if there is none.</param>
    /// <param name="sample">How many mutants to try, drawn with a fixed seed; all if null.</param>
    /// <param name="progress">Told how many of how many have been tried.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static IReadOnlyList<MutantResult> Run(Repository repository, IReadOnlyCollection<string> lessons, int? sample, Action<int, int> progress, CancellationToken cancellation)
    {
        MutantCourse course = MutantCourse.Read(Path.Combine(repository.Root, "src", "TransformerByHand.Exercises"));
        Mutant[] made = [.. course.Mutate(lessons)];
        if (sample is { } count)
        {
            SeededRandom.Create(14).Shuffle(made);
            made = [.. made.Take(count).OrderBy(mutant => mutant.Number)];
        }
        (Assembly assembly, IReadOnlyList<Mutant> mutants) = course.Compile(made, cancellation);

        // Attempts are counted in a folder of their own, never in the author's progress.
        string? before = Environment.GetEnvironmentVariable(Progress.FolderVariable);
        string folder = Directory.CreateTempSubdirectory("mutants-").FullName;
        Environment.SetEnvironmentVariable(Progress.FolderVariable, folder);
        try
        {
            Dictionary<string, object> exercises = Catalogue(assembly);
            var results = new List<MutantResult>();
            foreach (Mutant mutant in mutants)
            {
                cancellation.ThrowIfCancellationRequested();
                object exercise = exercises[mutant.Piece.Exercise];
                var code = (Delegate)assembly.GetType($"TransformerByHand.Exercises.Lesson{mutant.Piece.Exercise[..2]}")!.GetMethod($"Mutant_{mutant.Number}")!.Invoke(null, null)!;
                results.Add(mutant.Piece.Implementation is null ? Check(mutant, exercise, code) : Judge(mutant, exercise, code));
                progress(results.Count, mutants.Count);
            }
            return results;
        }
        finally
        {
            Environment.SetEnvironmentVariable(Progress.FolderVariable, before);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, object> Catalogue(Assembly assembly)
    {
        var all = (System.Collections.IEnumerable)assembly.GetType(typeof(ExerciseCatalog).FullName!)!.GetProperty(nameof(ExerciseCatalog.All))!.GetValue(null)!;
        return all.Cast<object>().ToDictionary(exercise => (string)Get(exercise, nameof(Exercise.Id))!, exercise => exercise);
    }

    // A mutant of a solution is an answer.
    private static MutantResult Check(Mutant mutant, object exercise, Delegate answer)
    {
        object result = exercise.GetType().GetMethod(nameof(Exercise.CheckDelegate))!.Invoke(exercise, [answer])!;
        string outcome = Get(result, nameof(CheckResult.Outcome))!.ToString()!;
        var sentence = (string?)Get(result, nameof(CheckResult.Explanation));
        return new MutantResult(mutant, outcome == nameof(CheckOutcome.Passed) ? Passed(mutant) : sentence is null ? MutantFate.Rejected : MutantFate.Named, outcome, sentence);
    }

    // A mutant of a correct implementation is a wrong one: the reference test has to turn it away.
    private static MutantResult Judge(Mutant mutant, object exercise, Delegate implementation)
    {
        var test = (Delegate)Get(exercise, nameof(Exercise.ReferenceSolution))!;
        bool accepts = false;
        string outcome = "Wrong";
        var thread = new Thread(() =>
        {
            try
            {
                accepts = (bool)test.DynamicInvoke(implementation)!;
            }
            catch (TargetInvocationException)
            {
                outcome = "Crashed";
            }
        })
        { IsBackground = true };
        thread.Start();
        if (!thread.Join(ForOneTest)) return new MutantResult(mutant, MutantFate.Rejected, "TimedOut", null);
        return new MutantResult(mutant, accepts ? Passed(mutant) : MutantFate.Rejected, accepts ? "Passed" : outcome, null);
    }

    private static MutantFate Passed(Mutant mutant) =>
        EquivalentMutants.All.Any(listed => listed.Describes(mutant)) ? MutantFate.Equivalent : MutantFate.Survived;

    // By name alone: the typed exercise hides some properties of its base by its own.
    private static object? Get(object of, string property) => of.GetType().GetProperties().First(found => found.Name == property).GetValue(of);
}
