using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Rows that tell pairs of a key and a value, and then ask: at each key that asks, the target is the value that it was told with.</summary>
/// <remarks>
/// <para>A pair is one token, <c>key · values + value</c>, so that no model has to find out first what stands beside what: asked is only whether an attention finds
/// a pair again. Behind the pairs stand the tokens that ask, <c>keys · values + key</c>, and behind those the answers, <c>keys · values + keys + value</c>. All keys of a row differ,
/// values may be the same. The pairs come first, then keys of the row in any order, as many as there is room for.</para>
/// <para>Source: Arora et al. 2023, 'Zoology: Measuring and Improving Recall in Efficient Language Models', §3.1 (multi-query associative recall). There key and value are two
/// tokens, and other tokens stand between those that ask.</para>
/// </remarks>
public sealed class RecallBatches : IBatchSource
{
    private readonly int keys;
    private readonly int values;
    private readonly int[] pairs;
    private readonly int sequences;
    private readonly int length;
    private readonly int seed;

    /// <summary>Draws rows.</summary>
    /// <param name="keys">How many different keys there are.</param>
    /// <param name="values">How many different values.</param>
    /// <param name="pairs">How many pairs a row tells: one of these numbers, drawn for each row; none above <paramref name="keys"/>.</param>
    /// <param name="sequences">How many rows a batch has.</param>
    /// <param name="length">How many tokens a row has: more than the largest number of pairs.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentException">No number of pairs is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or there are more pairs than keys or than a row has room for.</exception>
    public RecallBatches(int keys, int values, IReadOnlyList<int> pairs, int sequences, int length, int seed)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(values, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        if (pairs.Count == 0) throw new ArgumentException("A row needs a number of pairs, and none is given.", nameof(pairs));
        foreach (int count in pairs)
        {
            if (count < 1 || count > keys) throw new ArgumentOutOfRangeException(nameof(pairs), count, $"A row tells 1 to {keys} pairs, for there are {keys} keys; {count} was asked for.");
            if (count >= length) throw new ArgumentOutOfRangeException(nameof(length), length, $"A row of {length} tokens has no room for {count} pairs and a key that asks: it takes {count + 1} at least.");
        }
        (this.keys, this.values, this.pairs, this.sequences, this.length, this.seed) = (keys, values, [.. pairs], sequences, length, seed);
    }

    /// <inheritdoc/>
    public Batch MakeBatch() => new(sequences, length);

    /// <summary>How many tokens there are: pairs, keys that ask, answers.</summary>
    public int Vocabulary => keys * values + keys + values;

    /// <inheritdoc/>
    public void Fill(Batch batch, long number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var random = new StepRandom(seed, number);
        Span<int> shuffled = keys <= 1024 ? stackalloc int[keys] : new int[keys], valueOf = keys <= 1024 ? stackalloc int[keys] : new int[keys];
        for (int row = 0; row < sequences; row++)
        {
            int count = pairs[random.Next(pairs.Length)];
            for (int i = 0; i < keys; i++) shuffled[i] = i;
            for (int place = 0; place < length; place++)
            {
                int at = row * length + place;
                if (place < count)
                {
                    int drawn = place + random.Next(keys - place);            // one of those that have not been drawn
                    (shuffled[place], shuffled[drawn]) = (shuffled[drawn], shuffled[place]);
                    int key = shuffled[place];
                    valueOf[key] = random.Next(values);
                    (batch.Inputs[at], batch.Targets[at]) = (key * values + valueOf[key], Batch.Ignored);
                }
                else
                {
                    int key = shuffled[random.Next(count)];
                    (batch.Inputs[at], batch.Targets[at]) = (keys * values + key, keys * values + keys + valueOf[key]);
                }
            }
        }
    }
}
