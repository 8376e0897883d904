namespace TransformerByHand.Figures;

/// <summary>An axis of a chart: its title, whether it is logarithmic, and, where they are not to be chosen, its ends and ticks.</summary>
/// <remarks>Made by <see cref="Linear"/> and <see cref="Log"/>: <c>X = Axis.Log("depth")</c>.</remarks>
public sealed record Axis
{
    private Axis()
    {
    }

    /// <summary>What the axis measures, with its unit.</summary>
    public string Title { get; private init; } = "";

    /// <summary>Whether equal steps are equal factors.</summary>
    public bool IsLog { get; private init; }

    /// <summary>Where the axis begins; chosen from the data where it is <see langword="null"/>.</summary>
    public double? Min { get; private init; }

    /// <summary>Where the axis ends; chosen from the data where it is <see langword="null"/>.</summary>
    public double? Max { get; private init; }

    /// <summary>The numbers that are marked; chosen where it is <see langword="null"/>.</summary>
    public IReadOnlyList<double>? Ticks { get; private init; }

    /// <summary>An axis on which equal steps are equal differences.</summary>
    /// <param name="title">What the axis measures, with its unit.</param>
    /// <param name="min">Where it begins.</param>
    /// <param name="max">Where it ends.</param>
    /// <param name="ticks">The numbers that are marked.</param>
    /// <exception cref="ArgumentException">An end or tick is not finite, or the ends are in the wrong order.</exception>
    public static Axis Linear(string title = "", double? min = null, double? max = null, IReadOnlyList<double>? ticks = null) =>
        Checked(new() { Title = title, Min = min, Max = max, Ticks = ticks });

    /// <summary>An axis on which equal steps are equal factors; everything on it must be greater than 0.</summary>
    /// <param name="title">What the axis measures, with its unit.</param>
    /// <param name="min">Where it begins, greater than 0.</param>
    /// <param name="max">Where it ends.</param>
    /// <param name="ticks">The numbers that are marked, each greater than 0.</param>
    /// <exception cref="ArgumentException">An end or tick is not finite or not greater than 0, or the ends are in the wrong order.</exception>
    public static Axis Log(string title = "", double? min = null, double? max = null, IReadOnlyList<double>? ticks = null) =>
        Checked(new() { Title = title, IsLog = true, Min = min, Max = max, Ticks = ticks });

    private static Axis Checked(Axis axis)
    {
        CheckValue(axis, axis.Min, "min");
        CheckValue(axis, axis.Max, "max");
        foreach (double tick in axis.Ticks ?? []) CheckValue(axis, tick, "ticks");
        if (axis.Min >= axis.Max)
            throw new ArgumentException($"The axis '{axis.Title}' begins at {Display.Numbers.Format(axis.Min.Value)} and ends at {Display.Numbers.Format(axis.Max.Value)}; its end must be greater than its beginning.", "max");
        return axis;
    }

    private static void CheckValue(Axis axis, double? value, string argument)
    {
        if (value is not { } number) return;
        if (!double.IsFinite(number))
            throw new ArgumentException($"The axis '{axis.Title}' has {argument} = {Display.Numbers.Format(number)}; it must be a finite number.", argument);
        if (axis.IsLog && number <= 0)
            throw new ArgumentException($"The axis '{axis.Title}' is logarithmic and has {argument} = {Display.Numbers.Format(number)}; it must be greater than 0.", argument);
    }
}
