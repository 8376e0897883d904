using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>A transformer in float32 with its backward pass: decoder-only, encoder-only or encoder–decoder.</summary>
/// <remarks>
/// <para>A training step has three rounds of parallel work, and between them nothing is left to do:</para>
/// <list type="number">
/// <item>The weights are packed for the matrix product.</item>
/// <item>
/// The sequences are shared out. A worker takes a few sequences forward through every layer, computes their loss, and
/// carries the gradient back to their embeddings: sequences never meet on that way, and what belongs to one stays in its
/// core's cache. Along the way the inputs of every matrix, and the gradients at its outputs, stay in buffers.
/// </item>
/// <item>The gradients of the weights, which are sums over all tokens, are computed from these buffers, each entry by one worker.</item>
/// </list>
/// Every number is computed by one worker in one order, so the number of workers changes no bit of any result. All
/// buffers are made in the constructor; a step allocates nothing.
/// </remarks>
public sealed class FastTransformer
{
    // Sequences are taken together until they have about this many tokens: enough rows for the matrix product to pay.
    private const int TokensAtOnce = 128;

    private readonly Stack? encoder;
    private readonly Stack decoder;
    private readonly Projection output;
    private readonly RowBuffer logits;
    private readonly float[] losses;
    private readonly Pass pass;
    private readonly Scratch[] scratch;
    private readonly WorkerTeam team;
    private readonly Projection[] projections;
    private readonly Job packForward;
    private readonly Job packBackward;
    private readonly Job sequences;
    private readonly Job weightGradients;
    private readonly Job sums;

    private Batch batch = new(1, 1);
    private int sequencesAtOnce;
    private bool wantLogits;
    private bool wantLoss;
    private float smoothing;
    private float gradientScale;

    /// <summary>Makes a model with all weights 0; see <see cref="InitialWeights"/>.</summary>
    /// <param name="shape">Its sizes and choices.</param>
    /// <param name="sequences">How many sequences of length <see cref="ModelShape.Context"/> a batch has at most.</param>
    /// <param name="threads">How many threads work; one for each core when not given. Results do not depend on it.</param>
    /// <param name="kernels">The kernels; the widest this machine has when not given.</param>
    /// <exception cref="ArgumentException">The shape is not one of a model, or a number is below 1.</exception>
    public FastTransformer(ModelShape shape, int sequences, int? threads = null, KernelSet? kernels = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.CheckFast();
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        (Shape, SequenceCapacity) = (shape, sequences);
        Threads = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(threads));
        Kernels = kernels ?? KernelSet.Fastest;

        bool both = shape.Architecture == Architecture.EncoderDecoder;
        var source = both ? MakeEmbedding(PartName.Source, Side.Source) : null;
        var target = MakeEmbedding(both ? PartName.Target : "", Side.Target);
        if (source is not null)
            encoder = MakeStack(PartName.Encoder, source, causal: false, null);
        decoder = MakeStack(both ? PartName.Decoder : "", target, causal: shape.Architecture != Architecture.EncoderOnly, encoder?.Output);

        int rows = sequences * shape.Context;
        logits = new(rows, shape.Vocabulary);
        losses = new float[rows];
        output = new(Kernels, shape.TiedOutput ? target.Tokens : Weights.Add(nameof(Unembedding.W_U), shape.DModel, shape.Vocabulary, WeightRole.Matrix),
            null, shape.TiedOutput, decoder.Output, logits, Side.Target);
        Weights.Allocate();
        LayerModels.RequireSameNames(this);

        Stack[] stacks = encoder is null ? [decoder] : [encoder, decoder];
        projections = [.. stacks.SelectMany(stack => stack.Projections), output];
        var (matrixTasks, sumTasks) = MakeTasks(stacks);
        pass = new(Kernels);
        scratch = [.. Enumerable.Range(0, Threads).Select(_ => MakeScratch())];
        team = WorkerTeam.Of(Threads);
        packForward = new((item, _) => projections[item].PackForward(Kernels));
        packBackward = new((item, _) => projections[item].PackBackward(Kernels));
        this.sequences = new((item, worker) => Sequences(item, scratch[worker]));
        weightGradients = new((item, worker) => matrixTasks[item].Do(pass, scratch[worker])) { Items = matrixTasks.Count };
        sums = new((item, worker) => sumTasks[item].Do(pass, scratch[worker])) { Items = sumTasks.Count };

