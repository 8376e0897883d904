using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Multi-head attention: h heads attend side by side, each in a narrower space, and W_O mixes what they bring.</summary>
/// <remarks>
/// <para>
/// Forward. One wide projection makes the queries of all heads; head i owns the i-th block of d_k columns. That is the same as h
/// narrow projections, and costs as much as one head of full width:
/// </para>
/// <code>
/// Q = X·W_Q + b_Q             (n × h·d_k)     K = M·W_K + b_K   (m × h·d_k)     V = M·W_V + b_V   (m × h·d_v)
/// O_i = attention(Q_i, K_i, V_i)              (n × d_v)     for each head i, on its own columns
/// O = [O_1 … O_h]             (n × h·d_v)     side by side
/// Y = O·W_O + b_O             (n × d_model)
/// </code>
/// <para>
/// Heads may share keys and values (grouped-query attention). There are then g heads of keys and values, g divides h, and W_K and W_V are narrower,
/// (d_M × g·d_k): query head i reads the keys and values of head ⌊i / (h/g)⌋, so that neighbours share. g = h is the above; g = 1 is
/// multi-query attention. Backward, a shared head of keys receives the sum of what its readers send:
/// </para>
/// <code>
/// dK_j = Σ dK_i,   dV_j = Σ dV_i                  over the h/g query heads i that read head j
/// </code>
/// <para>
/// Where places are told by the attention itself, each head turns its queries and keys (<see cref="UseRotary"/>) or takes something off the
/// scores of keys far away (<see cref="UseALiBi"/>). Backward, dQ_i and dK_i are turned back.
/// </para>
/// <para>
/// Seen from W_O: let W_O,i be its i-th block of d_v rows. Then O·W_O = Σ_i O_i·W_O,i. Every head writes into the output through
/// its own rows, and the writes add up.
/// </para>
/// <para>Backward. First W_O, then each head on its own columns, then the three projections:</para>
/// <code>
/// dW_O = Oᵀ·dY        db_O = Σ dY        dO = dY·W_Oᵀ
/// dQ_i, dK_i, dV_i    from dO_i, see ScaledDotProductAttention; side by side they are dQ, dK, dV
/// dW_Q = Xᵀ·dQ        dW_K = Mᵀ·dK        dW_V = Mᵀ·dV        db_Q = Σ dQ,  db_K = Σ dK,  db_V = Σ dV
/// dX   = dQ·W_Qᵀ      dM = dK·W_Kᵀ + dV·W_Vᵀ
/// </code>
/// <para>
/// In self-attention M is X, and dX is the sum of both. (db_K is always zero: b_K adds ⟨q_i, b_K⟩ to a whole row of scores, and
/// softmax does not see what a whole row has in common.)
/// </para>
/// <para>
/// Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.2.2; for the writes, Elhage et al. 2021, 'A Mathematical Framework for
/// Transformer Circuits'; for shared keys and values, Shazeer 2019, 'Fast Transformer Decoding', and Ainslie et al. 2023, 'GQA'.
/// </para>
/// </remarks>
public sealed class MultiHeadAttention : ILayer<MultiHeadAttentionTrace, MultiHeadAttentionGradients>
{
    /// <summary>Makes a layer with given parameters, which are aliased.</summary>
    /// <param name="h">The number of heads, at least 1.</param>
    /// <param name="W_Q">Makes queries (d_model × h·d_k).</param>
    /// <param name="W_K">Makes keys (d_M × g·d_k).</param>
    /// <param name="W_V">Makes values (d_M × g·d_v).</param>
    /// <param name="W_O">Mixes the heads (h·d_v × d_model).</param>
    /// <param name="b_Q">Bias of the queries (h·d_k), or null.</param>
    /// <param name="b_K">Bias of the keys (g·d_k), or null.</param>
    /// <param name="b_V">Bias of the values (g·d_v), or null.</param>
    /// <param name="b_O">Bias of the output (d_model), or null.</param>
    /// <param name="g">The number of heads of keys and values, which divides h; h where it is null.</param>
    /// <exception cref="ArgumentException">A parameter is empty or not finite, the shapes do not fit each other, a width is no multiple of h, or g does not divide h.</exception>
    /// <exception cref="ArgumentOutOfRangeException">h or g is below 1.</exception>
    public MultiHeadAttention(
        int h,
        Matrix<double> W_Q,
        Matrix<double> W_K,
        Matrix<double> W_V,
        Matrix<double> W_O,
        Vector<double>? b_Q = null,
        Vector<double>? b_K = null,
        Vector<double>? b_V = null,
        Vector<double>? b_O = null,
        int? g = null)
    {
        Require.Positive(h);
        RequireGroups(h, g ?? h);
        Require.NotEmpty(W_Q);
        Require.NotEmpty(W_K);
        Require.NotEmpty(W_V);
        Require.NotEmpty(W_O);
        Require.Finite(W_Q);
        Require.MultipleOf(h, W_Q.ColumnCount, "W_Q");
        Require.Shape(W_K, W_K.RowCount, W_Q.ColumnCount / h * (g ?? h));
        Require.Shape(W_V, W_K.RowCount, W_V.ColumnCount);
        Require.MultipleOf(g ?? h, W_V.ColumnCount, "W_V");
        Require.Shape(W_O, W_V.ColumnCount / (g ?? h) * h, W_O.ColumnCount);
        if (b_Q is not null) Require.Length(b_Q, W_Q.ColumnCount);
        if (b_K is not null) Require.Length(b_K, W_K.ColumnCount);
        if (b_V is not null) Require.Length(b_V, W_V.ColumnCount);
        if (b_O is not null) Require.Length(b_O, W_O.ColumnCount);

        (this.h, this.g) = (h, g ?? h);
        (this.W_Q, this.W_K, this.W_V, this.W_O) = (W_Q, W_K, W_V, W_O);
        (this.b_Q, this.b_K, this.b_V, this.b_O) = (b_Q, b_K, b_V, b_O);
    }

