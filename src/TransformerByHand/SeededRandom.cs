using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Random;

namespace TransformerByHand;

/// <summary>The course's one source of randomness: the same seed gives the same numbers on every machine.</summary>
/// <remarks>The generator is xoshiro256** (Blackman and Vigna 2018) in MathNet.Numerics' implementation.</remarks>
public static class SeededRandom
{
    /// <summary>Makes a generator that starts at <paramref name="seed"/>.</summary>
    public static Random Create(int seed) => new Xoshiro256StarStar(seed, threadSafe: false);

    /// <summary>Draws a matrix of independent normal numbers, row by row.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="rows">Number of rows, at least 1.</param>
    /// <param name="columns">Number of columns, at least 1.</param>
    /// <param name="standardDeviation">Standard deviation of each number; the mean is 0.</param>
    /// <returns>A new matrix (rows × columns).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the standard deviation is negative or not finite.</exception>
    public static Matrix<double> NormalMatrix(this Random random, int rows, int columns, double standardDeviation = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (!(standardDeviation >= 0) || double.IsInfinity(standardDeviation))
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "The standard deviation must be a finite number, 0 or more.");

        var matrix = new DenseMatrix(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = Normal.Sample(random, 0, 1) * standardDeviation;
        return matrix;
    }

    /// <summary>Draws a vector of independent normal numbers.</summary>
    /// <inheritdoc cref="NormalMatrix"/>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="length">Number of entries, at least 1.</param>
    /// <param name="standardDeviation">Standard deviation of each number; the mean is 0.</param>
    /// <returns>A new vector of that length.</returns>
    public static Vector<double> NormalVector(this Random random, int length, double standardDeviation = 1) =>
        random.NormalMatrix(1, length, standardDeviation).Row(0);
}
