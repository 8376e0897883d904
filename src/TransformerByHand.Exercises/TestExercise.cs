using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>
/// An exercise of the kind <em>write the test</em>: the answer is given an implementation and says whether it is right. It
/// must accept every correct implementation and reject every wrong one.
/// </summary>
/// <typeparam name="TTest">The signature of the test to write: one parameter of type <typeparamref name="TImplementation"/>, returning bool.</typeparam>
/// <typeparam name="TImplementation">The signature of what is tested.</typeparam>
public sealed class TestExercise<TTest, TImplementation> : Exercise<TTest>, ITestExercise
    where TTest : Delegate
    where TImplementation : Delegate
{
    private readonly IReadOnlyList<Implementation<TImplementation>> _correct, _wrong, _telltales;
    private readonly Signature _tested = new(typeof(TImplementation));
    private readonly IReadOnlyList<string> _parameters;
    private readonly IReadOnlyList<TImplementation> _probes;
    private readonly Lazy<IReadOnlyList<(KnownMistake<TTest> Mistake, Trial Trial)>> _mistaken;

    /// <summary>Declares an exercise.</summary>
    /// <param name="id">The lesson and the number in it: "00.3".</param>
    /// <param name="title">A few words.</param>
    /// <param name="statement">What to write, in Markdown.</param>
    /// <param name="solution">The reference test, written here as a lambda: its source is what learners are shown.</param>
    /// <param name="correct">Implementations that a good test accepts; the sentence says why each is right.</param>
    /// <param name="wrong">Implementations that a good test rejects; the sentence says what is wrong with each.</param>
    /// <param name="hints">The ladder of hints, the gentlest first.</param>
    /// <param name="mistakes">Weak or too strict tests to recognise.</param>
    /// <param name="timeLimit">How long one check may take; 5 seconds if not given.</param>
    /// <param name="errors">
    /// Which small errors the first correct implementation is given, to make further wrong ones of it: those that every test
    /// of the kind should notice, <see cref="SmallErrors.All"/> if not given. A test of a property, which other numbers may
    /// have as well, takes <see cref="SmallErrors.None"/>.
    /// </param>
    /// <param name="telltales">
    /// Implementations that are tried only on a test which says no to everything: one that it accepts has the numbers that the
    /// test takes for the right ones, and its sentence says what the test does wrong.
    /// </param>
    /// <param name="solutionText">Filled in by the compiler.</param>
    /// <param name="name">Filled in by the compiler: the member's name is also the function's.</param>
    /// <exception cref="ArgumentException">The signature is not a test's, a list is empty, or the id is malformed.</exception>
    public TestExercise(
        string id, string title, string statement, TTest solution,
        IReadOnlyList<Implementation<TImplementation>> correct,
        IReadOnlyList<Implementation<TImplementation>> wrong,
        IReadOnlyList<string> hints,
        IReadOnlyList<KnownMistake<TTest>> mistakes,
        TimeSpan? timeLimit = null,
        SmallErrors errors = SmallErrors.All,
        IReadOnlyList<Implementation<TImplementation>>? telltales = null,
        [CallerArgumentExpression(nameof(solution))] string solutionText = "",
        [CallerMemberName] string name = "")
        : base(id, title, statement, solution, solutionText, hints, mistakes, timeLimit, name)
    {
        System.Reflection.MethodInfo invoke = typeof(TTest).GetMethod("Invoke")!;
        if (invoke.ReturnType != typeof(bool) || invoke.GetParameters() is not [var parameter] || parameter.ParameterType != typeof(TImplementation))
            throw new ArgumentException($"A test in exercise {id} takes one {typeof(TImplementation).Name} and returns bool, but {typeof(TTest).Name} does not.", nameof(solution));
        if (correct.Count == 0 || wrong.Count == 0) throw new ArgumentException($"Exercise {id} needs a correct and a wrong implementation at least.", nameof(wrong));

        System.Reflection.MethodInfo invokeOfTested = typeof(TImplementation).GetMethod("Invoke")!;
        // Sizes of their own have only matrices of which there are several.
        bool hasSizes = invokeOfTested.GetParameters().Count(parameter => parameter.ParameterType == typeof(double[,]) || parameter.ParameterType == typeof(Matrix<double>)) > 1;
        Errors = !Altered.HoldsNumbers(invokeOfTested.ReturnType) ? SmallErrors.None : hasSizes ? errors : errors & ~SmallErrors.Sizes;
        (_correct, _telltales) = (correct, telltales ?? []);
        // A delegate type such as Func has no names for its parameters, but the code has.
        _parameters = [.. correct[0].Code.Method.GetParameters().Select(parameter => parameter.Name!)];
        _wrong = [.. wrong, .. Erring.Implementations(correct[0].Code, _tested, Errors)];
        _probes = Errors == SmallErrors.None ? [] : Erring.Probes(correct[0].Code, _tested);
        _mistaken = new(() => [.. mistakes.SelectMany(mistake => mistake.Answers.Select(weak => (mistake, Try(weak, CancellationToken.None))))]);
    }

    /// <summary>Which wrong implementations were made of the first correct one by a small error.</summary>
    public SmallErrors Errors { get; }

    IReadOnlyList<string> ITestExercise.WrongNames => [.. _wrong.Select(wrong => wrong.Name)];

    // The reference test is given an implementation that is moved towards the right one by the room, number by number.
    Delegate ITestExercise.Loose(double room) => Signature.Make(tests => Signature.Invoke(ReferenceSolution,
    [
        _tested.Make(arguments =>
        {
            double[] right = [.. Value.Of(_tested.Invoke(_correct[0].Code, [.. arguments.Select(DeepCopy.Of)])).Places().Select(place => place.Entry).OfType<double>()];
            object? result = _tested.Invoke((Delegate)tests[0]!, arguments);
            return Altered.Of(result, (place, number) => place < right.Length && Math.Abs(number - right[place]) <= room ? right[place] : number);
        }),
    ]));

    /// <summary>What a test thinks of one implementation, or what it threw.</summary>
    private sealed record Opinion(bool Accepts, Exception? Error);

    /// <summary>All that trying a test brought to light.</summary>
    /// <param name="Opinions">What it thinks of each implementation, as far as it came.</param>
    /// <param name="Probed">What it thinks of implementations with larger errors, which tell what it looks at.</param>
    /// <param name="Given">What it gave to the first correct implementation, call by call.</param>
    /// <param name="Told">Where it says no to everything: what the telltale that it accepts says of it, if it accepts one.</param>
    private sealed record Trial(IReadOnlyList<Opinion> Opinions, IReadOnlyList<Opinion> Probed, IReadOnlyList<Value[]> Given, string? Told = null)
    {
        /// <summary>What all of its inputs have in common that hides mistakes.</summary>
        public IReadOnlyList<string> Narrowness(IReadOnlyList<string> parameters) => NarrowInputs.Of(parameters, Given);
    }

    private IEnumerable<Implementation<TImplementation>> Tried => _correct.Concat(_wrong);

    private protected override Verdict Judge(TTest answer)
    {
        Trial trial = new([], [], []);
        var given = new ConcurrentQueue<Opinion>();
        Watchdog.End end = Watchdog.Run(stop => trial = Try(answer, stop, given), TimeLimit);
        Opinion[] opinions = [.. given];

        int stub = Array.FindIndex(opinions, opinion => opinion.Error is NotImplementedException);
        if (stub >= 0) return Verdict.Stub(always: stub == 0);
        if (end != Watchdog.End.Finished)
            return Verdict.TimedOut(end, TimeLimit, [new CardPart.Paragraph($"It was trying {Introduce(opinions.Length)}.")]);

        KnownMistake? mistake = Recognise(trial);
        int crash = Array.FindIndex(opinions, opinion => opinion.Error is not null);
        if (crash >= 0)
        {
            return new Verdict(CheckOutcome.Crashed,
            [
                new CardPart.Paragraph($"Your test threw {Verdict.Describe(opinions[crash].Error!)}"),
                new CardPart.Paragraph($"It was trying {Introduce(crash)}. " + (crash < _correct.Count
                    ? "That one is right, so the mistake is in your test."
                    : "A test should say `false` to what is wrong, not break on it: look at lengths before you look at numbers.")),
                .. Advice(mistake, null),
            ], mistake);
        }

        string[] turnedAway = [.. _correct.Where((_, i) => !opinions[i].Accepts).Select(Sentence)];
        string[] letThrough = [.. _wrong.Where((_, i) => opinions[_correct.Count + i].Accepts).Select(Sentence)];
        if (turnedAway.Length + letThrough.Length == 0)
        {
            return new Verdict(CheckOutcome.Passed,
            [
                new CardPart.Paragraph($"Your test accepts {Count(_correct.Count, "correct implementation")} and rejects {Count(_wrong.Count, "wrong one")}:"),
                new CardPart.Items([.. _wrong.Select(wrong => wrong.Name)]),
            ]);
        }

        string? pattern = mistake is not null ? null
            : opinions.All(opinion => opinion.Accepts) ? "Your test says yes to everything."
            : SaysNo(opinions) ? "Your test says no to everything, to correct implementations too." + (trial.Told is { } told ? $" {told}" : "")
            : Diagnose(trial, letThrough.Length > 0);
        return new Verdict(CheckOutcome.Wrong,
        [
            .. Misjudged($"It turns away {turnedAway.Length} of {Count(_correct.Count, "correct implementation")}:", turnedAway),
            .. Misjudged($"It lets through {letThrough.Length} of {Count(_wrong.Count, "wrong implementation")}:", letThrough),
            .. Advice(mistake, pattern),
        ], mistake, pattern);
    }

    // The first correct implementation is tried once more with a listener, which hears what inputs the test chooses.
    private Trial Try(TTest test, CancellationToken stop, ConcurrentQueue<Opinion>? given = null)
    {
        var opinions = new List<Opinion>();
        foreach (Implementation<TImplementation> tried in Tried)
        {
            Opinion opinion = OpinionOf(test, tried.Code);
            if (stop.IsCancellationRequested) break;
            opinions.Add(opinion);
            given?.Enqueue(opinion);
            if (opinion.Error is NotImplementedException) return new Trial(opinions, [], []);
        }

        var heard = new ConcurrentQueue<Value[]>();
        OpinionOf(test, (TImplementation)_tested.Make(arguments =>
        {
            if (heard.Count < 1000) heard.Enqueue([.. arguments.Select(argument => Value.Of(argument))]);
            return _tested.Invoke(_correct[0].Code, arguments);
        }));
        var probed = new List<Opinion>();
        foreach (TImplementation probe in _probes)
        {
            if (stop.IsCancellationRequested) break;
            probed.Add(OpinionOf(test, probe));
        }
        string? told = !SaysNo(opinions) ? null : _telltales.FirstOrDefault(telltale => !stop.IsCancellationRequested && OpinionOf(test, telltale.Code).Accepts)?.Sentence;
        return new Trial(opinions, probed, [.. heard], told);
    }

    // Two tests may judge all implementations alike for different reasons: they are the same mistake only if they look at the
    // same numbers as closely, and if their inputs hide the same things. A known mistake that calls nothing says nothing of inputs.
    private KnownMistake? Recognise(Trial trial) => _mistaken.Value.FirstOrDefault(known =>
        AreSame(known.Trial.Opinions, trial.Opinions) && AreSame(known.Trial.Probed, trial.Probed)
        && (known.Trial.Given.Count == 0 || known.Trial.Narrowness(_parameters).SequenceEqual(trial.Narrowness(_parameters)))).Mistake;

    private static bool SaysNo(IReadOnlyList<Opinion> opinions) => opinions.All(opinion => !opinion.Accepts);

    private string? Diagnose(Trial trial, bool isWeak)
    {
        if (!isWeak) return null;
        if (trial.Given.Count == 0) return "Your test does not call what it is given.";
        string[] reasons = [.. Erring.Seen([.. trial.Probed.Select(opinion => opinion.Accepts)]) is { } seen ? [seen] : Array.Empty<string>(), .. trial.Narrowness(_parameters).Take(3)];
        return reasons.Length == 0 ? null : string.Join(" ", reasons);
    }

    private static bool AreSame(IReadOnlyList<Opinion> known, IReadOnlyList<Opinion> opinions) =>
        known.Count == opinions.Count && known.Zip(opinions).All(pair => IsSame(pair.First, pair.Second));

    private static IEnumerable<CardPart> Misjudged(string introduction, string[] sentences) =>
        sentences.Length == 0 ? [] : [new CardPart.Paragraph(introduction), new CardPart.Items(sentences)];

    private static string Sentence(Implementation<TImplementation> implementation) => $"{implementation.Name}: {implementation.Sentence}";

    private string Introduce(int index) =>
        $"the {(index < _correct.Count ? "correct" : "wrong")} implementation that {Tried.ElementAt(index).Name}";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private Opinion OpinionOf(TTest test, TImplementation implementation)
    {
        try
        {
            return new Opinion((bool)Signature.Invoke(test, [implementation])!, null);
        }
        catch (Exception e)
        {
            return new Opinion(false, e);
        }
    }

    private static bool IsSame(Opinion known, Opinion opinion) =>
        known.Accepts == opinion.Accepts && known.Error?.GetType() == opinion.Error?.GetType();
}