        Embedding MakeEmbedding(string part, Side side) => new(
            shape, Weights.Add(PartName.Join(part, nameof(Layers.Embedding.E)), shape.Vocabulary, shape.DModel, WeightRole.Embedding),
            shape.Positions == Positions.Learned ? Weights.Add(PartName.Join(part, nameof(LearnedPositions.P)), shape.Context, shape.DModel, WeightRole.Embedding) : null,
            shape.InputNorm ? sum => Normalisation.Add(Weights, PartName.Join(part, PartName.InputNorm), shape, sum, sequences) : null, sequences, side);

        Stack MakeStack(string part, Embedding embedding, bool causal, RowBuffer? memory) => new(
            Kernels, Weights, part, shape, new AttentionPattern(causal, shape.Window), sequences, embedding, memory);
    }

    /// <summary>The sizes and choices of the model.</summary>
    public ModelShape Shape { get; }

    /// <summary>How many sequences a batch has at most.</summary>
    public int SequenceCapacity { get; }

    /// <summary>How many threads work.</summary>
    public int Threads { get; }

    /// <summary>The kernels the model computes with.</summary>
    public KernelSet Kernels { get; }

    /// <summary>The weights and their gradients.</summary>
    public WeightStore Weights { get; } = new();

    internal WorkerTeam Team => team;

    /// <summary>Computes the mean loss over the batch's counted targets, without dropout.</summary>
    /// <param name="batch">The batch (sequences × length); at most <see cref="SequenceCapacity"/> sequences of at most <see cref="ModelShape.Context"/> places.</param>
    /// <param name="labelSmoothing">α: how much of the wanted probability is spread over all tokens, from 0 to below 1.</param>
    /// <returns>The loss, in nats a target.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the model, or counts no target.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label smoothing is not at least 0 and below 1.</exception>
    public double Loss(Batch batch, float labelSmoothing = 0)
    {
        int targets = Begin(batch, training: false, wantLoss: true, labelSmoothing);
        gradientScale = 1;
        Run();
        return SumOfLosses() / targets;
    }

    /// <summary>Computes the mean loss and <b>adds</b> its gradient to every weight's.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="labelSmoothing">How much of the wanted probability is spread over all tokens.</param>
    /// <param name="targets">
    /// What the loss is divided by: the number of counted targets in this batch when not given. When gradients of several
    /// batches are added up, the number in all of them.
    /// </param>
    /// <param name="dropoutKey">Decides, with the place, what is dropped; another number for each batch.</param>
    /// <returns>The sum of the losses divided by <paramref name="targets"/>, in nats.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the model, or counts no target.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label smoothing is not at least 0 and below 1.</exception>
    public double Backpropagate(Batch batch, float labelSmoothing = 0, int? targets = null, uint dropoutKey = 0)
    {
        int divisor = Begin(batch, training: true, wantLoss: true, labelSmoothing);
        divisor = targets ?? divisor;
        gradientScale = 1f / divisor;
        pass.DropoutKey = dropoutKey;
        team.Run(packBackward, projections.Length);
        Run();
        team.Run(weightGradients, weightGradients.Items);
        team.Run(sums, sums.Items);
        return SumOfLosses() / divisor;
    }

    /// <summary>Computes the logits at every place, without dropout.</summary>
    /// <param name="batch">The batch; its targets are not looked at.</param>
    /// <returns>
    /// The logits (rows × vocabulary), sequence by sequence. They lie in a buffer of the model that the next call overwrites.
    /// </returns>
    /// <exception cref="ArgumentException">The batch does not fit the model.</exception>
    public ReadOnlySpan<float> Logits(Batch batch)
    {
        Begin(batch, training: false, wantLoss: false, 0);
        Run();
        return logits.All(batch.Sequences * batch.Length).Numbers[..(batch.Sequences * batch.Length * Shape.Vocabulary)];
    }

    /// <summary>Computes the stream after the last layer at every place, without dropout and without the unembedding: what an encoder is used for.</summary>
    /// <param name="batch">The batch; its targets are not looked at.</param>
    /// <returns>
    /// The stream (rows × width), sequence by sequence, padding included. It lies in a buffer of the model that the next call overwrites.
    /// </returns>
    /// <exception cref="ArgumentException">The batch does not fit the model.</exception>
    public ReadOnlySpan<float> Stream(Batch batch)
    {
        Begin(batch, training: false, wantLoss: false, 0);
        wantLogits = false;
        Run();
        return decoder.Output.All(batch.Sequences * batch.Length).Numbers[..(batch.Sequences * batch.Length * Shape.DModel)];
    }

    /// <summary>
    /// Continues the first sequence of a batch: computes the logits after place <paramref name="from"/> + <paramref name="places"/> − 1,
    /// the places before <paramref name="from"/> being as the last call left them.
    /// </summary>
    /// <remarks>
    /// The keys and values of earlier places are still in the buffers, and nothing later can have changed them: this is what
    /// is called a KV cache. A new token then costs one row instead of all.
    /// </remarks>
    internal ReadOnlySpan<float> Continue(Batch batch, int from, int places, bool weightsChanged)
    {
        this.batch = batch;
        pass.Training = false;
        Fill(batch);
        if (weightsChanged) team.Run(packForward, projections.Length);
        var slice = new Slice(0, 1, batch.Length, from, places);
        var source = Slice.Whole(0, 1, batch.SourceLength);
        if (encoder is not null && from == 0) encoder.Forward(pass, source, default, scratch[0], batch.Source);
        decoder.Forward(pass, slice, source, scratch[0], batch.Inputs);
        var last = slice with { From = from + places - 1, Places = 1 };
        output.Forward(Kernels, decoder.Output[last], logits[last]);
        return logits.Span(last);
    }

    private int Begin(Batch batch, bool training, bool wantLoss, float labelSmoothing)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!(labelSmoothing >= 0 && labelSmoothing < 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "The label smoothing must be at least 0 and below 1.");
        BatchCheck.Throw(batch, Shape, SequenceCapacity);
        int targets = batch.CountTargets();
        if (wantLoss && targets == 0)
            throw new ArgumentException("Every target of the batch is ignored, so there is no loss to compute.", nameof(batch));
        (this.batch, this.wantLoss, wantLogits, smoothing) = (batch, wantLoss, true, labelSmoothing);
        pass.Training = training;
        Fill(batch);
        return targets;
    }

    private void Fill(Batch batch)
    {
        pass.Sequences = batch.Sequences;
        pass.TargetRows = batch.Sequences * batch.Length;
        pass.SourceRows = batch.Sequences * batch.SourceLength;
        (pass.TargetLengths, pass.SourceLengths) = (batch.Lengths, batch.SourceLengths);
        sequencesAtOnce = Math.Max(1, TokensAtOnce / Math.Max(batch.Length, batch.SourceLength));
        // Fewer at once where that would leave a worker without any.
        sequencesAtOnce = Math.Min(sequencesAtOnce, (batch.Sequences + Threads - 1) / Threads);
    }

    private void Run()
    {
        // The unembedding is the last one.
        team.Run(packForward, wantLogits ? projections.Length : projections.Length - 1);
        team.Run(sequences, (batch.Sequences + sequencesAtOnce - 1) / sequencesAtOnce);
    }

    /// <summary>Takes some sequences forward, and back if the pass is one of training.</summary>
    private void Sequences(int item, Scratch scratch)
    {
        int first = item * sequencesAtOnce, count = Math.Min(sequencesAtOnce, batch.Sequences - first);
        var slice = Slice.Whole(first, count, batch.Length);
        var source = Slice.Whole(first, count, batch.SourceLength);
        encoder?.Forward(pass, source, default, scratch, batch.Source);
        decoder.Forward(pass, slice, source, scratch, batch.Inputs);
        if (!wantLogits) return;

        output.Forward(Kernels, decoder.Output[slice], logits[slice]);
        if (wantLoss) LossOfRows(slice);
        if (!pass.Training) return;

        output.Backward(Kernels, logits[slice], new MatrixSpan(scratch.Stream, slice.Rows, Shape.DModel));
        if (encoder is not null) scratch.Memory.AsSpan(0, source.Rows * Shape.DModel).Clear();
        decoder.Backward(pass, slice, source, scratch);
        if (encoder is null) return;
        scratch.Memory.AsSpan(0, source.Rows * Shape.DModel).CopyTo(scratch.Stream);
        encoder.Backward(pass, source, default, scratch);
    }

    /// <summary>Replaces logits by their gradient and keeps each row's loss.</summary>
    private void LossOfRows(Slice slice)
    {
        var rows = logits.Span(slice);
        for (int i = 0; i < slice.Rows; i++)
        {
            var row = rows.Slice(i * Shape.Vocabulary, Shape.Vocabulary);
            int target = batch.Targets[slice.FirstRow + i];
            if (target == Batch.Ignored)
            {
                row.Clear();
                losses[slice.FirstRow + i] = 0;
            }
            else
            {
                losses[slice.FirstRow + i] = Kernels.CrossEntropy(row, target, smoothing, gradientScale);
            }
        }
    }

    private double SumOfLosses()
    {
        double sum = 0;
        foreach (float loss in losses.AsSpan(0, batch.Sequences * batch.Length)) sum += loss;
        return sum;
    }

    private (List<GradientTask> Matrices, List<GradientTask> Sums) MakeTasks(Stack[] stacks)
    {
        List<GradientTask> matrices = [], sums = [];
        foreach (var projection in projections) projection.AddTasks(matrices);
        foreach (var norm in stacks.SelectMany(stack => stack.Norms)) sums.Add(norm.Task);

        // The embedding's rows are in the second round: a tied output adds to the same gradient in the first.
        sums.Add(decoder.Embedding.Task(() => batch.Inputs, () => batch.Length));
        if (encoder is not null) sums.Add(encoder.Embedding.Task(() => batch.Source, () => batch.SourceLength));
        return (matrices, sums);
    }

    private Scratch MakeScratch()
    {
        int rows = Math.Max(Shape.Context, TokensAtOnce), d = Shape.DModel, headWidth = Shape.HeadWidth, block = AttentionPattern.BlockSize;
        int heads = Math.Max(Kernels.PackedSize(headWidth, Shape.Context), Kernels.PackedSize(Shape.Context, headWidth));
        int gradient = Kernels.PackedSize(Projection.TokensAtOnce, Projection.PieceColumns);
        int scores = block * (Shape.Context + block);
        return new Scratch
        {
            Stream = new float[rows * d],
            Inner = new float[rows * d],
            Heads = new float[rows * d],
            Hidden = new float[Shape.HasFeedForward ? rows * Shape.DFF : 0],
            Memory = new float[encoder is null ? 0 : rows * d],
            PackedA = new float[Math.Max(heads, gradient)],
            PackedB = new float[heads],
            PackedBlock = new float[Kernels.PackedSize(block, headWidth)],
            Scores = new float[scores],
            Dropped = new float[scores],
            State = new float[Shape.AttentionKind == AttentionKind.Linear ? LinearAttentionHead.StateSize(headWidth) : 0],
        };
    }

    /// <summary>Parallel work whose items are numbered.</summary>
    private sealed class Job(Action<int, int> body) : IParallelWork
    {
        public int Items { get; init; }

        public void Do(int item, int worker) => body(item, worker);
    }
}