    /// <summary>Makes a layer with random weights and zero biases, with d_k = d_v = d_model / h.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="h">The number of heads, which divides <paramref name="dModel"/>.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="dropout">Drops attention weights while training, or null for none.</param>
    /// <param name="useRotary">Whether queries and keys are turned by their places.</param>
    /// <param name="useALiBi">Whether scores fall with the distance.</param>
    /// <param name="g">The number of heads of keys and values, which divides <paramref name="h"/>; as many where it is null.</param>
    /// <param name="kind">How weights are made.</param>
    /// <exception cref="ArgumentException">h does not divide d_model, or g does not divide h.</exception>
    /// <exception cref="ArgumentOutOfRangeException">d_model, h or g is below 1.</exception>
    public static MultiHeadAttention Random(Random random, int dModel, int h, bool bias = true, Dropout? dropout = null, bool useRotary = false, bool useALiBi = false, int? g = null, AttentionKind kind = AttentionKind.Softmax)
    {
        Require.Positive(dModel);
        Require.Positive(h);
        RequireGroups(h, g ?? h);
        int shared = g is null || g == h ? dModel : dModel / h * g.Value;   // g·d_k
        Vector<double>? Bias(int width) => bias ? Vector<double>.Build.Dense(width) : null;
        return new(
            h,
            random.Glorot(dModel, dModel), random.Glorot(dModel, shared), random.Glorot(dModel, shared), random.Glorot(dModel, dModel),
            Bias(dModel), Bias(shared), Bias(shared), Bias(dModel), g)
        {
            Dropout = dropout ?? Dropout.None, UseRotary = useRotary, UseALiBi = useALiBi, Kind = kind,
        };
    }

    /// <summary>The number of heads.</summary>
    public int h { get; }

    /// <summary>The number of heads of keys and values: h, or fewer that are shared.</summary>
    public int g { get; }

    /// <summary>Makes queries (d_model × h·d_k).</summary>
    public Matrix<double> W_Q { get; }

    /// <summary>Makes keys (d_M × g·d_k).</summary>
    public Matrix<double> W_K { get; }

    /// <summary>Makes values (d_M × g·d_v).</summary>
    public Matrix<double> W_V { get; }

    /// <summary>Mixes the heads (h·d_v × d_model).</summary>
    public Matrix<double> W_O { get; }

    /// <summary>Bias of the queries (h·d_k), or null.</summary>
    public Vector<double>? b_Q { get; }

    /// <summary>Bias of the keys (g·d_k), or null.</summary>
    public Vector<double>? b_K { get; }

    /// <summary>Bias of the values (g·d_v), or null.</summary>
    public Vector<double>? b_V { get; }

    /// <summary>Bias of the output (d_model), or null.</summary>
    public Vector<double>? b_O { get; }

    /// <summary>Drops attention weights while training; none unless set.</summary>
    public Dropout Dropout { get; init; } = Dropout.None;

