using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 10, measured again.</summary>
internal static class WholeLayerMeasurements
{
    private static string PyTorch => Path.Combine(AppContext.BaseDirectory, "pytorch", "layers.safetensors");

    [Measures("L1")]
    public static (string, double)[] Encoder_layer() => Lesson10.MeasureL1(PyTorch);

    [Measures("L2")]
    public static (string, double)[] Decoder_layer() => Lesson10.MeasureL2(PyTorch);

    [Measures("L4")]
    public static (string, double)[] Dropped() => Lesson10.MeasureL4();

    [Measures("L5")]
    public static (string, double)[] Counts()
    {
        // Counted by hand from the shapes of a layer's parameters.
        var shapes = EncoderLayer.Random(SeededRandom.Create(1), new() { DModel = 6 }).Parameters;
        shapes.Sum(parameter => parameter.Shape.Aggregate(1, (a, b) => a * b)).ShouldBe(12 * 36 + 13 * 6);
        return Lesson10.MeasureL5();
    }

    [Measures("L6")]
    public static (string, double)[] Flow_chart() => Lesson10.MeasureL6();

    [Measures("L7")]
    public static (string, double)[] Memory()
    {
        // Whatever stands between, a change of the encoder's last output moves the keys of every layer.
        var (model, trace) = Lesson10.ThreeLayers();
        Matrix<double> other = trace.Encoder.Norm!.Y + 1;
        foreach (var layer in model.Decoder.Layers)
            layer.CrossAttention.Forward(trace.Target.X, other, mask: null).Trace.K.ShouldNotBe(layer.CrossAttention.Forward(trace.Target.X, trace.Encoder.Norm.Y, mask: null).Trace.K);
        return Lesson10.MeasureL7();
    }
}
