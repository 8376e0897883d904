using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>One head of attention over one sequence: O = softmax(QKᵀ/√d_k) V, block of queries by block of queries.</summary>
/// <remarks>
/// Backward, with A the weights: dV = AᵀdO, dA = dO Vᵀ, dS = softmax's gradient at dA, dQ = dS K/√d_k, dK = dSᵀ Q/√d_k.
/// The scale is inside the softmax and its gradient; a bias is a constant and has no gradient. A query that sees no key gets a zero output.
/// </remarks>
internal readonly ref struct AttentionHead
{
    private const int BlockSize = AttentionPattern.BlockSize;

    public required Pass Pass { get; init; }

    public required Scratch Scratch { get; init; }

    public required AttentionPattern Pattern { get; init; }

    /// <summary>How many of the keys are tokens; the rest is padding.</summary>
    public required int VisibleKeys { get; init; }

    public required float Dropout { get; init; }

    /// <summary>Tells this attention's dropout from others'.</summary>
    public required uint Site { get; init; }

    /// <summary>Where this head's weights begin in the numbering that dropout uses.</summary>
    public required long Place { get; init; }

    /// <summary>
    /// What is added to the scores before they are scaled, by distance: the last number for a key at the query's own place, the one before
    /// for the key before. Empty where there is no bias.
    /// </summary>
    public required ReadOnlySpan<float> Bias { get; init; }

    private KernelSet Kernels => Pass.Kernels;

    /// <summary>Computes O for the queries from place <paramref name="from"/> on.</summary>
    /// <param name="q">Q (queries × d_k), the first one at place <paramref name="from"/>.</param>
    /// <param name="k">K (keys × d_k).</param>
    /// <param name="v">V (keys × d_k).</param>
    /// <param name="o">O (queries × d_k).</param>
    /// <param name="from">The place of the first query.</param>
    /// <param name="kept">Where the weights are kept for the backward pass; empty if there is none.</param>
    /// <param name="sharing">Whether K and V are those of the head before, which has left them packed.</param>
    public void Forward(MatrixSpan q, MatrixSpan k, MatrixSpan v, MatrixSpan o, int from, Span<float> kept, bool sharing)
    {
        var keysPacked = Packed(k.Transposed, Scratch.PackedA, sharing);
        var valuesPacked = Packed(v, Scratch.PackedB, sharing);
        for (int first = 0; first < q.Rows; first += BlockSize)
        {
            int rows = Math.Min(BlockSize, q.Rows - first);
            var (low, high) = Pattern.BlockKeys(from + first, from + first + rows - 1, k.Rows);
            int size = rows * (high - low);
            var weights = new MatrixSpan(kept.IsEmpty ? Scratch.Scores : kept[..size], rows, high - low);
            if (!kept.IsEmpty) kept = kept[size..];

            Kernels.Multiply(q.RowRange(first, rows), keysPacked.ColumnRange(low, high - low), default, weights);
            for (int i = 0; i < rows; i++)
                SoftmaxOfVisible(weights.Numbers.Slice(i * weights.Columns, weights.Columns), from + first + i, low, 1 / MathF.Sqrt(k.Columns));
            Kernels.Multiply(AfterDropout(weights, from + first, low), valuesPacked.RowRange(low, high - low), default, o.RowRange(first, rows));
        }
    }

    /// <summary>Replaces Q, K and V by their gradients.</summary>
    /// <param name="q">Q, which becomes dQ.</param>
    /// <param name="k">K, which becomes dK.</param>
    /// <param name="v">V, which becomes dV.</param>
    /// <param name="dO">The gradient at O.</param>
    /// <param name="kept">The weights that the forward pass kept.</param>
    /// <param name="sharing">Whether K and V were those of the head before: they are its gradients by now, and this head's are added.</param>
    public void Backward(MatrixSpan q, MatrixSpan k, MatrixSpan v, MatrixSpan dO, ReadOnlySpan<float> kept, bool sharing)
    {
        var keysPacked = Packed(k, Scratch.PackedA, sharing);
        var valuesPacked = Packed(v.Transposed, Scratch.PackedB, sharing);
        if (!sharing)
        {
            Clear(k);
            Clear(v);
        }
        for (int first = 0; first < q.Rows; first += BlockSize)
        {
            int rows = Math.Min(BlockSize, q.Rows - first);
            var (low, high) = Pattern.BlockKeys(first, first + rows - 1, k.Rows);
            int keys = high - low;
            var weights = kept[..(rows * keys)];
            kept = kept[(rows * keys)..];

            // dV = AᵀdO, with the weights as they were multiplied: after dropout.
            weights.CopyTo(Scratch.Dropped);
            var dropped = new MatrixSpan(Scratch.Dropped, rows, keys);
            Drop(dropped, first, low);
            var dOBlock = dO.RowRange(first, rows);
            var dVBlock = v.RowRange(low, keys);
            Kernels.Multiply(dropped.Transposed, Kernels.Pack(dOBlock, Scratch.PackedBlock), dVBlock, dVBlock);

            // dA = dO Vᵀ, and dS in its place.
            var scores = new MatrixSpan(Scratch.Scores, rows, keys);
            Kernels.Multiply(dOBlock, valuesPacked.ColumnRange(low, keys), default, scores);
            Drop(scores, first, low);
            for (int i = 0; i < rows; i++)
                Kernels.SoftmaxBackward(weights.Slice(i * keys, keys), scores.Numbers.Slice(i * keys, keys), 1 / MathF.Sqrt(k.Columns));

            // dK = dSᵀQ while Q is still there, then dQ = dS K over it.
            var qBlock = q.RowRange(first, rows);
            var dKBlock = k.RowRange(low, keys);
            Kernels.Multiply(scores.Transposed, Kernels.Pack(qBlock, Scratch.PackedBlock), dKBlock, dKBlock);
            Kernels.Multiply(scores, keysPacked.RowRange(low, keys), default, qBlock);
        }
    }

    /// <summary>Softmax of the scores that the query sees; the others get weight 0.</summary>
    private void SoftmaxOfVisible(Span<float> row, int query, int low, float scale)
    {
        var (from, to) = Pattern.Visible(query, VisibleKeys);
        (from, to) = (Math.Clamp(from - low, 0, row.Length), Math.Clamp(to - low, 0, row.Length));
        if (from >= to)
        {
            row.Clear();
            return;
        }
        row[..from].Clear();
        row[to..].Clear();
        if (!Bias.IsEmpty) Kernels.Add(Bias.Slice(Bias.Length - 1 - (query - low - from), to - from), row[from..to]);
        Kernels.Softmax(row[from..to], scale);
    }

    private MatrixSpan AfterDropout(MatrixSpan weights, int firstQuery, int low)
    {
        if (!Pass.Training || Dropout == 0) return weights;
        weights.Numbers[..(weights.Rows * weights.Columns)].CopyTo(Scratch.Dropped);
        var dropped = new MatrixSpan(Scratch.Dropped, weights.Rows, weights.Columns);
        Drop(dropped, firstQuery, low);
        return dropped;
    }

    private void Drop(MatrixSpan block, int firstQuery, int low)
    {
        if (Dropout == 0) return;
        for (int i = 0; i < block.Rows; i++)
            Pass.Drop(block.Numbers.Slice(i * block.Columns, block.Columns), Dropout, Site, Place + (long)(firstQuery + i) * KeyStride + low);
    }

    /// <summary>The keys of a sequence, for numbering weights.</summary>
    public required int KeyStride { get; init; }

    private PackedView Packed(MatrixSpan matrix, Span<float> room, bool already) =>
        already ? Kernels.AsPacked(room, matrix.Rows, matrix.Columns) : Kernels.Pack(matrix, room);

    private static void Clear(MatrixSpan matrix)
    {
        for (int i = 0; i < matrix.Rows; i++)
            matrix.Numbers.Slice(i * matrix.RowStride, matrix.Columns).Clear();
    }
}
