using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Exercises;

/// <summary>The claims ledger: every statement that the course tests, and what came of it.</summary>
/// <remarks>
/// The rows are those of <c>notebooks/claims.json</c>, compiled into this library. Notebooks import this class with
/// <c>using static</c>.
/// </remarks>
public static class Claims
{
    private static readonly Lazy<IReadOnlyList<LedgerEntry>> Rows = new(Read);

    /// <summary>All claims, in the order of the ledger.</summary>
    public static IReadOnlyList<LedgerEntry> All => Rows.Value;

    /// <summary>Returns the claim of that id, or null.</summary>
    public static LedgerEntry? Find(string id) => All.FirstOrDefault(entry => entry.Id == id);

    /// <summary>Shows a claim with the figures that the lesson measured, and the verdict if they are the ledger's.</summary>
    /// <param name="id">The claim's id: "N3".</param>
    /// <param name="measured">Every figure that the ledger has for it, by name: <c>("σ, divided by N", sigma)</c>.</param>
    public static ClaimCard Claim(string id, params (string Name, double Value)[] measured) =>
        Find(id) is { } entry ? ClaimCard.Of(entry, measured ?? []) : ClaimCard.Unknown(id, All);

    private static IReadOnlyList<LedgerEntry> Read()
    {
        using Stream stream = typeof(Claims).Assembly.GetManifestResourceStream("claims.json")!;
        return Parse(stream);
    }

    /// <summary>Reads a ledger.</summary>
    /// <exception cref="JsonException">The text is not a ledger.</exception>
    internal static IReadOnlyList<LedgerEntry> Parse(Stream json) =>
        JsonSerializer.Deserialize<Ledger>(json, Format)?.Claims ?? throw new JsonException("A ledger is an object with a list of claims.");

    // A misspelt field would otherwise be dropped without a word, and its row would lack a condition or its figures.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private sealed record Ledger(IReadOnlyList<LedgerEntry> Claims);
}
