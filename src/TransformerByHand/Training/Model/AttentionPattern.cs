namespace TransformerByHand.Training.Model;

/// <summary>Which keys each query sees, and how attention is cut into blocks of queries so that only those are computed.</summary>
/// <remarks>
/// A block is <see cref="BlockSize"/> queries and the keys that any of them sees, rounded out to multiples of the block
/// size. With causal attention that is half of the n² pairs; with a window of w it is about n·(w + block), so memory grows
/// with n and not with n².
/// </remarks>
/// <param name="Causal">Whether a query sees only the keys up to its own place.</param>
/// <param name="Window">How many keys a query sees, its own included; 0 means all.</param>
internal readonly record struct AttentionPattern(bool Causal, int Window)
{
    /// <summary>How many queries are computed together; a multiple of every kernel's strip width.</summary>
    public const int BlockSize = 32;

    /// <summary>The keys, from the first to before the second, that query <paramref name="query"/> sees.</summary>
    public (int From, int To) Visible(int query, int keys)
    {
        int from = 0, to = keys;
        if (Causal)
        {
            to = Math.Min(to, query + 1);
            if (Window > 0) from = Math.Max(0, query + 1 - Window);
        }
        else if (Window > 0)
        {
            from = Math.Max(0, query - (Window - 1) / 2);
            to = Math.Min(to, query + (Window - 1) / 2 + 1);
        }
        return (from, to);
    }

    /// <summary>The keys that a block computes for queries from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public (int From, int To) BlockKeys(int first, int last, int keys)
    {
        int from = Math.Min(Visible(first, keys).From, keys - 1), to = Math.Max(Visible(last, keys).To, from + 1);
        return (from / BlockSize * BlockSize, Math.Min(keys, (to + BlockSize - 1) / BlockSize * BlockSize));
    }

    /// <summary>How many weights the blocks of one head hold.</summary>
    public int WeightCount(int queries, int keys)
    {
        int count = 0;
        for (int first = 0; first < queries; first += BlockSize)
        {
            int last = Math.Min(queries, first + BlockSize) - 1;
            var (from, to) = BlockKeys(first, last, keys);
            count += (last - first + 1) * (to - from);
        }
        return count;
    }

    /// <summary>How many weights the largest block holds.</summary>
    public int LargestBlock(int queries, int keys)
    {
        int largest = 0;
        for (int first = 0; first < queries; first += BlockSize)
        {
            var (from, to) = BlockKeys(first, Math.Min(queries, first + BlockSize) - 1, keys);
            largest = Math.Max(largest, BlockSize * (to - from));
        }
        return largest;
    }
}
