namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 09, measured again, with the lesson's own seeds and models.</summary>
internal static class MapAndReduceMeasurements
{
    [Measures("A6")]
    public static (string, double)[] Map_and_reduce() => Lesson09.MeasureA6();

    [Measures("A7")]
    public static (string, double)[] Two_senses_of_bank() => Lesson09.MeasureA7();
}
