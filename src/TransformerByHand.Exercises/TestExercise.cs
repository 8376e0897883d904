using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace TransformerByHand.Exercises;

/// <summary>
/// An exercise of the kind <em>write the test</em>: the answer is given an implementation and says whether it is right. It
/// must accept every correct implementation and reject every wrong one.
/// </summary>
/// <typeparam name="TTest">The signature of the test to write: one parameter of type <typeparamref name="TImplementation"/>, returning bool.</typeparam>
/// <typeparam name="TImplementation">The signature of what is tested.</typeparam>
public sealed class TestExercise<TTest, TImplementation> : Exercise<TTest>
    where TTest : Delegate
    where TImplementation : Delegate
{
    private readonly IReadOnlyList<Implementation<TImplementation>> _correct, _wrong;
    private readonly Lazy<IReadOnlyList<(KnownMistake<TTest> Mistake, IReadOnlyList<Opinion> Opinions)>> _mistaken;

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
        [CallerArgumentExpression(nameof(solution))] string solutionText = "",
        [CallerMemberName] string name = "")
        : base(id, title, statement, solution, solutionText, hints, mistakes, timeLimit, name)
    {
        System.Reflection.MethodInfo invoke = typeof(TTest).GetMethod("Invoke")!;
        if (invoke.ReturnType != typeof(bool) || invoke.GetParameters() is not [var parameter] || parameter.ParameterType != typeof(TImplementation))
            throw new ArgumentException($"A test in exercise {id} takes one {typeof(TImplementation).Name} and returns bool, but {typeof(TTest).Name} does not.", nameof(solution));
        if (correct.Count == 0 || wrong.Count == 0) throw new ArgumentException($"Exercise {id} needs a correct and a wrong implementation at least.", nameof(wrong));

        (_correct, _wrong) = (correct, wrong);
        _mistaken = new(() => [.. mistakes.SelectMany(mistake => mistake.Answers.Select(weak => (mistake, (IReadOnlyList<Opinion>)[.. Tried.Select(tried => OpinionOf(weak, tried.Code))])))]);
    }

    /// <summary>What a test thinks of one implementation, or what it threw.</summary>
    private sealed record Opinion(bool Accepts, Exception? Error);

    private IEnumerable<Implementation<TImplementation>> Tried => _correct.Concat(_wrong);

    private protected override Verdict Judge(TTest answer)
    {
        var given = new ConcurrentQueue<Opinion>();
        Watchdog.End end = Watchdog.Run(stop =>
        {
            foreach (Implementation<TImplementation> tried in Tried)
            {
                Opinion opinion = OpinionOf(answer, tried.Code);
                if (stop.IsCancellationRequested) return;
                given.Enqueue(opinion);
                if (opinion.Error is NotImplementedException) return;
            }
        }, TimeLimit);
        Opinion[] opinions = [.. given];

        int stub = Array.FindIndex(opinions, opinion => opinion.Error is NotImplementedException);
        if (stub >= 0) return Verdict.Stub(always: stub == 0);
        if (end != Watchdog.End.Finished)
            return Verdict.TimedOut(end, TimeLimit, [new CardPart.Paragraph($"It was trying {Introduce(opinions.Length)}.")]);

        KnownMistake? mistake = _mistaken.Value.FirstOrDefault(known => known.Opinions.Zip(opinions).All(pair => IsSame(pair.First, pair.Second))).Mistake;
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

        string? pattern = opinions.All(opinion => opinion.Accepts) ? "Your test says yes to everything."
            : opinions.All(opinion => !opinion.Accepts) ? "Your test says no to everything, to correct implementations too."
            : null;
        return new Verdict(CheckOutcome.Wrong,
        [
            .. Misjudged($"It turns away {turnedAway.Length} of {Count(_correct.Count, "correct implementation")}:", turnedAway),
            .. Misjudged($"It lets through {letThrough.Length} of {Count(_wrong.Count, "wrong implementation")}:", letThrough),
            .. Advice(mistake, pattern),
        ], mistake);
    }

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
