using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>What a lesson shows of a claim: the statement, the figures measured in the lesson beside the ledger's, and the verdict.</summary>
/// <remarks>The verdict is shown only where every figure was measured and agrees; otherwise the card says what is amiss.</remarks>
public sealed class ClaimCard : Card
{
    private ClaimCard(Tone tone, string headline, string subject, IEnumerable<CardPart> parts, bool confirmed)
        : base(tone, headline, subject, parts) => Confirmed = confirmed;

    /// <summary>Whether the claim is in the ledger with a verdict, and the measurements are the ledger's figures, all of them.</summary>
    public bool Confirmed { get; }

    internal static ClaimCard Of(LedgerEntry entry, IReadOnlyList<(string Name, double Value)> measured)
    {
        string[] problems = [.. Problems(entry, measured)];
        bool confirmed = problems.Length == 0;
        var parts = new List<CardPart> { new CardPart.Paragraph(entry.Claim) };
        if (entry.Figures.Count + measured.Count > 0) parts.Add(new CardPart.Shown(Figures(entry, measured)));
        if (!confirmed) parts.Add(problems is [string only] ? new CardPart.Advice(only) : new CardPart.Items(problems));
        else if ((entry.Condition ?? entry.Instead) is { } qualification) parts.Add(new CardPart.Advice(qualification));

        return new ClaimCard(
            confirmed ? ToneOf(entry.Verdict) : Tone.Bad,
            confirmed ? entry.VerdictText : "Not confirmed",
            $"Claim {entry.Id}", parts, confirmed);
    }

    internal static ClaimCard Unknown(string? id, IReadOnlyList<LedgerEntry> ledger) =>
        new(Tone.Bad, "Not confirmed", $"Claim {id}",
            [new CardPart.Advice($"The ledger has no claim `{id}`. It has {string.Join(", ", ledger.Select(entry => entry.Id))}.")], confirmed: false);

    private static IEnumerable<string> Problems(LedgerEntry entry, IReadOnlyList<(string Name, double Value)> measured)
    {
        if (entry.Verdict == ClaimVerdict.Waiting)
        {
            yield return $"The ledger has no verdict on this claim yet: it is waiting for {entry.Place}.";
            yield break;
        }
        foreach ((string name, double value) in measured)
        {
            LedgerFigure? figure = Find(entry, name);
            if (figure is null)
                yield return $"The ledger has no figure named `{name}` under {entry.Id}. It has {string.Join(", ", entry.Figures.Select(known => $"`{known.Name}`"))}.";
            else if (!figure.Agrees(value))
                yield return $"`{name}` came out as {Numbers.Format(value, 5)}; the ledger says {figure.Expected}.";
        }
        foreach (LedgerFigure figure in entry.Figures)
        {
            int times = measured.Count(one => one.Name == figure.Name);
            if (times == 0) yield return $"`{figure.Name}` was not measured here; the ledger says {figure.Expected}.";
            if (times > 1) yield return $"`{figure.Name}` is given {times} times.";
        }
    }

    private static Table Figures(LedgerEntry entry, IReadOnlyList<(string Name, double Value)> measured) => new("figure", "measured here", "ledger", "")
    {
        Rows =
        [
            .. measured.Select(one => Find(entry, one.Name) is { } figure
                ? new object?[] { one.Name, figure.Measured(one.Value), figure.Expected, figure.Agrees(one.Value) ? "agrees" : "off" }
                : [one.Name, Numbers.Format(one.Value, 5), "", "not in the ledger"]),
            .. entry.Figures.Where(figure => measured.All(one => one.Name != figure.Name))
                .Select(figure => new object?[] { figure.Name, "", figure.Expected, "not measured" }),
        ],
    };

    private static LedgerFigure? Find(LedgerEntry entry, string name) => entry.Figures.FirstOrDefault(figure => figure.Name == name);

    private static Tone ToneOf(ClaimVerdict verdict) => verdict switch
    {
        ClaimVerdict.Holds => Tone.Good,
        ClaimVerdict.HoldsWithCondition => Tone.Open,
        _ => Tone.Bad,
    };
}
