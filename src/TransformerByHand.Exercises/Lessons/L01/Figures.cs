using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    /// <summary>
    /// Tokens of three features seen along the direction (1, 1, 1): the distances from the mean, x − μ, as points, and an arrow from
    /// each to the token that LayerNorm makes of it at ε = 0. All arrows end on the circle of radius √3.
    /// </summary>
    /// <param name="tokens">Tokens of three numbers, none of them constant.</param>
    /// <param name="names">A name for each.</param>
    public static Plane CircleFigure(double[][] tokens, string[] names)
    {
        List<Mark> marks = [Mark.Circle("mean 0, deviation 1", Math.Sqrt(3))];
        for (int k = 0; k < tokens.Length; k++)
        {
            double mean = tokens[k].Average();
            var (from, to) = (Flat([.. tokens[k].Select(v => v - mean)]), Flat(Normalised(tokens[k], 0)));
            marks.Add(Mark.Point(names[k], from.X, from.Y) with { Colour = k + 1 });
            marks.Add(Mark.Arrow("", to.X, to.Y, from.X, from.Y) with { Colour = k + 1 });
        }
        return new Plane { Title = "LayerNorm takes every token to one circle", Marks = marks, Reach = 4.2, Size = 420 };
    }

    /// <summary>Where a vector of three numbers that add up to 0 lies in the plane of all such vectors.</summary>
    internal static (double X, double Y) Flat(double[] v) => ((v[1] - v[0]) / Math.Sqrt(2), (2 * v[2] - v[0] - v[1]) / Math.Sqrt(6));

    /// <summary>One number of a matrix changes: where do the outputs of LayerNorm and of batch norm change, and by how much?</summary>
    public static SmallMultiples NudgeFigure()
    {
        var (tokens, nudged) = OneNumberChanged();
        Heatmap Change(string title, Matrix<double> change) => new(change)
        {
            Title = title, RowTitle = "token", ColumnTitle = "feature", Digits = 2, ShowLegend = false, Min = -1, Max = 1,
        };
        return new SmallMultiples
        {
            Title = "One number is raised by 1: what moves, and by how much",
            Columns = 3,
            Figures =
            [
                Change("the input", nudged - tokens),
                Change("LayerNorm: its row", LayerNormOf(nudged) - LayerNormOf(tokens)),
                Change("batch norm: its column", BatchNorm(nudged) - BatchNorm(tokens)),
            ],
        };
    }
}
