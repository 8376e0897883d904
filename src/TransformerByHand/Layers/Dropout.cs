using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Dropout: while training, each number is set to zero with probability p, and the others are scaled up.</summary>
/// <remarks>
/// <para>Forward, with a fresh random mask each time:</para>
/// <code>
/// M_ij = 0           with probability p
///        1/(1 − p)   otherwise                   so that the expectation of M_ij is 1
/// Y = X ⊙ M
/// </code>
/// <para>
/// Scaling up while training ('inverted' dropout) is what makes evaluation need nothing: there, Y = X. The layer draws its mask
/// from the generator it is given; given none, it evaluates.
/// </para>
/// <para>Backward. Each number was multiplied by its entry of M, so its gradient is too. The mask is in the trace, and is replayed:</para>
/// <code>
/// dX = dY ⊙ M
/// </code>
/// <para>Source: Srivastava et al. 2014, 'Dropout: A Simple Way to Prevent Neural Networks from Overfitting', JMLR 15.</para>
/// </remarks>
public sealed class Dropout : ILayer
{
    /// <summary>Makes a layer.</summary>
    /// <param name="p">The probability that a number is dropped: from 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not in that range.</exception>
    public Dropout(double p)
    {
        if (!(p >= 0 && p < 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, FormattableString.Invariant($"p is {p}, but should be from 0 to below 1."));
        this.p = p;
    }

    /// <summary>A layer that drops nothing.</summary>
    public static Dropout None { get; } = new(0);

    /// <summary>The probability that a number is dropped.</summary>
    public double p { get; }

    /// <summary>Empty: there is nothing to learn.</summary>
    public ParameterSet Parameters => [];

    /// <summary>Drops numbers while training, and none in evaluation.</summary>
    /// <param name="X">The input, of any shape.</param>
    /// <param name="random">The generator to draw the mask from, or null in evaluation. With p = 0 nothing is drawn.</param>
    /// <returns>Y, of the same shape, and the trace with the mask; X itself and null where nothing is dropped.</returns>
    /// <exception cref="ArgumentException">X is empty, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, DropoutTrace? Trace) Forward(Matrix<double> X, Random? random)
    {
        Require.NotEmpty(X);
        Require.Finite(X);

        if (random is null || p == 0) return (X, null);

        var M = Matrix<double>.Build.Dense(X.RowCount, X.ColumnCount);
        for (int i = 0; i < M.RowCount; i++)
            for (int j = 0; j < M.ColumnCount; j++)
                M[i, j] = random.NextDouble() < p ? 0 : 1 / (1 - p);
        var Y = X.PointwiseMultiply(M);

        return (Y, new DropoutTrace(M, Y));
    }

    /// <summary>Carries a gradient back through the mask that the forward pass drew.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept; null where nothing was dropped.</param>
    /// <param name="dY">∂L/∂Y.</param>
    /// <returns>∂L/∂X.</returns>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public DropoutGradients Backward(DropoutTrace? trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(dY);
        if (trace is null) return new DropoutGradients(dY);

        Require.SameShape(dY, trace.Y);
        return new DropoutGradients(dY.PointwiseMultiply(trace.M));
    }
}

/// <summary>What <see cref="Dropout.Forward"/> drew and computed.</summary>
/// <param name="M">The mask: 0 where a number was dropped, 1/(1 − p) where it was kept.</param>
/// <param name="Y">The output X ⊙ M.</param>
public sealed record DropoutTrace(Matrix<double> M, Matrix<double> Y) : Trace;

/// <summary>What <see cref="Dropout.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X.</param>
public sealed record DropoutGradients(Matrix<double> dX) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [];
}
