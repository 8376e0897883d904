using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A point, arrow, polygon or circle of a <see cref="Plane"/>.</summary>
public sealed record Mark
{
    private Mark(MarkKind kind, string label, IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(label);
        (Kind, Label, Points) = (kind, label, points);
        foreach (var (x, y) in points)
            if (!double.IsFinite(x) || !double.IsFinite(y))
                throw new ArgumentException($"The mark '{label}' has the point ({Numbers.Format(x)}, {Numbers.Format(y)}); both must be finite numbers.", nameof(points));
    }

    /// <summary>What the mark is; may be empty.</summary>
    public string Label { get; }

    /// <summary>Its points: one of a point, start and tip of an arrow, the corners of a polygon, and the ends of a circle's two diameters along the axes.</summary>
    public IReadOnlyList<(double X, double Y)> Points { get; }

    /// <summary>Which of the colours of <see cref="Palette.Categories"/> it has.</summary>
    public int Colour { get; init; }

    internal MarkKind Kind { get; }

    /// <summary>A point.</summary>
    /// <exception cref="ArgumentException">A coordinate is not finite.</exception>
    public static Mark Point(string label, double x, double y) => new(MarkKind.Point, label, [(x, y)]);

    /// <summary>An arrow to (<paramref name="x"/>, <paramref name="y"/>), from the origin unless another start is given.</summary>
    /// <exception cref="ArgumentException">A coordinate is not finite.</exception>
    public static Mark Arrow(string label, double x, double y, double fromX = 0, double fromY = 0) => new(MarkKind.Arrow, label, [(fromX, fromY), (x, y)]);

    /// <summary>A filled polygon, such as the triangle that three value vectors span.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="corners">Its corners in order, at least three; copied.</param>
    /// <exception cref="ArgumentException">There are fewer than three corners, or a coordinate is not finite.</exception>
    public static Mark Polygon(string label, params IEnumerable<(double X, double Y)> corners)
    {
        ArgumentNullException.ThrowIfNull(corners);
        (double X, double Y)[] points = [.. corners];
        if (points.Length < 3) throw new ArgumentException($"The polygon '{label}' has {points.Length} corners; it needs at least 3.", nameof(corners));
        return new(MarkKind.Polygon, label, points);
    }

    /// <summary>The outline of a circle around the origin, such as the one on which an encoding of positions turns. Its label stands at its top.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="radius">Its radius, greater than 0.</param>
    /// <exception cref="ArgumentException">The radius is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The radius is 0 or negative.</exception>
    public static Mark Circle(string label, double radius) => radius <= 0
        ? throw new ArgumentOutOfRangeException(nameof(radius), radius, $"The circle '{label}' has the radius {Numbers.Format(radius)}; it must be greater than 0.")
        : new(MarkKind.Circle, label, [(-radius, 0), (0, -radius), (radius, 0), (0, radius)]);
}

/// <summary>How a mark is drawn.</summary>
internal enum MarkKind
{
    Point,
    Arrow,
    Polygon,
    Circle,
}
