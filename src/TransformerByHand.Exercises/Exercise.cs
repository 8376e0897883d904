using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>One exercise of a lesson: what to write, how it is checked, and what helps when it is not right yet.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public abstract class Exercise : IShown
{
    private protected Exercise(string id, string title, string statement, IReadOnlyList<string> hints, TimeSpan? timeLimit, string name)
    {
        if (id.Split('.') is not [{ Length: 2 } lesson, { Length: > 0 } number] || !lesson.All(char.IsAsciiDigit) || !number.All(char.IsAsciiDigit))
            throw new ArgumentException($"An exercise's id is the lesson's two digits, a point and a number, such as \"00.1\", but is \"{id}\".", nameof(id));
        (Id, Lesson, Number) = (id, lesson, int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        (Title, Statement, Hints, Name) = (title, statement, hints, name);
        TimeLimit = timeLimit ?? TimeSpan.FromSeconds(5);
    }

    /// <summary>The lesson and the number in it: "00.1".</summary>
    public string Id { get; }

    /// <summary>The lesson's two digits: "00".</summary>
    public string Lesson { get; }

    /// <summary>The number in the lesson, from 1.</summary>
    public int Number { get; }

    /// <summary>A few words: "The mean of a vector".</summary>
    public string Title { get; }

    /// <summary>What to write, in Markdown.</summary>
    public string Statement { get; }

    /// <summary>
    /// The formulas that are the answer, in LaTeX as the lesson's discussion writes them: <c>check</c> sees to it that they stand below
    /// the exercise and not above.
    /// </summary>
    public IReadOnlyList<string> Formulas { get; init; } = [];

    /// <summary>The ladder of hints, the gentlest first.</summary>
    public IReadOnlyList<string> Hints { get; }

    /// <summary>How long one check may take.</summary>
    public TimeSpan TimeLimit { get; }

    /// <summary>The name of the function to write, and of the member of the lesson's class that holds this exercise.</summary>
    public string Name { get; }

    /// <summary>The delegate type of an answer.</summary>
    public abstract Type AnswerType { get; }

    /// <summary>The reference solution's source text.</summary>
    public abstract SolutionSource SolutionSource { get; }

    /// <summary>The reference solution itself.</summary>
    public abstract Delegate ReferenceSolution { get; }

    /// <summary>The wrong answers that a check recognises.</summary>
    public abstract IReadOnlyList<KnownMistake> KnownMistakes { get; }

    /// <summary>The header of the function to write: <c>double Mean(double[] x)</c>.</summary>
    public string Header => CSharpName.Header(AnswerType, Name);

    /// <summary>The cell in which the learner writes the answer, as every lesson has it.</summary>
    public string Stub => $"// Exercise {Id}\n{Header}\n{{\n    throw new NotImplementedException();\n}}\n{Member}.Check({Name})";

    internal string Subject => $"Exercise {Id}, {Title}";

    internal string Member => $"Lesson{Lesson}.{Name}";

    /// <summary>Opens one more hint and shows those that are open.</summary>
    public Card Hint()
    {
        if (Hints.Count == 0) return new Card(Tone.Neutral, "No hints", Subject, [new CardPart.Paragraph($"This exercise has none. `{Member}.Solution()` shows the solution.")]);

        (Progress progress, string? message) = ProgressStore.Current.Change(before =>
        {
            ExerciseProgress exercise = before.Exercise(Id);
            return before.With(Id, exercise with { HintsOpened = Math.Clamp(exercise.HintsOpened + 1, 1, Hints.Count) });
        });
        int open = progress.Exercise(Id).HintsOpened;
        string next = open < Hints.Count
            ? $"Run the cell again for hint {open + 1}."
            : $"That was the last hint. `{Member}.Solution()` shows the solution.";
        return new Card(Tone.Neutral, $"Hint {open} of {Hints.Count}", Subject,
        [
            .. Hints.Take(open).Select((hint, i) => new CardPart.Paragraph($"{i + 1}. {hint}")),
            new CardPart.Note(next),
            .. Note(message),
        ]);
    }

    /// <summary>Shows the reference solution: the source text of the very code that the checks run.</summary>
    public Card Solution()
    {
        (_, string? message) = ProgressStore.Current.Change(before => before.With(Id, before.Exercise(Id) with { SolutionShown = true }));
        return new Card(Tone.Neutral, "Solution", Subject,
        [
            new CardPart.Listing("One way to write it", SolutionSource.Text),
            new CardPart.Note("Close it, write it again in your own way, and let the check judge."),
            .. Note(message),
        ]);
    }

    /// <summary>Checks an answer whose type is not known at compile time.</summary>
    /// <exception cref="ArgumentException">The answer is not of type <see cref="AnswerType"/>.</exception>
    public abstract CheckResult CheckDelegate(Delegate? answer);

    /// <inheritdoc/>
    public string ToHtml() => Described().ToHtml();

    /// <inheritdoc/>
    public string ToText() => Described().ToText();

    /// <summary>Returns the id and the title.</summary>
    public override string ToString() => $"{Id} {Title}";

    private protected static IEnumerable<CardPart> Note(string? message) => message is null ? [] : [new CardPart.Note(message)];

    private Card Described() => new(Tone.Neutral, Title, $"Exercise {Id}",
    [
        .. Statement.Split("\n\n").Select(paragraph => new CardPart.Paragraph(paragraph)),
        new CardPart.Listing("The function to write", Header),
    ]);
}
