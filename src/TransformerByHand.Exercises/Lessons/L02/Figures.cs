using TransformerByHand.Figures;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    /// <summary>
    /// LayerNorm's backward pass at ε = 0 for a token of three features, seen along (1, 1, 1). There x̂ lies on a circle of radius √3.
    /// The gradient g less its mean starts at the tip of x̂ and is taken apart: its part along x̂ goes, its part along the circle stays.
    /// </summary>
    /// <param name="x">A token of three numbers, not all the same.</param>
    /// <param name="g">The gradient at x̂, three numbers.</param>
    public static Plane ProjectionFigure(double[] x, double[] g)
    {
        double[] xHat = Normalised(x, 0), level = [.. g.Select(v => v - g.Average())];
        double share = Dot(level, xHat) / Dot(xHat, xHat);
        double[] along = [.. xHat.Select(v => share * v)], left = [.. level.Zip(along, (a, b) => a - b)];
        var from = Flat(xHat);
        Mark From(string label, double[] v, int colour) => Mark.Arrow(label, from.X + Flat(v).X, from.Y + Flat(v).Y, from.X, from.Y) with { Colour = colour };
        return new Plane
        {
            Title = "Of the gradient, only what runs along the circle is left",
            Marks =
            [
                Mark.Circle("", Math.Sqrt(3)),
                Mark.Arrow("x̂", from.X, from.Y) with { Colour = 0 },
                From("part along x̂: taken out", along, 4),
                From("g less its mean", level, 2),
                From("dx / rstd", left, 1),
            ],
            Size = 460,
        };
    }
}
