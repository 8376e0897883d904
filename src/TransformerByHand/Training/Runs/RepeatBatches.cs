using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Rows of random tokens that repeat: after the first N, different from each other, the same N come again and again.</summary>
/// <remarks>
/// <para>
/// What comes next can be known from place N on, and only from what stands earlier in the same row: the tokens are drawn anew for
/// each. Only those places have a target. Source: Olsson et al. 2022, 'In-context Learning and Induction Heads'.
/// </para>
/// <para>
/// N is drawn for each row. Were it always the same, the token N − 1 places back would be the answer, and a single layer could
/// fetch it by its place without looking at any token.
/// </para>
/// </remarks>
public sealed class RepeatBatches : IBatchSource
{
    private readonly int vocabulary;
    private readonly int sequences;
    private readonly int length;
    private readonly int least;
    private readonly int most;
    private readonly int seed;

    /// <summary>Draws rows.</summary>
    /// <param name="vocabulary">How many different tokens there are.</param>
    /// <param name="sequences">How many rows a batch has.</param>
    /// <param name="length">How many tokens a row has.</param>
    /// <param name="least">The smallest N, at least 1.</param>
    /// <param name="most">The largest N: at most all tokens, and less than <paramref name="length"/>.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small or too large.</exception>
    public RepeatBatches(int vocabulary, int sequences, int length, int least, int most, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, vocabulary);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(most, length);
        (this.vocabulary, this.sequences, this.length, this.least, this.most, this.seed) = (vocabulary, sequences, length, least, most, seed);
    }

    /// <inheritdoc/>
    public Batch MakeBatch() => new(sequences, length);

    /// <inheritdoc/>
    public void Fill(Batch batch, long number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var random = new StepRandom(seed, number);
        Span<int> tokens = stackalloc int[vocabulary];
        for (int i = 0; i < sequences; i++)
        {
            int n = least + random.Next(most - least + 1);
            for (int j = 0; j < vocabulary; j++) tokens[j] = j;
            for (int j = 0; j < n; j++)
            {
                int k = j + random.Next(vocabulary - j);
                (tokens[j], tokens[k]) = (tokens[k], tokens[j]);
            }
            for (int j = 0; j < length; j++)
            {
                batch.Inputs[i * length + j] = tokens[j % n];
                batch.Targets[i * length + j] = j < n ? Batch.Ignored : tokens[(j + 1) % n];
            }
        }
    }
}
