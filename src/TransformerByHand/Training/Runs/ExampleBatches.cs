using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Sequences of different lengths, drawn at random and filled up with padding that is neither seen nor counted.</summary>
/// <remarks>
/// With <see cref="HideProbability"/> above 0 the batches are those of a masked model (Devlin et al. 2018): some tokens are
/// replaced by a mask, and only they have a target.
/// </remarks>
public sealed class ExampleBatches : IBatchSource
{
    private readonly IReadOnlyList<Example> examples;
    private readonly int sequences;
    private readonly int length;
    private readonly int sourceLength;
    private readonly int seed;

    /// <summary>Draws from a list.</summary>
    /// <param name="examples">The list, not empty.</param>
    /// <param name="sequences">How many a batch has.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentException">The list is empty, or an example has another number of targets than of inputs.</exception>
    public ExampleBatches(IReadOnlyList<Example> examples, int sequences, int seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        if (examples.Count == 0) throw new ArgumentException("There is no example to draw.", nameof(examples));
        foreach (var example in examples)
            if (example.Inputs.Length != example.Targets.Length)
                throw new ArgumentException($"An example has {example.Inputs.Length} inputs and {example.Targets.Length} targets; it should have as many of both.", nameof(examples));
        (this.examples, this.sequences, this.seed) = (examples, sequences, seed);
        length = examples.Max(example => example.Inputs.Length);
        sourceLength = examples.Max(example => example.Source?.Length ?? 0);
    }

    /// <summary>How likely a token is hidden.</summary>
    public double HideProbability { get; init; }

    /// <summary>The token that hides another.</summary>
    public int MaskId { get; init; }

    /// <summary>The token that fills up.</summary>
    public int PaddingId { get; init; }

    /// <inheritdoc/>
    public Batch MakeBatch() => new(sequences, length, sourceLength);

    /// <inheritdoc/>
    public void Fill(Batch batch, long number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var random = new StepRandom(seed, number);
        for (int i = 0; i < sequences; i++)
        {
            var example = examples[random.Next(examples.Count)];
            var inputs = batch.Inputs.AsSpan(i * length, length);
            var targets = batch.Targets.AsSpan(i * length, length);
            Put(example.Inputs, inputs, PaddingId);
            Put(example.Targets, targets, Batch.Ignored);
            batch.Lengths[i] = example.Inputs.Length;
            if (HideProbability > 0) Hide(ref random, inputs[..example.Inputs.Length], targets);
            if (example.Source is not { } source) continue;
            Put(source, batch.Source.AsSpan(i * sourceLength, sourceLength), PaddingId);
            batch.SourceLengths[i] = source.Length;
        }
    }

    private void Hide(ref StepRandom random, Span<int> inputs, Span<int> targets)
    {
        targets.Fill(Batch.Ignored);
        int sure = random.Next(inputs.Length); // at least one, so that every sequence teaches something
        for (int i = 0; i < inputs.Length; i++)
        {
            if (random.NextDouble() >= HideProbability && i != sure) continue;
            targets[i] = inputs[i];
            inputs[i] = MaskId;
        }
    }

    private static void Put(int[] ids, Span<int> into, int filler)
    {
        ids.CopyTo(into);
        into[ids.Length..].Fill(filler);
    }
}
