namespace TransformerByHand.Training.Model;

/// <summary>Which rows a worker computes: whole sequences of a batch, or a few places of one sequence.</summary>
/// <param name="FirstSequence">The first sequence.</param>
/// <param name="Sequences">How many.</param>
/// <param name="Length">How many rows each sequence has.</param>
/// <param name="From">The first place; above 0 only when a single sequence is continued.</param>
/// <param name="Places">How many places.</param>
internal readonly record struct Slice(int FirstSequence, int Sequences, int Length, int From, int Places)
{
    public static Slice Whole(int firstSequence, int sequences, int length) => new(firstSequence, sequences, length, 0, length);

    public int FirstRow => FirstSequence * Length + From;

    public int Rows => Sequences * Places;
}