    /// <summary>How weights are made. Linear attention takes a causal mask, padding aside, and no dropout; its traces are <see cref="LinearHeadsTrace"/>.</summary>
    public AttentionKind Kind { get; init; }

    /// <summary>Whether queries and keys are turned by their places, see <see cref="RotaryPositions"/>; the traces of the heads show them turned.</summary>
    /// <remarks>Where X and M have different lengths, X are the last tokens of M, as in generation.</remarks>
    public bool UseRotary { get; init; }

    /// <summary>Whether scores fall with the distance, see <see cref="ALiBi"/>; the mask is then to be causal.</summary>
    /// <remarks>Where X and M have different lengths, X are the last tokens of M, as in generation.</remarks>
    public bool UseALiBi { get; init; }

    /// <inheritdoc/>
    public ParameterSet Parameters =>
    [
        new(nameof(W_Q), W_Q), new(nameof(W_K), W_K), new(nameof(W_V), W_V), new(nameof(W_O), W_O),
        .. Parameter.Optional(nameof(b_Q), b_Q), .. Parameter.Optional(nameof(b_K), b_K), .. Parameter.Optional(nameof(b_V), b_V), .. Parameter.Optional(nameof(b_O), b_O),
    ];

    /// <summary>Self-attention without a mask, in evaluation.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width.</exception>
    public (Matrix<double> Y, MultiHeadAttentionTrace Trace) Forward(Matrix<double> X) => Forward(X, mask: null);

    /// <summary>Self-attention: the tokens attend to each other.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="mask">Which token may attend to which (n × n), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> Y, MultiHeadAttentionTrace Trace) Forward(Matrix<double> X, Mask? mask, Random? random = null) =>
        Forward(X, X, mask, random);

    /// <summary>Cross-attention: the tokens X attend to the tokens M. With M the same object as X, it is self-attention.</summary>
    /// <param name="X">The tokens that ask (n × d_model).</param>
    /// <param name="M">The tokens that are asked (m × d_M).</param>
    /// <param name="mask">Which of X may attend to which of M (n × m), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X or M is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> Y, MultiHeadAttentionTrace Trace) Forward(Matrix<double> X, Matrix<double> M, Mask? mask, Random? random = null)
    {
        Require.Tokens(X, W_Q.RowCount);
        Require.Tokens(M, W_K.RowCount);

        var Q = X.Project(W_Q, b_Q);                            // (n × h·d_k)
        var K = M.Project(W_K, b_K);                            // (m × g·d_k)
        var V = M.Project(W_V, b_V);                            // (m × g·d_v)

        if (Kind is AttentionKind.Linear) return ForwardLinear(X, M, mask, Q, K, V);

        var heads = new AttentionTrace[h];
        for (int i = 0; i < h; i++)
        {
            int j = i / (h / g);
            var (Q_i, K_i, V_i) = (Q.ColumnBlock(i, h), K.ColumnBlock(j, g), V.ColumnBlock(j, g));
            if (UseRotary) (Q_i, K_i) = (RotaryPositions.Turn(Q_i, FirstPlace(X, M)), RotaryPositions.Turn(K_i));
            var B_i = UseALiBi ? ALiBi.Bias(X.RowCount, M.RowCount, ALiBi.Slopes(h)[i]) : null;
            (_, heads[i]) = ScaledDotProductAttention.Forward(Q_i, K_i, V_i, mask, dropout: Dropout, random: random, bias: B_i);
        }

        var O = heads.Select(head => head.O).SideBySide();      // (n × h·d_v)
        var Y = O.Project(W_O, b_O);                            // (n × d_model)

        return (Y, new MultiHeadAttentionTrace(X, M, Q, K, V, heads, O, Y));
    }

