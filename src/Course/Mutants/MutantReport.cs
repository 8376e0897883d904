using System.Globalization;
using Spectre.Console;

namespace TransformerByHand.Course.Mutants;

/// <summary>What came of a run of mutants, for whoever adds an exercise.</summary>
internal static class MutantReport
{
    /// <summary>Writes a table, a row an exercise, and below it what an author has to look at.</summary>
    /// <param name="results">The results.</param>
    /// <param name="isWhole">Whether all mutants of these exercises were tried: then entries of the list that none met are told.</param>
    /// <param name="console">Where to write.</param>
    /// <returns>How many things there are to mend.</returns>
    public static int Write(IReadOnlyList<MutantResult> results, bool isWhole, IAnsiConsole console)
    {
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine("exercise  mutants  rejected  of these named  equivalent  survived");
        foreach (var exercise in results.GroupBy(result => result.Mutant.Piece.Exercise).OrderBy(group => group.Key, StringComparer.Ordinal)) output.WriteLine(Row(exercise.Key, [.. exercise]));
        output.WriteLine(Row("all", results));

        MutantResult[] survivors = [.. results.Where(result => result.Fate == MutantFate.Survived)];
        foreach (MutantResult survivor in survivors)
            output.WriteLine($"{survivor.Mutant.Piece}: the check takes this for right.\n    was: {survivor.Mutant.Was}\n    now: {survivor.Mutant.Now}");

        EquivalentMutant[] stale = !isWhole ? [] :
        [
            .. EquivalentMutants.All.Where(listed => results.Any(result => result.Mutant.Piece.Exercise == listed.Exercise)
                && !results.Any(result => result.Fate == MutantFate.Equivalent && listed.Describes(result.Mutant))),
        ];
        foreach (EquivalentMutant listed in stale)
            output.WriteLine($"{listed.Exercise}: listed as equivalent, but no mutant that passes is like it.\n    was: {listed.Was}\n    now: {listed.Now}");

        int rejected = results.Count(result => result.Fate is MutantFate.Rejected or MutantFate.Named), named = results.Count(result => result.Fate == MutantFate.Named);
        int answers = results.Count(result => result.Mutant.Piece.Implementation is null && result.Fate is MutantFate.Rejected or MutantFate.Named);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count} mutants: {rejected} rejected, {named} of {answers} answers named ({(answers == 0 ? 0 : 100.0 * named / answers):0} %), {results.Count(result => result.Fate == MutantFate.Equivalent)} equivalent, {survivors.Length} survived."));
        return survivors.Length + stale.Length;
    }

    /// <summary>Every mutant with what the check said of it, to be read.</summary>
    public static string Listing(IReadOnlyList<MutantResult> results) => string.Join("\n", results.Select(result =>
        $"{result.Mutant.Piece} [{result.Fate}, {result.Outcome}]\n    was: {result.Mutant.Was}\n    now: {result.Mutant.Now}\n    > {result.Sentence}\n"));

    private static string Row(string name, IReadOnlyList<MutantResult> results)
    {
        int Count(MutantFate fate) => results.Count(result => result.Fate == fate);
        return string.Create(CultureInfo.InvariantCulture, $"{name,-8}  {results.Count,7}  {Count(MutantFate.Rejected) + Count(MutantFate.Named),8}  {Count(MutantFate.Named),14}  {Count(MutantFate.Equivalent),10}  {Count(MutantFate.Survived),8}");
    }
}
