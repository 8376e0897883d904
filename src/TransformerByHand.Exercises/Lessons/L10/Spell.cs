using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>Does a task with the trained model, through your layers.</summary>
    /// <param name="speller">The model, whose parts are put together.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="letters">1 to 8 letters from a to j.</param>
    /// <param name="encoderStep">Puts an encoder layer together; while it is not written, the library's layer computes.</param>
    /// <param name="decoderStep">Puts a decoder layer together; likewise.</param>
    /// <returns>What was written, and under it whether every logit is the library's.</returns>
    /// <exception cref="ArgumentException">There is no such task, or the letters are none that the model knows.</exception>
    public static SpellerReading Spell(Speller speller, string task, string letters, EncoderStepFunction encoderStep, DecoderStepFunction decoderStep)
    {
        ArgumentNullException.ThrowIfNull(speller);
        bool encodes = IsWritten(() => WiringOf(encoderStep, pre: true)), decodes = IsWritten(() => WiringOf(decoderStep));
        var model = speller.Model;
        double difference = 0;
        Matrix<double> Logits(int[] source, int[] target)
        {
            var M = model.Source.Forward(source).X;                                 // (m × d_model)
            foreach (var layer in model.Encoder.Layers) M = encodes ? Step(layer, encoderStep, M) : layer.Forward(M).Y;
            M = Norm(model.Encoder.Norm!, M);
            var Y = model.Target.Forward(target).X;                                 // (n × d_model)
            foreach (var layer in model.Decoder.Layers) Y = decodes ? Step(layer, decoderStep, Y, M) : layer.Forward(Y, M, Mask.Causal(target.Length)).Y;
            var logits = model.Unembedding.Forward(Norm(model.Decoder.Norm!, Y)).Y; // (n × V)
            difference = Math.Max(difference, Largest(logits - model.Forward(source, target).Logits));
            return logits;
        }
        return speller.Do(task, letters, Logits, Notes);

        IReadOnlyList<string> Notes()
        {
            string[] names = ["EncoderStep", "DecoderStep"];
            bool[] written = [encodes, decodes];
            string used = string.Join(" and ", names.Where((_, k) => written[k])), missing = string.Join(", ", names.Where((_, k) => !written[k]));
            return
            [
                .. used.Length == 0 ? [] : new[] { difference < 1e-8   // logits this near differ by rounding alone
                    ? $"Computed by your {used}: every logit is the library's, to rounding."
                    : $"Computed by your {used}: the logits differ from the library's, by up to {Numbers.Format(difference, 3)}." },
                .. missing.Length == 0 ? [] : new[] { $"Not written yet, so the library's computed it: {missing}." },
            ];
        }
    }

    /// <summary>One layer of the library, put together by a step of yours.</summary>
    /// <param name="layer">The layer, in pre-LN or post-LN.</param>
    /// <param name="step">The step.</param>
    /// <param name="X">The stream (n × d_model).</param>
    /// <returns>The stream after it (n × d_model).</returns>
    public static Matrix<double> Step(EncoderLayer layer, EncoderStepFunction step, Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(step);
        return step(
            X, x => layer.Attention.Forward(x).Y, x => layer.FeedForward.Forward(x).Y, x => Norm(layer.AddAndNorm1.Norm!, x), x => Norm(layer.AddAndNorm2.Norm!, x),
            layer.AddAndNorm1.Placement == NormPlacement.Pre);
    }

    /// <summary>One pre-LN decoder layer of the library, put together by a step of yours.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="step">The step.</param>
    /// <param name="X">The stream (n × d_model).</param>
    /// <param name="M">The encoder's output (m × d_model).</param>
    /// <returns>The stream after it (n × d_model).</returns>
    public static Matrix<double> Step(DecoderLayer layer, DecoderStepFunction step, Matrix<double> X, Matrix<double> M)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(step);
        return step(
            X, M, Attending(layer.SelfAttention), Attending(layer.CrossAttention), x => layer.FeedForward.Forward(x).Y,
            x => Norm(layer.AddAndNorm1.Norm!, x), x => Norm(layer.AddAndNorm2.Norm!, x), x => Norm(layer.AddAndNorm3.Norm!, x));
    }

    private static Matrix<double> Norm(LayerNorm norm, Matrix<double> X) => norm.Forward(X).Y;
}
