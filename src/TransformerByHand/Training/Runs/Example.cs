using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>One sequence of a batch: what goes in, and what should be said at each place.</summary>
/// <param name="Inputs">The tokens.</param>
/// <param name="Targets">As many targets, some of them <see cref="Batch.Ignored"/>.</param>
/// <param name="Source">The source of an encoder–decoder, or null.</param>
public sealed record Example(int[] Inputs, int[] Targets, int[]? Source = null)
{
    /// <summary>A sequence in which each token is to be predicted from those before it.</summary>
    /// <param name="ids">The tokens, at least two.</param>
    public static Example NextToken(int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new(ids[..^1], ids[1..]);
    }

    /// <summary>A target to be written, token by token, after reading a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target, from the token that begins it to the one that ends it.</param>
    public static Example Translation(int[] source, int[] target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target[..^1], target[1..], source);
    }
}
