using System.Text.Json;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Mutants;

/// <summary>A mutant that does what its original does, and why.</summary>
/// <param name="Exercise">The exercise's id.</param>
/// <param name="Was">The line as it is; after a <c>~</c>, a regular expression that is found in it.</param>
/// <param name="Now">The changed line, or a regular expression that is found in it.</param>
/// <param name="Reason">Why no check can tell them apart, or why both are right.</param>
internal sealed record EquivalentMutant(string Exercise, string Was, string Now, string Reason)
{
    /// <summary>Whether the mutant is meant.</summary>
    public bool Describes(Mutant mutant) =>
        Exercise == mutant.Piece.Exercise && Fits(Was, mutant.Was) && Fits(Now, mutant.Now);

    private static bool Fits(string pattern, string line) => pattern.StartsWith('~') ? Regex.IsMatch(line, pattern[1..]) : pattern == line;
}

/// <summary>The one place in which mutants are listed that no check can, or should, tell from their originals.</summary>
internal static class EquivalentMutants
{
    /// <summary>All of them, from <c>equivalent.json</c> beside this file.</summary>
    public static IReadOnlyList<EquivalentMutant> All { get; } = Load();

    private static IReadOnlyList<EquivalentMutant> Load()
    {
        using Stream list = typeof(EquivalentMutants).Assembly.GetManifestResourceStream("equivalent-mutants.json")!;
        return JsonSerializer.Deserialize<List<EquivalentMutant>>(list, JsonSerializerOptions.Web)!;
    }
}
