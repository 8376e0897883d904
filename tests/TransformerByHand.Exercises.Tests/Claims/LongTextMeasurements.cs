namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 14, measured again by the lesson's own experiments.</summary>
internal static class LongTextMeasurements
{
    [Measures("A9")]
    public static (string, double)[] Cost_of_all_pairs() => Lesson14.MeasureA9();

    [Measures("A10")]
    public static (string, double)[] Windows() => Lesson14.MeasureA10();
}
