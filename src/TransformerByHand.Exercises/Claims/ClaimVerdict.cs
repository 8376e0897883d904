using System.Text.Json.Serialization;

namespace TransformerByHand.Exercises;

/// <summary>What the measurements say of a claim.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimVerdict>))]
public enum ClaimVerdict
{
    /// <summary>Not measured yet: a later lesson owns it.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>It is as the claim says.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,

    /// <summary>It is as the claim says under a condition, which the ledger states.</summary>
    [JsonStringEnumMemberName("holds with a condition")]
    HoldsWithCondition,

    /// <summary>It is not as the claim says; the ledger states what holds instead.</summary>
    [JsonStringEnumMemberName("does not hold as it is usually said")]
    DoesNotHold,
}