    private (Matrix<double> Y, MultiHeadAttentionTrace Trace) ForwardLinear(Matrix<double> X, Matrix<double> M, Mask? mask, Matrix<double> Q, Matrix<double> K, Matrix<double> V)
    {
        if (UseRotary || UseALiBi || g != h)
            throw new InvalidOperationException($"Linear attention has no {(UseRotary ? "rotary positions" : UseALiBi ? "linear biases" : "shared keys and values")} here.");
        int n = X.RowCount;
        if (M.RowCount != n)
            throw new ArgumentException($"M has {M.RowCount} tokens and X {n}, but should be X: linear attention runs over one sequence.", nameof(M));
        mask?.RequireSize(n, n, nameof(mask));
        // A running sum holds what came before: all of it, or all but padding.
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (mask is null || mask[i, j] != (j <= i && mask[j, j]))
                    throw new ArgumentException($"mask {(mask is null ? "is null" : $"{(mask[i, j] ? "allows" : "does not allow")} ({i}, {j})")}, but should be causal, padding aside: linear attention runs from the first token to the last.", nameof(mask));
        bool[] isPadding = [.. Enumerable.Range(0, n).Select(j => !mask![j, j])];

        var heads = Enumerable.Range(0, h).Select(i => LinearAttention.Forward(Q.ColumnBlock(i, h), K.ColumnBlock(i, h), V.ColumnBlock(i, h), isPadding).Trace).ToArray();
        var O = heads.Select(head => head.O).SideBySide();      // (n × h·d_v)
        var Y = O.Project(W_O, b_O);                            // (n × d_model)
        return (Y, new LinearHeadsTrace(new(X, M, Q, K, V, [], O, Y), heads));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward(Matrix{double}, Mask?, Random?)"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public MultiHeadAttentionGradients Backward(MultiHeadAttentionTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var (X, M) = (trace.X, trace.M);

        var dW_O = trace.O.Transpose() * dY;                    // (h·d_v × d_model)
        var dO = dY * W_O.Transpose();                          // (n × h·d_v)

        var heads = new AttentionGradients[trace.Heads.Count];
        for (int i = 0; i < heads.Length; i++)
            heads[i] = ScaledDotProductAttention.Backward(trace.Heads[i], dO.ColumnBlock(i, h));
        IReadOnlyList<(Matrix<double> dQ, Matrix<double> dK, Matrix<double> dV)> inside = trace is LinearHeadsTrace linear
            ? [.. linear.LinearHeads.Select((head, i) => LinearAttention.Backward(head, dO.ColumnBlock(i, h))).Select(d => (d.dQ, d.dK, d.dV))]
            : [.. heads.Select(d => (d.dQ, d.dK, d.dV))];

        var dQ = inside.Select(head => UseRotary ? RotaryPositions.TurnBack(head.dQ, FirstPlace(X, M)) : head.dQ).SideBySide();   // (n × h·d_k)
        var dK = inside.Select(head => UseRotary ? RotaryPositions.TurnBack(head.dK) : head.dK).Chunk(h / g).Select(Sum).SideBySide();   // (m × g·d_k)
        var dV = inside.Select(head => head.dV).Chunk(h / g).Select(Sum).SideBySide();   // (m × g·d_v)

        var dX = dQ * W_Q.Transpose();                          // (n × d_model)
        var dM = dK * W_K.Transpose() + dV * W_V.Transpose();   // (m × d_M)

        return new MultiHeadAttentionGradients(
            dX: trace.IsSelfAttention ? dX + dM : dX,
            dM: trace.IsSelfAttention ? null : dM,
            dW_Q: X.Transpose() * dQ,                           // (d_model × h·d_k)
            dW_K: M.Transpose() * dK,                           // (d_M × g·d_k)
            dW_V: M.Transpose() * dV,                           // (d_M × g·d_v)
            dW_O,
            db_Q: b_Q is null ? null : dQ.ColumnSums(),         // (h·d_k)
            db_K: b_K is null ? null : dK.ColumnSums(),         // (g·d_k)
            db_V: b_V is null ? null : dV.ColumnSums(),         // (g·d_v)
            db_O: b_O is null ? null : dY.ColumnSums(),         // (d_model)
            dO,
            heads);
    }

    /// <summary>Returns what each head writes into the output through its own rows of W_O: O_i·W_O,i.</summary>
    /// <remarks>Their sum, with b_O added to every token, is the layer's output.</remarks>
    /// <param name="trace">What the forward pass kept.</param>
    /// <returns>One matrix (n × d_model) for each head.</returns>
    public IReadOnlyList<Matrix<double>> HeadWrites(MultiHeadAttentionTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return [.. Enumerable.Range(0, h).Select(i => trace.O.ColumnBlock(i, h) * W_O.RowBlock(i, h))];
    }

    private static Matrix<double> Sum(Matrix<double>[] ofGroup) => ofGroup.Aggregate((a, b) => a + b);

    private static void RequireGroups(int h, int g)
    {
        Require.Positive(g);
        if (h % g != 0)
            throw new ArgumentException($"g is {g}, but should divide h, which is {h}: as many query heads share each head of keys and values.", nameof(g));
    }

    /// <summary>The place of the first of X among M.</summary>
    private static int FirstPlace(Matrix<double> X, Matrix<double> M) => M.RowCount - X.RowCount;
}

