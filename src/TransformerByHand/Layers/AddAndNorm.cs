using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The residual connection around a block f, and its normalisation: 'Add and Norm'.</summary>
/// <remarks>
/// <para>Forward, with D for dropout (which passes its input unchanged in evaluation):</para>
/// <code>
/// post:   y = LN(x + D(f(x)))                    Vaswani et al. 2017, §3.1 and §5.4
/// pre:    y = x + D(f(LN(x)))                    Xiong et al. 2020, 'On Layer Normalization in the Transformer Architecture'
/// none:   y = x + D(f(x))
/// write:  y = x + D(LN(f(x)))                    Liu et al. 2022, 'Swin Transformer V2', §3.2
/// </code>
/// <para>
/// In 'pre' the stream x goes straight through; in 'post' it is normalised after every block. Backward, an addition hands its
/// gradient to both sides:
/// </para>
/// <code>
/// post:   ds = LN′(dy)        dx = ds + f′(D′(ds))
/// pre:                        dx = dy + LN′(f′(D′(dy)))
/// none:                       dx = dy + f′(D′(dy))
/// write:                      dx = dy + f′(LN′(D′(dy)))
/// </code>
/// <para>where f′(·) stands for f's backward pass. In 'pre' dy reaches x unchanged, through every layer: nothing makes it vanish.</para>
/// <para>Without <see cref="Skip"/> the first summand, x forward and ds or dy backward, is left out everywhere.</para>
/// </remarks>
public sealed class AddAndNorm : ILayer
{
    /// <summary>Makes a residual connection.</summary>
    /// <param name="placement">Where the normalisation stands.</param>
    /// <param name="norm">The normalisation; null if, and only if, it stands nowhere.</param>
    /// <param name="dropout">Dropout on what the block writes, or null for none.</param>
    /// <exception cref="ArgumentException">There is a norm that is not to be used, or none where one is.</exception>
    public AddAndNorm(NormPlacement placement, LayerNorm? norm, Dropout? dropout = null)
    {
        if (!Enum.IsDefined(placement))
            throw new ArgumentOutOfRangeException(nameof(placement), placement, $"placement is {placement}, but should be {string.Join(", ", Enum.GetNames<NormPlacement>())}.");
        if (norm is null != placement is NormPlacement.None)
            throw new ArgumentException($"norm is {(norm is null ? "null" : "given")} and placement is {placement}; a norm should be given unless the placement is None.", nameof(norm));
        (Placement, Norm, Dropout) = (placement, norm, dropout ?? Dropout.None);
    }

    /// <summary>Where the normalisation stands.</summary>
    public NormPlacement Placement { get; }

    /// <summary>The normalisation, or null where there is none.</summary>
    public LayerNorm? Norm { get; }

    /// <summary>Dropout on what the block writes.</summary>
    public Dropout Dropout { get; }

    /// <summary>Whether x is added to what the block writes. Without it there is no residual connection: for experiments.</summary>
    public bool Skip { get; init; } = true;

    /// <summary>The parameters of the norm. The block's are its own.</summary>
    public ParameterSet Parameters => Norm?.Parameters ?? [];

    /// <summary>Sends tokens through the block and adds what it writes to the stream.</summary>
    /// <typeparam name="TTrace">The block's trace.</typeparam>
    /// <param name="X">The stream (n × d_model).</param>
    /// <param name="block">The block's forward pass f.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The stream after the block (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite or of another width, or the block's output has another shape than X.</exception>
    public (Matrix<double> Y, AddAndNormTrace<TTrace> Trace) Forward<TTrace>(Matrix<double> X, Func<Matrix<double>, (Matrix<double> Y, TTrace Trace)> block, Random? random = null)
    {
        Require.NotEmpty(X);
        Require.Finite(X);
        ArgumentNullException.ThrowIfNull(block);
        LayerNormTrace? norm = null;

        var Read = X;                                           // (n × d_model), what the block reads
        if (Placement is NormPlacement.Pre)
            (Read, norm) = Norm!.Forward(X);

        var (F, blockTrace) = block(Read);                      // (n × d_model)
        Require.SameShape(F, X, "the block's output");
        if (Placement is NormPlacement.OnWrite)
            (F, norm) = Norm!.Forward(F);
        var (Write, dropped) = Dropout.Forward(F, random);      // (n × d_model), what is written
        var Sum = Skip ? X + Write : Write;                     // (n × d_model)

        var Y = Sum;                                            // (n × d_model)
        if (Placement is NormPlacement.Post)
            (Y, norm) = Norm!.Forward(Sum);

        return (Y, new AddAndNormTrace<TTrace>(X, Read, blockTrace, dropped, Write, Sum, norm, Y));
    }

