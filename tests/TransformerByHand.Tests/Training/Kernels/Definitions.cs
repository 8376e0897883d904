using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using TransformerByHand.Training;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Tests.Training.Kernels;

/// <summary>What each kernel computes: the library's clear layer where it has one, else the formula in the plainest code.</summary>
internal static class Definitions
{
    /// <summary>Softmax of one row of scores times a scale.</summary>
    public static float[] Softmax(float[] x, float scale) => Floats(TransformerByHand.Layers.Softmax.Of(scale * Row(x)));

    /// <summary>LayerNorm of one token.</summary>
    public static float[] LayerNorm(float[] x, float[] gamma, float[] beta, float epsilon) =>
        Floats(new LayerNorm(Row(gamma), Row(beta), epsilon).Forward(Row(x).ToRowMatrix()).Y.Row(0));

    /// <summary>Cross-entropy of one row of logits.</summary>
    public static double CrossEntropy(float[] logits, int target, float smoothing) =>
        TransformerByHand.Training.CrossEntropy.Forward(Row(logits).ToRowMatrix(), [target], smoothing).Loss;

    /// <summary>C = A·B + D, where a D of one row is added to every row and one of no rows is nothing.</summary>
    public static void Product(MatrixSpan a, MatrixSpan b, MatrixSpan d, MatrixSpan c)
    {
        for (int i = 0; i < c.Rows; i++)
            for (int j = 0; j < c.Columns; j++)
            {
                float sum = 0;
                for (int k = 0; k < a.Columns; k++)
                    sum += a[i, k] * b[k, j];
                c[i, j] = sum + (d.Rows == 0 ? 0 : d[d.Rows == 1 ? 0 : i, j]);
            }
    }

    /// <summary>Σ x_i·y_i.</summary>
    public static float Dot(float[] x, float[] y) => (float)(Row(x) * Row(y));

    /// <summary>One step of AdamW for one weight.</summary>
    public static float AdamW(float w, float g, ref float m, ref float v, AdamWKernel.Constants k)
    {
        g *= k.GradientScale;
        m = k.Beta1 * m + (1 - k.Beta1) * g;
        v = k.Beta2 * v + (1 - k.Beta2) * g * g;
        return k.Decay * w - k.StepSize * m / (MathF.Sqrt(v) * k.InverseRootCorrection + k.Epsilon);
    }

    /// <summary>One step of gradient descent with momentum for one weight.</summary>
    public static float Momentum(float w, float g, ref float b, MomentumKernel.Constants k)
    {
        b = k.Momentum * b + k.GradientScale * g + k.Decay * w;
        return w - k.LearningRate * b;
    }

    private static Vector<double> Row(float[] numbers) => DenseVector.OfEnumerable(numbers.Select(v => (double)v));

    private static float[] Floats(Vector<double> numbers) => [.. numbers.Select(v => (float)v)];
}
