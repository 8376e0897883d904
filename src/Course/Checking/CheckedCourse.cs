using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Checking;

/// <summary>What the rules look at.</summary>
/// <param name="Lessons">The lessons to check.</param>
/// <param name="Ledger">The claims.</param>
/// <param name="Exercises">The exercises that are declared.</param>
/// <param name="IsWhole">Whether <paramref name="Lessons"/> are all there are, so that what is in none of them is missing.</param>
internal sealed record CheckedCourse(
    IReadOnlyList<CheckedLesson> Lessons, IReadOnlyList<LedgerEntry> Ledger, IReadOnlyList<Exercise> Exercises, bool IsWhole);
