using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Pieces of one long text; at each place the target is the next token.</summary>
public sealed class TextBatches : IBatchSource
{
    private readonly int[] ids;
    private readonly int sequences;
    private readonly int length;
    private readonly int seed;

    /// <summary>Draws pieces at random.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="sequences">How many pieces a batch has.</param>
    /// <param name="length">How many tokens a piece has.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentException">The text is not longer than a piece.</exception>
    public TextBatches(int[] ids, int sequences, int length, int seed)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (ids.Length <= length)
            throw new ArgumentException($"The text has {ids.Length} tokens; pieces of {length} tokens and the token after them need at least {length + 1}.", nameof(ids));
        (this.ids, this.sequences, this.length, this.seed) = (ids, sequences, length, seed);
    }

    /// <inheritdoc/>
    public Batch MakeBatch() => new(sequences, length);

    /// <inheritdoc/>
    public void Fill(Batch batch, long number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var random = new StepRandom(seed, number);
        for (int i = 0; i < sequences; i++)
        {
            int first = random.Next(ids.Length - length);
            ids.AsSpan(first, length).CopyTo(batch.Inputs.AsSpan(i * length));
            ids.AsSpan(first + 1, length).CopyTo(batch.Targets.AsSpan(i * length));
        }
    }
}
