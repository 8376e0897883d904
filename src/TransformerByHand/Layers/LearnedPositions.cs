using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Learned positions: a table with one row for each position, added to the token that stands there.</summary>
/// <remarks>
/// <para>Forward and backward:</para>
/// <code>
/// y_i = x_i + P[i]            (d_model)
/// dX  = dY                    an addition passes the gradient on to both
/// dP[i] = dy_i                zero in the rows past the end of the sequence
/// </code>
/// <para>Source: Gehring et al. 2017, 'Convolutional Sequence to Sequence Learning'; used by BERT and GPT-2.</para>
/// </remarks>
public sealed class LearnedPositions : ILayer<PositionsTrace, PositionsGradients>
{
    /// <summary>Makes a layer with a given table, which is aliased.</summary>
    /// <param name="P">The table (longest sequence × d_model).</param>
    /// <exception cref="ArgumentException">P is empty, or holds a NaN or an infinity.</exception>
    public LearnedPositions(Matrix<double> P)
    {
        Require.NotEmpty(P);
        Require.Finite(P);
        this.P = P;
    }

    /// <summary>Makes a layer with random rows.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="longest">The length of the longest sequence.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="standardDeviation">Standard deviation of each number; 0.02 as in GPT-2 where none is given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static LearnedPositions Random(Random random, int longest, int dModel, double standardDeviation = 0.02) =>
        new(random.NormalMatrix(longest, dModel, standardDeviation));

    /// <summary>The table (longest sequence × d_model).</summary>
    public Matrix<double> P { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(P), P)];

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d_model), n at most the longest length.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, longer than the table, of another width, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, PositionsTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, P.ColumnCount);
        if (X.RowCount > P.RowCount)
            throw new ArgumentException($"X has {X.RowCount} tokens, but there are positions for at most {P.RowCount}.", nameof(X));
        var Y = X + P.SubMatrix(0, X.RowCount, 0, X.ColumnCount);           // (n × d_model)
        return (Y, new PositionsTrace(X, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public PositionsGradients Backward(PositionsTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var dP = Matrix<double>.Build.Dense(P.RowCount, P.ColumnCount);     // (longest × d_model)
        dP.SetSubMatrix(0, 0, dY);
        return new PositionsGradients(dY.Clone(), dP);
    }
}
