namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 05, measured again by the lesson's own experiments.</summary>
internal static class AttentionMeasurements
{
    [Measures("A1")]
    public static (string, double)[] Five_steps() => Lesson05.MeasureA1();

    [Measures("A2")]
    public static (string, double)[] Rows_of_weights() => Lesson05.MeasureA2();

    [Measures("A3")]
    public static (string, double)[] Variance_of_a_score() => Lesson05.MeasureA3();

    [Measures("A4")]
    public static (string, double)[] Saturation() => Lesson05.MeasureA4();

    [Measures("A5")]
    public static (string, double)[] What_a_mask_lets_through() => Lesson05.MeasureA5();
}
