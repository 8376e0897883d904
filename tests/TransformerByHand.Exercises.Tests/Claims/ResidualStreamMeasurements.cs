using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 03 and its laboratory, measured again; the sweeps are the lesson's own functions.</summary>
internal static class ResidualStreamMeasurements
{
    private static readonly Lazy<WayBack.Kind[]> Normed = new(WayBack.WithNorm);

    [Measures("R1")]
    public static (string, double)[] The_sum_of_post_LN()
    {
        double[] sum = [15, 1, 3, 3, 4, 4, 6, 4];
        double Highest(int d) => Normalised([1, .. new double[d - 1]]);
        return
        [
            ("LayerNorm of the single number 15", new LayerNorm(1).Forward(Row(15)).Y[0, 0]),
            ("numbers a token needs for a 2.5", Enumerable.Range(2, 20).First(d => Highest(d) >= 2.5)),
            ("10 + 5 in a token of eight, after the norm", Normalised(sum)),
            ("500 + 250 in a token of eight, after the norm", Normalised([.. sum.Select(v => 50 * v)])),
        ];
    }

    [Measures("R2")]
    public static (string, double)[] The_sum_of_pre_LN()
    {
        double[] x = [10, -6, 7, -2, 5, 7, 4, 7];
        double Stream(double first, double write)
        {
            x[0] = first;
            var norm = LayerNorm.WithoutEpsilon(8);
            return new AddAndNorm(NormPlacement.Pre, norm).Forward(Row(x), read => (read * 0 + write, read)).Y[0, 0];
        }
        return [("10 as the block reads it", Normalised(x)), ("10 + 3 in the stream", Stream(10, 3)), ("9 + 4 in the stream", Stream(9, 4))];
    }

    [Measures("R3")]
    public static (string, double)[] What_can_be_read_back() => Fading.OfTwentyStacks().Figures();

    [Measures("R4")]
    public static (string, double)[] What_arrives_of_the_gradient() => WayBack.Figures([.. WayBack.WithoutNorm(), .. Normed.Value]);

    [Measures("R6")]
    public static (string, double)[] The_stream_as_a_sum()
    {
        var (pre, post) = (Stream(NormPlacement.Pre), Stream(NormPlacement.Post));
        var blocksAlone = post.Writes.Where(write => !write.Name.Contains("norm", StringComparison.Ordinal)).Aggregate(post.Start, (sum, write) => sum + write.Value);
        return
        [
            ("pre-LN: embedding + all writes, off by", pre.RoundingError),
            ("post-LN: embedding + what the blocks wrote, off by", (blocksAlone - post.End).FrobeniusNorm() / post.End.FrobeniusNorm()),
            ("post-LN: with what the norms changed, off by", post.RoundingError),
        ];
        static ResidualStream Stream(NormPlacement placement) => ResidualStream.Of(StreamStacks.Stack(placement, layers: 3).Forward(StreamStacks.Sequence(0)).Trace);
    }

    [Measures("R7")]
    public static (string, double)[] Three_places_for_a_norm() => NormPlaces.Figures7(Normed.Value[2], Normed.Value[3], WayBack.Of(NormPlacement.OnWrite, skip: true));

    [Measures("R8")]
    public static (string, double)[] Before_the_block_or_after_it() => NormPlaces.Figures8(Normed.Value[2], Normed.Value[3]);

    private static Matrix<double> Row(params double[] numbers) => Matrix<double>.Build.DenseOfRowArrays(numbers);

    /// <summary>The first number of a token after LayerNorm at ε = 0.</summary>
    private static double Normalised(double[] token) => LayerNorm.WithoutEpsilon(token.Length).Forward(Row(token)).Y[0, 0];
}
