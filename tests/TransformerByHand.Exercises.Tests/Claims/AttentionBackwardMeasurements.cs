using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 06, measured again by the lesson's own experiments.</summary>
internal static class AttentionBackwardMeasurements
{
    [Measures("B1")]
    public static (string, double)[] The_whole_chain() => Lesson06.MeasureB1();

    [Measures("B2")]
    public static (string, double)[] The_Jacobian_and_the_way_around_it() => Lesson06.MeasureB2();

    [Measures("B3")]
    public static (string, double)[] Three_referees() => Lesson06.MeasureB3(Recorded("attention"));

    [Measures("B4")]
    public static (string, double)[] The_sum_of_the_outputs() => Lesson06.MeasureB4();

    [Measures("B5")]
    public static (string, double)[] From_one_output() => Lesson06.MeasureB5();

    /// <summary>What PyTorch said, as the lesson reads it.</summary>
    private static ParameterSet Recorded(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        return Safetensors.Load(Path.Combine(folder.FullName, "data", "pytorch", $"{name}.safetensors"));
    }
}
