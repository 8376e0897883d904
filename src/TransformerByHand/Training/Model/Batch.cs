namespace TransformerByHand.Training.Model;

/// <summary>Some sequences of token ids that go through a model together, and what it should say at each place.</summary>
/// <remarks>A batch is filled, used and filled again; nothing in it is allocated after it is made.</remarks>
public sealed class Batch
{
    /// <summary>A target that is not counted: padding, or a token that was not hidden.</summary>
    public const int Ignored = CrossEntropy.Ignored;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="sequences">How many sequences, at least 1.</param>
    /// <param name="length">How many places each has, at least 1.</param>
    /// <param name="sourceLength">How many places each source has, for an encoder–decoder; otherwise 0.</param>
    public Batch(int sequences, int length, int sourceLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(sourceLength);
        (Sequences, Length, SourceLength) = (sequences, length, sourceLength);
        Inputs = new int[sequences * length];
        Targets = new int[sequences * length];
        Source = new int[sequences * sourceLength];
        Lengths = new int[sequences];
        SourceLengths = new int[sequences];
        Lengths.AsSpan().Fill(length);
        SourceLengths.AsSpan().Fill(sourceLength);
        Targets.AsSpan().Fill(Ignored);
    }

    /// <summary>How many sequences there are.</summary>
    public int Sequences { get; }

    /// <summary>How many places each sequence has, padding included.</summary>
    public int Length { get; }

    /// <summary>How many places each source has, padding included.</summary>
    public int SourceLength { get; }

    /// <summary>The token at each place, from 0 to V − 1 (sequences × length, row by row).</summary>
    public int[] Inputs { get; }

    /// <summary>What the model should say at each place (sequences × length, row by row), from 0 to V − 1, or <see cref="Ignored"/>.</summary>
    public int[] Targets { get; }

    /// <summary>How many places of each sequence (sequences) hold a token: the rest, at its end, is padding that nobody attends to.</summary>
    public int[] Lengths { get; }

    /// <summary>The token at each place of the sources of an encoder–decoder (sequences × source length, row by row).</summary>
    public int[] Source { get; }

    /// <summary>How many places of each source hold a token.</summary>
    public int[] SourceLengths { get; }

    /// <summary>How many targets are counted.</summary>
    public int CountTargets()
    {
        int count = 0;
        foreach (int target in Targets)
            if (target != Ignored) count++;
        return count;
    }
}