/// <summary>What multi-head attention computed on its way.</summary>
/// <param name="X">The tokens that ask (n × d_model).</param>
/// <param name="M">The tokens that are asked (m × d_M); in self-attention, X.</param>
/// <param name="Q">Queries of all heads, side by side (n × h·d_k).</param>
/// <param name="K">Keys of all heads (m × h·d_k), or g·d_k wide where heads share them.</param>
/// <param name="V">Values of all heads (m × h·d_v), or g·d_v wide where heads share them.</param>
/// <param name="Heads">What each head computed, with its weights A; none where attention is linear.</param>
/// <param name="O">The heads' outputs, side by side (n × h·d_v).</param>
/// <param name="Y">The output O·W_O + b_O (n × d_model).</param>
public record MultiHeadAttentionTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_M")] Matrix<double> M,
    [property: Shape("tokens × h·d_k")] Matrix<double> Q,
    [property: Shape("tokens × h·d_k")] Matrix<double> K,
    [property: Shape("tokens × h·d_v")] Matrix<double> V,
    IReadOnlyList<AttentionTrace> Heads,
    [property: Shape("tokens × h·d_v")] Matrix<double> O,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace
{
    /// <summary>Whether the tokens attended to each other.</summary>
    public bool IsSelfAttention => ReferenceEquals(X, M);
}

/// <summary>What multi-head attention computed where it was linear: its heads have running sums, and no weights.</summary>
public sealed record LinearHeadsTrace : MultiHeadAttentionTrace
{
    internal LinearHeadsTrace(MultiHeadAttentionTrace attention, IReadOnlyList<LinearAttentionTrace> heads)
        : base(attention) => LinearHeads = heads;

    /// <summary>What each head computed.</summary>
    public IReadOnlyList<LinearAttentionTrace> LinearHeads { get; }
}

/// <summary>What <see cref="MultiHeadAttention.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model): through the queries, and in self-attention through keys and values too.</param>
/// <param name="dM">∂L/∂M (m × d_M) in cross-attention; null in self-attention, where it is part of dX.</param>
/// <param name="dW_Q">∂L/∂W_Q (d_model × h·d_k).</param>
/// <param name="dW_K">∂L/∂W_K (d_M × h·d_k).</param>
/// <param name="dW_V">∂L/∂W_V (d_M × h·d_v).</param>
/// <param name="dW_O">∂L/∂W_O (h·d_v × d_model).</param>
/// <param name="db_Q">∂L/∂b_Q (h·d_k); null where there is no such bias.</param>
/// <param name="db_K">∂L/∂b_K (h·d_k), zero but for rounding; null where there is no such bias.</param>
/// <param name="db_V">∂L/∂b_V (h·d_v); null where there is no such bias.</param>
/// <param name="db_O">∂L/∂b_O (d_model); null where there is no such bias.</param>
/// <param name="dO">∂L/∂O (n × h·d_v).</param>
/// <param name="Heads">The gradients inside each head; none where attention is linear.</param>
public sealed record MultiHeadAttentionGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_M")] Matrix<double>? dM,
    [property: Shape("d_model × h·d_k")] Matrix<double> dW_Q,
    [property: Shape("d_M × h·d_k")] Matrix<double> dW_K,
    [property: Shape("d_M × h·d_v")] Matrix<double> dW_V,
    [property: Shape("h·d_v × d_model")] Matrix<double> dW_O,
    [property: Shape("h·d_k")] Vector<double>? db_Q,
    [property: Shape("h·d_k")] Vector<double>? db_K,
    [property: Shape("h·d_v")] Vector<double>? db_V,
    [property: Shape("d_model")] Vector<double>? db_O,
    [property: Shape("tokens × h·d_v")] Matrix<double> dO,
    IReadOnlyList<AttentionGradients> Heads) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), .. Parameter.Optional("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        new(nameof(MultiHeadAttention.W_Q), dW_Q), new(nameof(MultiHeadAttention.W_K), dW_K), new(nameof(MultiHeadAttention.W_V), dW_V), new(nameof(MultiHeadAttention.W_O), dW_O),
        .. Parameter.Optional(nameof(MultiHeadAttention.b_Q), db_Q), .. Parameter.Optional(nameof(MultiHeadAttention.b_K), db_K), .. Parameter.Optional(nameof(MultiHeadAttention.b_V), db_V), .. Parameter.Optional(nameof(MultiHeadAttention.b_O), db_O),
    ];
}
