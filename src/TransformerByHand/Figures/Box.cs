namespace TransformerByHand.Figures;

/// <summary>A rectangle of a drawing, and what it holds.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height, string Content = "")
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double CentreX => X + Width / 2;

    public double CentreY => Y + Height / 2;

    /// <summary>Whether the insides of two boxes meet; boxes that only touch do not.</summary>
    public bool Overlaps(Box other) =>
        X < other.Right - 0.01 && other.X < Right - 0.01 && Y < other.Bottom - 0.01 && other.Y < Bottom - 0.01;

    /// <summary>The box with so much added on every side.</summary>
    public Box Inflate(double by) => this with { X = X - by, Y = Y - by, Width = Width + 2 * by, Height = Height + 2 * by };
}
