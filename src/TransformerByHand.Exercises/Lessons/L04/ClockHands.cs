using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>Sinusoidal positions as the hands of clocks, and what a head's scores do with them.</summary>
public static class ClockHands
{
    /// <summary>Positions 0 to 6 on the first three of four clocks (d_model = 8), the hand at 6.</summary>
    public static SmallMultiples Clocks()
    {
        const int d = 8;
        var PE = SinusoidalPositions.Of(7, d);                          // (positions × d_model)
        return new()
        {
            Title = "Positions 0 to 6 on three clocks, the hand at 6",
            Columns = 3,
            Figures = [.. Enumerable.Range(0, 3).Select(k => new Plane
            {
                Title = $"pair {k}: {Numbers.Format(Math.Pow(10000, -2.0 * k / d))} rad a position",
                XTitle = "sine", YTitle = "cosine", Size = 210, Reach = 1.3,
                Marks =
                [
                    Mark.Circle("", 1),
                    Mark.Arrow("", PE[6, 2 * k], PE[6, 2 * k + 1]) with { Colour = 1 },
                    .. Enumerable.Range(0, 7).Select(i => Mark.Point(
                        k == 0 || (i is 0 or 6 && k == 1) ? $"{i}" : k == 2 && i == 6 ? "0 to 6" : "", PE[i, 2 * k], PE[i, 2 * k + 1])),
                ],
            })],
        };
    }

    /// <summary>A shift by 3 on the first clock, from 0, from 1 and from 2.</summary>
    public static SmallMultiples ShiftByThree()
    {
        var PE = SinusoidalPositions.Of(6, 8);
        // The slice of the clock from position i to i + 3, in 16 small steps.
        static IEnumerable<(double, double)> Slice(int i) => Enumerable.Range(0, 17).Select(step => Math.SinCos(i + 3 * step / 16.0)).Prepend((0.0, 0.0));
        return new()
        {
            Title = "A shift by 3 is the same turn, wherever it begins",
            Columns = 3,
            Figures = [.. Enumerable.Range(0, 3).Select(i => new Plane
            {
                Title = $"from {i} to {i + 3}", XTitle = "sine", YTitle = "cosine", Size = 210, Reach = 1.3,
                Marks =
                [
                    Mark.Circle("", 1), Mark.Polygon("3 rad", Slice(i)) with { Colour = 1 },
                    Mark.Arrow("", PE[i, 0], PE[i, 1]), Mark.Arrow("", PE[i + 3, 0], PE[i + 3, 1]) with { Colour = 1 },
                    Mark.Point($"{i}", PE[i, 0], PE[i, 1]), Mark.Point($"{i + 3}", PE[i + 3, 0], PE[i + 3, 1]) with { Colour = 1 },
                ],
            })],
        };
    }

    /// <summary>By how much PE_i·R_δ misses PE_(i+δ) at most: 180 positions of width 64, shifts from 1 to 20.</summary>
    public static double RotationMiss()
    {
        var PE = SinusoidalPositions.Of(200, 64);
        return Enumerable.Range(1, 20).Max(δ => ShuffledTokens.Furthest(
            PE.SubMatrix(0, 180, 0, 64) * SinusoidalPositions.Rotation(δ, 64) - PE.SubMatrix(δ, 180, 0, 64)));
    }

    /// <summary>The dot product of two encodings of width 64 against their distance, from two places.</summary>
    public static LineChart DotProducts()
    {
        var PE = SinusoidalPositions.Of(200, 64);
        double[] distances = [.. Enumerable.Range(-40, 81).Select(δ => (double)δ)];
        double[] everyFourth = [.. distances.Where((_, k) => k % 4 == 0)];
        double Dot(int i, double δ) => PE.Row(i) * PE.Row(i + (int)δ);
        return new()
        {
            Title = "The dot product of two encodings: the same curve from everywhere",
            X = Axis.Linear("distance δ"), Y = Axis.Linear("dot product", min: 0),
            Series =
            [
                new("from i = 50", distances, distances.Select(δ => Dot(50, δ))),
                new("from i = 150", everyFourth, everyFourth.Select(δ => Dot(150, δ))) { Joined = false },
            ],
        };
    }

    /// <summary>What a head that looks at 43 tokens of width 64 makes of the distance 3.</summary>
    /// <param name="Smallest">The smallest score from a token i to token i + 3, i = 0 … 39.</param>
    /// <param name="Largest">The largest.</param>
    /// <param name="Highest">For how many of the 40 it is the highest score of their row.</param>
    public sealed record AtDistanceThree(double Smallest, double Largest, int Highest);

    /// <summary>Scores of positions that no word was added to.</summary>
    /// <param name="turning">Whether W_Q is the rotation R_3 and W_K is 1; otherwise both are random (64 × 16).</param>
    public static AtDistanceThree OfPositions(bool turning) => Look(turning, SinusoidalPositions.Of(43, 64));

    /// <summary>Scores of positions to which one random word was added, the same at all places.</summary>
    /// <param name="turning">Whether W_Q is the rotation R_3 and W_K is 1; otherwise both are random (64 × 16).</param>
    public static AtDistanceThree OfOneWord(bool turning) => Look(turning, SinusoidalPositions.Of(43, 64) + Same(SeededRandom.Create(36)));

    /// <summary>Of 40 tokens with words, how many does the head with W_Q = R_3 let look exactly three further on? 100 draws.</summary>
    /// <param name="oneWord">Whether the same random word stands at all places; otherwise another at each.</param>
    public static (int Fewest, double Mean, int Most) LookAhead(bool oneWord)
    {
        var (random, PE) = (SeededRandom.Create(37), SinusoidalPositions.Of(43, 64));
        int[] found = [.. Enumerable.Range(0, 100).Select(_ => Look(turning: true, PE + (oneWord ? Same(random) : random.NormalMatrix(43, 64))).Highest)];
        return (found.Min(), found.Average(), found.Max());
    }

    private static Matrix<double> Same(Random random) => DenseMatrix.OfRows(Enumerable.Repeat(random.NormalVector(64), 43));

    private static AtDistanceThree Look(bool turning, Matrix<double> X)
    {
        var one = DenseMatrix.CreateIdentity(64);
        var head = turning ? new AttentionHead(SinusoidalPositions.Rotation(3, 64), one, one) : AttentionHead.Random(SeededRandom.Create(35), dModel: 64, dK: 16);
        var S = X * head.W_Q * (X * head.W_K).Transpose();                              // (43 × 43)
        double[] scores = [.. Enumerable.Range(0, 40).Select(i => S[i, i + 3])];
        return new(scores.Min(), scores.Max(), Enumerable.Range(0, 40).Count(i => S.Row(i).MaximumIndex() == i + 3));
    }
}
