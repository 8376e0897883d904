namespace TransformerByHand.Course.Mutants;

/// <summary>One piece of a declaration that is mutated: a reference solution, or an implementation that a test has to accept.</summary>
/// <param name="Exercise">The exercise's id.</param>
/// <param name="Implementation">The name of the correct implementation, or null for the solution.</param>
internal sealed record MutatedPiece(string Exercise, string? Implementation)
{
    public override string ToString() => Implementation is null ? Exercise : $"{Exercise}, {Implementation}";
}

/// <summary>A piece of code with one small change.</summary>
/// <param name="Number">Its number in this run.</param>
/// <param name="Piece">What was changed.</param>
/// <param name="Was">The lines that were changed, as they stand in the declaration.</param>
/// <param name="Now">The lines that stand there instead; empty where something was left out.</param>
/// <param name="Source">A member of the lesson's class, named <c>Mutant_NUMBER</c>, that returns the changed delegate.</param>
internal sealed record Mutant(int Number, MutatedPiece Piece, string Was, string Now, string Source);

/// <summary>What became of a mutant.</summary>
internal enum MutantFate
{
    /// <summary>The check turned it away, and said no more than that its numbers are wrong.</summary>
    Rejected,

    /// <summary>The check turned it away and said what it does wrong.</summary>
    Named,

    /// <summary>The check took it for right, and it is listed as one that does the same as the original.</summary>
    Equivalent,

    /// <summary>The check took it for right.</summary>
    Survived,
}

/// <summary>A mutant and what the check made of it.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Outcome">How the check ended: Wrong, Crashed, …</param>
/// <param name="Sentence">What it said was done wrong, or null.</param>
internal sealed record MutantResult(Mutant Mutant, MutantFate Fate, string Outcome, string? Sentence);
