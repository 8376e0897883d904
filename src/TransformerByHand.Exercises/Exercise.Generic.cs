namespace TransformerByHand.Exercises;

/// <summary>An exercise whose answers have a known signature.</summary>
/// <typeparam name="TAnswer">
/// The delegate type of an answer. A delegate of the lesson's own gives messages its parameter names: "x = [0.2, 0.1, 0.3]".
/// </typeparam>
public abstract class Exercise<TAnswer> : Exercise
    where TAnswer : Delegate
{
    private readonly TAnswer _solution;

    private protected Exercise(
        string id, string title, string statement, TAnswer solution, string solutionText,
        IReadOnlyList<string> hints, IReadOnlyList<KnownMistake<TAnswer>> mistakes, TimeSpan? timeLimit, string name)
        : base(id, title, statement, hints, timeLimit, name)
    {
        _solution = solution;
        Mistakes = mistakes;
        Signature = new Signature(typeof(TAnswer));
        SolutionSource = SolutionSource.OfLambda(Header, solutionText);
    }

    /// <inheritdoc/>
    public override Type AnswerType => typeof(TAnswer);

    /// <inheritdoc/>
    public override SolutionSource SolutionSource { get; }

    /// <inheritdoc/>
    public override TAnswer ReferenceSolution => _solution;

    /// <inheritdoc/>
    public override IReadOnlyList<KnownMistake> KnownMistakes => Mistakes;

    private protected IReadOnlyList<KnownMistake<TAnswer>> Mistakes { get; }

    private protected Signature Signature { get; }

    /// <summary>Checks an answer, remembers the attempt, and shows what came of it. Whatever the answer does, this does not throw.</summary>
    public CheckResult Check(TAnswer? answer)
    {
        Verdict verdict = answer is null
            ? new Verdict(CheckOutcome.NotAttempted, [new CardPart.Paragraph($"There is no answer to check: `Check` was given `null`. Give it your function's name, `{Member}.Check({Name})`.")])
            : Judge(answer);

        string? message = null;
        if (verdict.Outcome != CheckOutcome.NotAttempted)
        {
            (_, message) = ProgressStore.Current.Change(before =>
            {
                ExerciseProgress exercise = before.Exercise(Id);
                return before.With(Id, exercise with { Attempts = exercise.Attempts + 1, Solved = exercise.Solved || verdict.Outcome == CheckOutcome.Passed });
            });
        }
        bool mayWantHelp = verdict.Outcome is CheckOutcome.Wrong or CheckOutcome.Crashed or CheckOutcome.TimedOut && Hints.Count > 0;
        return new CheckResult(verdict.Outcome, this,
        [
            .. verdict.Parts,
            .. Note(mayWantHelp ? $"Stuck? `{Member}.Hint()` opens a hint." : null),
            .. Note(message),
        ], verdict.Mistake, verdict.Pattern);
    }

    /// <inheritdoc/>
    public override CheckResult CheckDelegate(Delegate? answer) => answer switch
    {
        null => Check(null),
        TAnswer fitting => Check(fitting),
        _ => throw new ArgumentException($"An answer to exercise {Id} is a {typeof(TAnswer).Name}, but this is a {answer.GetType().Name}.", nameof(answer)),
    };

    private protected abstract Verdict Judge(TAnswer answer);

    /// <summary>The sentence to show for a mistake: the known one, else one that fits any exercise, else none.</summary>
    private protected static IEnumerable<CardPart> Advice(KnownMistake? mistake, string? otherwise) =>
        (mistake?.Sentence ?? otherwise) is { } sentence ? [new CardPart.Advice(sentence)] : [];
}