    /// <summary>Carries a gradient back through the block and past it.</summary>
    /// <typeparam name="TTrace">The block's trace.</typeparam>
    /// <typeparam name="TGradients">The block's gradients.</typeparam>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <param name="block">The block's backward pass f′.</param>
    /// <returns>dX, and the gradients of the block and of the norm.</returns>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public AddAndNormGradients<TGradients> Backward<TTrace, TGradients>(AddAndNormTrace<TTrace> trace, Matrix<double> dY, Func<TTrace, Matrix<double>, TGradients> block)
        where TGradients : LayerGradients, IInputGradient
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(block);
        Require.SameShape(dY, trace.Y);
        LayerNormGradients? norm = null;

        var dSum = dY;                                          // (n × d_model)
        if (Placement is NormPlacement.Post)
            dSum = (norm = Norm!.Backward(trace.Norm!, dY)).dX;

        var dF = Dropout.Backward(trace.Dropped, dSum).dX;      // (n × d_model)
        if (Placement is NormPlacement.OnWrite)
            dF = (norm = Norm!.Backward(trace.Norm!, dF)).dX;
        var f = block(trace.Block, dF);

        var dRead = f.dX;                                       // (n × d_model)
        if (Placement is NormPlacement.Pre)
            dRead = (norm = Norm!.Backward(trace.Norm!, f.dX)).dX;

        var dX = Skip ? dSum + dRead : dRead;                   // (n × d_model)
        return new AddAndNormGradients<TGradients>(dX, dSum, f, norm);
    }
}

/// <summary>What a residual connection did to the stream, whatever its block was.</summary>
/// <param name="X">The stream before the block (n × d_model).</param>
/// <param name="Read">What the block read (n × d_model): LN(X) in 'pre', X otherwise.</param>
/// <param name="Write">What was added to the stream (n × d_model): the block's output, normalised in 'write', after dropout.</param>
/// <param name="Sum">X + Write (n × d_model), or Write where there is no skip.</param>
/// <param name="Y">The stream after the block (n × d_model): LN(Sum) in 'post', Sum otherwise.</param>
public abstract record AddAndNormTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_model")] Matrix<double> Read,
    [property: Shape("tokens × d_model")] Matrix<double> Write,
    [property: Shape("tokens × d_model")] Matrix<double> Sum,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace;

/// <summary>What a residual connection did, with the trace of its block.</summary>
/// <typeparam name="TTrace">The block's trace.</typeparam>
public sealed record AddAndNormTrace<TTrace> : AddAndNormTrace
{
    internal AddAndNormTrace(Matrix<double> X, Matrix<double> Read, TTrace block, DropoutTrace? dropped, Matrix<double> Write, Matrix<double> Sum, LayerNormTrace? norm, Matrix<double> Y)
        : base(X, Read, Write, Sum, Y) => (Block, Dropped, Norm) = (block, dropped, norm);

    /// <summary>What the block computed.</summary>
    public TTrace Block { get; }

    /// <summary>What dropout made of the block's output; null in evaluation.</summary>
    public DropoutTrace? Dropped { get; }

    /// <summary>What the norm computed, or null where there is none.</summary>
    public LayerNormTrace? Norm { get; }
}

/// <summary>What <see cref="AddAndNorm.Backward"/> returns.</summary>
/// <typeparam name="TGradients">The block's gradients.</typeparam>
/// <param name="dX">∂L/∂X (n × d_model): past the block and through it.</param>
/// <param name="dSum">∂L/∂(X + Write) (n × d_model): what goes past the block.</param>
/// <param name="Block">The gradients of the block.</param>
/// <param name="Norm">The gradients of the norm, or null where there is none.</param>
public sealed record AddAndNormGradients<TGradients>(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_model")] Matrix<double> dSum,
    TGradients Block,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
    where TGradients : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <summary>Returns the gradients of the norm's parameters. The block's are in <see cref="Block"/>.</summary>
    public override ParameterSet OfParameters() => Norm?.OfParameters() ?? [];
}
