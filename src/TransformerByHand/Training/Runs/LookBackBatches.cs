using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Rows of random tokens in which the target at each place is the token that stands some places before it.</summary>
/// <remarks>What a token is does not help to find the answer: a model has to know how far back it looks. The first places, where nothing stands so far back, have no target.</remarks>
public sealed class LookBackBatches : IBatchSource
{
    private readonly int vocabulary;
    private readonly int sequences;
    private readonly int length;
    private readonly int back;
    private readonly int seed;

    /// <summary>Draws rows.</summary>
    /// <param name="vocabulary">How many different tokens there are.</param>
    /// <param name="sequences">How many rows a batch has.</param>
    /// <param name="length">How many tokens a row has.</param>
    /// <param name="back">How many places back the answer stands, from 1; less than <paramref name="length"/>.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small or too large.</exception>
    public LookBackBatches(int vocabulary, int sequences, int length, int back, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(back, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(back, length);
        (this.vocabulary, this.sequences, this.length, this.back, this.seed) = (vocabulary, sequences, length, back, seed);
    }

    /// <inheritdoc/>
    public Batch MakeBatch() => new(sequences, length);

    /// <inheritdoc/>
    public void Fill(Batch batch, long number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var random = new StepRandom(seed, number);
        for (int i = 0; i < sequences * length; i++)
        {
            batch.Inputs[i] = random.Next(vocabulary);
            batch.Targets[i] = i % length < back ? Batch.Ignored : batch.Inputs[i - back];
        }
    }
}
