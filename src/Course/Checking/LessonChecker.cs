using TransformerByHand.Course.Checking.Rules;
using TransformerByHand.Course.Running;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking;

/// <summary>Holds lessons against the author's contract.</summary>
internal static class LessonChecker
{
    /// <summary>The clauses, in the order in which an author wants to hear of them.</summary>
    public static IReadOnlyList<IRule> Rules { get; } =
    [
        new MetadataRule(),
        new FirstCellRule(),
        new TagsRule(),
        new PackagesRule(),
        new ForbiddenConstructsRule(),
        new LimitsRule(),
        new ExercisesRule(),
        new AnswersRule(),
        new PredictionsRule(),
        new LinksRule(),
        new RunsRule(),
        new WarningsRule(),
        new OutputsRule(),
        new TextAlternativesRule(),
        new MarkedNumbersRule(),
        new ClaimsRule(),
    ];

    /// <summary>Runs the lessons afresh and checks every rule.</summary>
    /// <param name="lessons">The lessons to check.</param>
    /// <param name="isWhole">Whether they are all there are.</param>
    /// <param name="progress">The line that tells of a lesson's run; none if not given.</param>
    /// <param name="ledger">The claims; the course's own if not given.</param>
    /// <param name="exercises">The declared exercises; the course's own if not given.</param>
    /// <param name="with">Packages whose tagged cells are run too; the small ones if not given.</param>
    /// <param name="ran">Told of each run.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static async Task<IReadOnlyList<Violation>> CheckAsync(
        IReadOnlyList<Lesson> lessons, bool isWhole, Func<Lesson, ProgressLine>? progress = null,
        IReadOnlyList<LedgerEntry>? ledger = null, IReadOnlyList<Exercise>? exercises = null,
        IReadOnlySet<string>? with = null, Action<LessonRun>? ran = null, CancellationToken cancellation = default)
    {
        var violations = new List<Violation>();
        var readable = new List<CheckedLesson>();
        var runner = new LessonRunner(with is null ? new LessonRunOptions() : new LessonRunOptions { With = with });
        foreach (Lesson lesson in lessons)
        {
            if (Read(lesson, violations) is not { } stored) continue;
            ProgressLine? line = progress?.Invoke(lesson);
            try
            {
                LessonRun fresh = await runner.RunAsync(lesson, line, cancellation);
                line?.Finish(fresh);
                ran?.Invoke(fresh);
                readable.Add(stored with { Fresh = fresh });
            }
            catch (NotebookFormatException problem)
            {
                violations.Add(new Violation(stored.File, null, problem.Message));
            }
        }

        var course = new CheckedCourse(readable, ledger ?? Claims.All, exercises ?? ExerciseCatalog.All, isWhole);
        return [.. violations, .. Inspect(course)];
    }

    /// <summary>Checks every rule on lessons that have been read, and perhaps run.</summary>
    /// <param name="course">The lessons, with the ledger and the exercises.</param>
    /// <param name="rules">The rules to check; all if not given.</param>
    public static IReadOnlyList<Violation> Inspect(CheckedCourse course, IEnumerable<IRule>? rules = null) =>
        [.. (rules ?? Rules).SelectMany(rule => rule.Check(course)).Distinct()];

    /// <summary>Reads a lesson; one that is no notebook is a violation.</summary>
    public static CheckedLesson? Read(Lesson lesson, ICollection<Violation> violations)
    {
        try
        {
            Notebook notebook = lesson.Read();
            return new CheckedLesson(lesson, notebook, notebook.ToJsonObject(), Fresh: null);
        }
        catch (Exception problem) when (problem is NotebookFormatException or FileNotFoundException)
        {
            violations.Add(new Violation(lesson.Label + ".ipynb", null, problem.Message));
            return null;
        }
    }
}
