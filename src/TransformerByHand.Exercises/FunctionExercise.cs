using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace TransformerByHand.Exercises;

/// <summary>An exercise of the kind <em>write the function</em>: the answer must give what the reference solution gives.</summary>
/// <typeparam name="TFunction">The signature of the function to write.</typeparam>
public sealed class FunctionExercise<TFunction> : Exercise<TFunction>, IFunctionExercise
    where TFunction : Delegate
{
    private const int RandomCases = 8;

    private readonly Lazy<IReadOnlyList<Call>> _expected;
    private readonly TFunction _solution;
    private readonly Lazy<IReadOnlyList<(KnownMistake<TFunction> Mistake, IReadOnlyList<Call> Calls)>> _mistaken;

    /// <summary>Declares an exercise.</summary>
    /// <param name="id">The lesson and the number in it: "00.1".</param>
    /// <param name="title">A few words.</param>
    /// <param name="statement">What to write, in Markdown.</param>
    /// <param name="solution">The reference solution, written here as a lambda: its source is what learners are shown.</param>
    /// <param name="cases">Fixed inputs, the most telling first: for each the arguments in order.</param>
    /// <param name="hints">The ladder of hints, the gentlest first.</param>
    /// <param name="mistakes">Wrong answers to recognise.</param>
    /// <param name="randomCase">Draws the arguments of one more input. Eight are drawn, the same ones every time.</param>
    /// <param name="derived">
    /// Which inputs are made of further draws, <see cref="DerivedCases.All"/> if not given: one whose vectors and matrices hold
    /// whole numbers with ties, one whose numbers are in the thousands, and for each size that is 1 in no other input one in
    /// which it is. Fewer where the function is not defined there.
    /// </param>
    /// <param name="tolerance">How far a number may be off; <see cref="Tolerance.Default"/> if not given.</param>
    /// <param name="timeLimit">How long one check may take; 5 seconds if not given.</param>
    /// <param name="neverOne">
    /// Sizes that no input may have as 1, as the contract test names them (<c>x</c>, <c>rows of X</c>): the function is not
    /// defined there. Every other size is 1 in some input.
    /// </param>
    /// <param name="solutionText">Filled in by the compiler.</param>
    /// <param name="name">Filled in by the compiler: the member's name is also the function's.</param>
    /// <exception cref="ArgumentException">A case does not fit the signature, or the id is malformed.</exception>
    public FunctionExercise(
        string id, string title, string statement, TFunction solution,
        IReadOnlyList<object[]> cases,
        IReadOnlyList<string> hints,
        IReadOnlyList<KnownMistake<TFunction>> mistakes,
        Func<Random, object[]>? randomCase = null,
        Tolerance? tolerance = null,
        TimeSpan? timeLimit = null,
        DerivedCases derived = DerivedCases.All,
        IReadOnlyList<string>? neverOne = null,
        [CallerArgumentExpression(nameof(solution))] string solutionText = "",
        [CallerMemberName] string name = "")
        : base(id, title, statement, solution, solutionText, hints, mistakes, timeLimit, name)
    {
        if (Signature.ReturnType == typeof(void)) throw new ArgumentException($"The function of exercise {id} returns nothing that could be checked.", nameof(solution));

        (Tolerance, Derived, NeverOne) = (tolerance ?? Tolerance.Default, derived, neverOne ?? []);
        // The seed follows from the id, so that every exercise has inputs of its own and they never change.
        Random random = SeededRandom.Create(int.Parse(Lesson, System.Globalization.CultureInfo.InvariantCulture) * 100 + Number);
        object[][] drawn = [.. cases, .. randomCase is null ? [] : Enumerable.Range(0, RandomCases).Select(_ => randomCase(random))];
        foreach (object[] arguments in drawn) Signature.Require(id, arguments);
        Cases =
        [
            .. drawn,
            .. randomCase is null ? [] : DerivedCase.Of(derived, () => randomCase(random)).ToArray(),
            .. randomCase is null || !derived.HasFlag(DerivedCases.Single) ? [] : DerivedCase.Singles(InputSize.Of(Signature.Parameters, drawn), NeverOne, () => randomCase(random)),
        ];
        if (Cases.Count == 0) throw new ArgumentException($"Exercise {id} has no input to check an answer with.", nameof(cases));

        _solution = solution;
        _expected = new(() => CallAll(solution));
        _mistaken = new(() => [.. mistakes.SelectMany(mistake => mistake.Answers.Select(wrong => (mistake, CallAll(wrong)))).Where(known => known.mistake.HoldsWithoutNumbers || Call.AreTelling(known.Item2, _expected.Value, Tolerance))]);
    }

    /// <summary>How far a number may lie from the expected one.</summary>
    public Tolerance Tolerance { get; }

    /// <summary>Which inputs were made of drawn ones.</summary>
    public DerivedCases Derived { get; }

    /// <summary>Sizes that are never 1.</summary>
    public IReadOnlyList<string> NeverOne { get; }

    /// <summary>The inputs of a check: the fixed ones, then the random ones, then the derived ones.</summary>
    internal IReadOnlyList<object[]> Cases { get; }

    IReadOnlyList<object[]> IFunctionExercise.Cases => Cases;

    private protected override Verdict Judge(TFunction answer)
    {
        // An answer that could not be stopped may still be adding calls: only a snapshot is read.
        var made = new ConcurrentQueue<Call>();
        Watchdog.End end = Watchdog.Run(stop =>
        {
            foreach (object[] arguments in Cases)
            {
                Call call = Call.Of(answer, Signature, arguments);
                if (stop.IsCancellationRequested) return;
                made.Enqueue(call);
                if (call.Error is NotImplementedException) return;
            }
        }, TimeLimit);
        Call[] calls = [.. made];

        int stub = Array.FindIndex(calls, call => call.Error is NotImplementedException);
        if (stub >= 0) return Verdict.Stub(always: stub == 0);
        if (end != Watchdog.End.Finished) return Verdict.TimedOut(end, TimeLimit, Input(calls.Length));

        var findings = calls.Select((call, i) => call.Error is null ? Findings.Of(_expected.Value[i], call, Tolerance) : []).ToList();
        int first = Enumerable.Range(0, calls.Length).FirstOrDefault(i => calls[i].Error is not null || findings[i].Count > 0, -1);
        if (first < 0) return new Verdict(CheckOutcome.Passed, [new CardPart.Paragraph($"Right on {(Cases.Count == 1 ? "the one input" : $"all {Cases.Count} inputs")}: {Findings.Nearness(_expected.Value.Zip(calls), Tolerance)}.")]);

        KnownMistake? mistake = Recognise(calls);
        if (calls[first].Error is { } error)
        {
            string? why = mistake is null ? OutOfRange.Explain(answer, Signature, Cases[first], error) ?? Diagnose(calls) : null;
            return new Verdict(CheckOutcome.Crashed,
            [
                new CardPart.Paragraph($"Your code threw {Verdict.Describe(error)}"),
                .. Input(first),
                .. Advice(mistake, why),
            ], mistake, why);
        }

        string? pattern = mistake is null ? Diagnose(calls) : null;
        int right = Enumerable.Range(0, calls.Length).Count(i => calls[i].Error is null && findings[i].Count == 0);
        return new Verdict(CheckOutcome.Wrong,
        [
            .. Input(first),
            .. Findings.Of(_expected.Value[first], calls[first], Tolerance, explained: mistake is not null),
            .. Advice(mistake, pattern),
            new CardPart.Note(right == 0 ? $"None of the {Cases.Count} inputs comes out right." : $"{right} of {Cases.Count} inputs come out right."),
        ], mistake, pattern);
    }

    private string? Diagnose(IReadOnlyList<Call> calls) => Diagnosis.Of(Signature, _solution, Cases, _expected.Value, calls, Tolerance);

    private KnownMistake? Recognise(IReadOnlyList<Call> calls)
    {
        if (RepeatedBy(calls, Tolerance) is { } mistake) return mistake;
        // The same mistake written in another way may round further away. An answer that is nearly right makes no such mistake:
        // there the wider tolerance could not tell a known mistake from rounding.
        bool nearlyRight = _expected.Value.Zip(calls).All(pair => pair.First.IsRepeatedBy(pair.Second, Tolerance.ForMistakes));
        return nearlyRight ? null : RepeatedBy(calls, Tolerance.ForMistakes);
    }

    private KnownMistake? RepeatedBy(IReadOnlyList<Call> calls, Tolerance tolerance) =>
        _mistaken.Value.FirstOrDefault(known => known.Calls.Zip(calls).All(pair => pair.First.IsRepeatedBy(pair.Second, tolerance))).Mistake;

    private IEnumerable<CardPart> Input(int index) =>
    [
        new CardPart.Listing(
            $"Input {index + 1} of {Cases.Count}",
            string.Join('\n', Signature.Parameters.Zip(Cases[index], (name, argument) => ValueText.Named(name, Value.Of(argument))))),
    ];

    private IReadOnlyList<Call> CallAll(TFunction function) => [.. Cases.Select(arguments => Call.Of(function, Signature, arguments))];
}
