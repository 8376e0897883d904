namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 08, measured again, with the lesson's own seeds.</summary>
internal static class MultiHeadMeasurements
{
    [Measures("M1")]
    public static (string, double)[] One_wide_projection_and_its_bill()
    {
        var measured = Lesson08.MeasureM1();
        // By hand: head 0 of "the" asks with 2, its keys are 0, 1, 1 and its values 4, 1, 5.
        double[] e = [Math.Exp(0), Math.Exp(2), Math.Exp(2)];
        measured[2].Value.ShouldBe((4 * e[0] + e[1] + 5 * e[2]) / e.Sum(), 1e-12);
        return measured;
    }

    [Measures("M2")]
    public static (string, double)[] Writes()
    {
        // Each write from the definition: the head's columns of O times its rows of W_O.
        var layer = Lesson08.ThreeHeads();
        var trace = layer.Forward(Lesson08.Sentence()).Trace;
        var writes = layer.HeadWrites(trace);
        for (int i = 0; i < 3; i++)
            Lesson08.Largest(writes[i] - trace.O.SubMatrix(0, trace.O.RowCount, 4 * i, 4) * layer.W_O.SubMatrix(4 * i, 4, 0, 12)).ShouldBeLessThan(1e-12);
        return Lesson08.MeasureM2();
    }

    [Measures("M3")]
    public static (string, double)[] One_head_and_two()
    {
        var measured = Lesson08.MeasureM3();
        // The mean squared distance of the four right answers from the best of 3600 lines through their mean.
        double[][] corners = [[1, -1], [-1, 1], [1, 1], [-1, -1]];
        measured[0].Value.ShouldBe(Enumerable.Range(0, 3600).Min(step =>
        {
            var (sin, cos) = Math.SinCos(step * Math.PI / 3600);
            return corners.Average(t => Math.Pow(sin * t[0] - cos * t[1], 2));
        }), 1e-6);
        return measured;
    }

    [Measures("M5")]
    public static (string, double)[] Backward() => Lesson08.MeasureM5(Path.Combine(AppContext.BaseDirectory, "pytorch", "multi-head.safetensors"));
}
