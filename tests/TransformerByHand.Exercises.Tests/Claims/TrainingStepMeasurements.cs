using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 07, measured again.</summary>
internal static class TrainingStepMeasurements
{
    [Measures("L3")]
    public static (string, double)[] Up_and_back()
    {
        TinyModel tiny = TinyModel.Create();
        Matrix<double> X = tiny.Forward().Trace.Encoder.Layers[0].FeedForward.Block.X;
        // Number by number, without the library's block.
        Vector<double> Alone(Vector<double> x)
        {
            var h = DenseVector.Create(32, k => Math.Max(0, Enumerable.Range(0, 10).Sum(c => x[c] * tiny.FeedForward.W_1[c, k]) + tiny.FeedForward.b_1![k]));
            return DenseVector.Create(10, c => Enumerable.Range(0, 32).Sum(k => h[k] * tiny.FeedForward.W_2[k, c]) + tiny.FeedForward.b_2![c]);
        }
        Matrix<double> together = tiny.FeedForward.Forward(X).Y;
        Enumerable.Range(0, 3).Max(t => (Alone(X.Row(t)) - together.Row(t)).AbsoluteMaximum()).ShouldBeLessThan(1e-12);
        return Lesson07.UpAndBack(tiny.FeedForward, X);
    }

    [Measures("T2")]
    public static (string, double)[] One_step() => Lesson07.OneStep(TinyModel.Create());

    [Measures("Q5")]
    public static (string, double)[] Examples() => new TwoSentences().Measure();
}
