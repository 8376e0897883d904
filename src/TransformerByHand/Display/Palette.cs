namespace TransformerByHand.Display;

/// <summary>A run of colours that stands for a range of numbers. Blue and orange, which nearly every eye tells apart.</summary>
public sealed class Palette
{
    private readonly Rgb[] _stops;

    private Palette(params string[] stops) => _stops = [.. stops.Select(Rgb.Parse)];

    /// <summary>White for 0, darker blue for more. For numbers of one sign, such as attention weights.</summary>
    public static Palette Sequential { get; } = new("#ffffff", "#cfe2f3", "#86b8df", "#3a86c4", "#0f5397", "#07305d");

    /// <summary>Orange for negative, white for 0, blue for positive.</summary>
    public static Palette Diverging { get; } = new(
        "#743003", "#b8520a", "#e48b3d", "#f6c08c", "#fde6d0", "#ffffff", "#cfe2f3", "#86b8df", "#3a86c4", "#0f5397", "#07305d");

    /// <summary>Colours for things that have no order: the palette of Okabe and Ito (2008), its yellow left out, which is lost on white.</summary>
    public static IReadOnlyList<string> Categories { get; } =
        ["#0072b2", "#d55e00", "#009e73", "#b05587", "#e69f00", "#56b4e9", "#555555"];

    /// <summary>Returns the colour at a share of the range.</summary>
    /// <param name="share">0 for the first colour, 1 for the last; values outside are moved to the nearer end.</param>
    public Rgb At(double share)
    {
        double position = Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * (_stops.Length - 1);
        int below = Math.Min((int)position, _stops.Length - 2);
        // Rounded, so that a difference in the last bit of a number never changes the colour that is written.
        return Rgb.Mix(_stops[below], _stops[below + 1], Math.Round(position - below, 2));
    }
}
