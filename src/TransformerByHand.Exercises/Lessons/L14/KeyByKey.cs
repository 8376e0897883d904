using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    /// <summary>Attention over all keys, one key after the other, by a function of the reader's. Nothing of size n × n is ever there.</summary>
    /// <param name="step">14.1; the solution where it is not written yet.</param>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (m × d_k).</param>
    /// <param name="V">Values (m × d_v).</param>
    /// <returns>O (n × d_v).</returns>
    public static Matrix<double> KeyByKey(OnlineStepFunction step, Matrix<double> Q, Matrix<double> K, Matrix<double> V)
    {
        ArgumentNullException.ThrowIfNull(Q);
        ArgumentNullException.ThrowIfNull(K);
        ArgumentNullException.ThrowIfNull(V);
        OnlineStepFunction own = Stub.IsWritten(step, f => f(0, 1, [1], 0, [1])) ? step : OnlineStep.ReferenceSolution;
        double[][] values = V.ToRowArrays();
        return DenseMatrix.OfRows(Q.EnumerateRows().Select(q =>
        {
            var (m, ℓ, o) = (double.NegativeInfinity, 0.0, new double[V.ColumnCount]);
            for (int j = 0; j < K.RowCount; j++)
                (m, ℓ, o) = own(m, ℓ, o, q * K.Row(j) / Math.Sqrt(Q.ColumnCount), values[j]);
            return o.Select(sum => sum / ℓ);
        }));
    }

    /// <summary>One query meets four keys: what is kept after each.</summary>
    /// <param name="step">14.1; the solution where it is not written yet.</param>
    /// <param name="x">The scores.</param>
    /// <param name="v">The values.</param>
    public static Table StepByStep(OnlineStepFunction step, double[] x, double[][] v)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(v);
        OnlineStepFunction own = Stub.IsWritten(step, f => f(0, 1, [1], 0, [1])) ? step : OnlineStep.ReferenceSolution;
        var (m, ℓ, o) = (double.NegativeInfinity, 0.0, new double[v[0].Length]);
        var table = new Table("key", "score x", "largest m", "sum ℓ", "weighted sum o", "o/ℓ so far");
        for (int j = 0; j < x.Length; j++)
        {
            (m, ℓ, o) = own(m, ℓ, o, x[j], v[j]);
            table = table.Row(j, x[j], m, ℓ, Pair(o), Pair([.. o.Select(sum => sum / ℓ)]));
        }
        return table;

        static string Pair(double[] numbers) => $"({string.Join(", ", numbers.Select(a => Numbers.Format(a)))})";
    }
}
