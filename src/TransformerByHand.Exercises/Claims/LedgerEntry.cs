using System.Text.Json.Serialization;

namespace TransformerByHand.Exercises;

/// <summary>A row of the claims ledger: a statement that is often made about transformers, and what came of measuring it.</summary>
public sealed record LedgerEntry
{
    /// <summary>A letter and a number: N3.</summary>
    public required string Id { get; init; }

    /// <summary>What is said.</summary>
    public required string Claim { get; init; }

    /// <summary>The two digits of the lesson that measures it, or will.</summary>
    public required string Lesson { get; init; }

    /// <summary>Whether it is measured in the laboratory beside that lesson, not in the lesson itself.</summary>
    public bool Lab { get; init; }

    /// <summary>Where it is measured, in words: "lesson 01", "laboratory 01".</summary>
    [JsonIgnore]
    public string Place => $"{(Lab ? "laboratory" : "lesson")} {Lesson}";

    /// <summary>The id of the lesson's cell that shows the claim card; null while the claim is waiting.</summary>
    public string? Cell { get; init; }

    /// <summary>What the measurements say.</summary>
    public required ClaimVerdict Verdict { get; init; }

    /// <summary>The condition, where the claim holds under one.</summary>
    public string? Condition { get; init; }

    /// <summary>What holds, where the claim does not.</summary>
    public string? Instead { get; init; }

    /// <summary>The numbers that settle it; none while the claim is waiting.</summary>
    public IReadOnlyList<LedgerFigure> Figures { get; init; } = [];

    /// <summary>The verdict in words.</summary>
    [JsonIgnore]
    public string VerdictText => Verdict switch
    {
        ClaimVerdict.Waiting => "Waiting",
        ClaimVerdict.Holds => "Holds",
        ClaimVerdict.HoldsWithCondition => "Holds with a condition",
        _ => "Does not hold as it is usually said",
    };
}
