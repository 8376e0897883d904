using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

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
