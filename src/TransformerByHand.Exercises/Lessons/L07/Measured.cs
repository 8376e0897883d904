using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>The figures of claim L3: the feed-forward block goes up and comes back, and treats every token alike.</summary>
    /// <param name="feedForward">The block to measure.</param>
    /// <param name="X">Tokens (n × d_model), n at least 2.</param>
    public static (string Name, double Value)[] UpAndBack(FeedForward feedForward, Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(X);
        var (Y, trace) = feedForward.Forward(X);
        double alone = Enumerable.Range(0, X.RowCount).Max(t => (feedForward.Forward(X.SubMatrix(t, 1, 0, X.ColumnCount)).Y.Row(0) - Y.Row(t)).AbsoluteMaximum());
        var turned = Matrix<double>.Build.DenseOfRows(X.EnumerateRows().Reverse());
        double moved = (feedForward.Forward(turned).Y - Matrix<double>.Build.DenseOfRows(Y.EnumerateRows().Reverse())).Enumerate().Max(Math.Abs);
        return
        [
            ("width before", X.ColumnCount), ("width inside", trace.H.ColumnCount), ("width after", Y.ColumnCount),
            ("token alone and in company differ by", alone), ("tokens in another order differ by", moved),
        ];
    }

    /// <summary>The figures of claim T2: p − y is the gradient, and a step lowers the loss.</summary>
    /// <param name="tiny">The model.</param>
    /// <param name="rate">The rate of the step.</param>
    public static (string Name, double Value)[] OneStep(TinyModel tiny, double rate = 0.01)
    {
        ArgumentNullException.ThrowIfNull(tiny);
        var logits = tiny.Forward().Logits;
        var gradient = Softmax.Forward(logits).MapIndexed((i, j, p) => (p - (j == tiny.Targets[i] ? 1 : 0)) / logits.RowCount, Zeros.Include);
        // Dual numbers know nothing of p − y: they follow the formula of the loss.
        var byDuals = ForwardMode.Gradient(z => Loss(z, tiny.Targets), logits);
        double[] start = tiny.Weights, all = Vectors.Of(tiny.Gradients());
        double before = tiny.Loss(), after = tiny.At([.. start.Select((w, i) => w - rate * all[i])]).Loss();
        return
        [
            ("p − y and the gradient by dual numbers differ by", (gradient - byDuals).Enumerate().Max(Math.Abs)),
            ("largest sum of a row of p − y", gradient.RowSums().AbsoluteMaximum()),
            ("loss before the step", before), ("loss after the step", after),
            ("share of the promised fall", (before - after) / (rate * all.Sum(g => g * g))),
        ];
    }

    /// <summary>The mean cross-entropy, for numbers that carry their slope.</summary>
    private static Dual Loss(Dual[,] z, int[] targets)
    {
        Dual sum = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            Dual all = 0;
            for (int k = 0; k < z.GetLength(1); k++) all += Dual.Exp(z[i, k]);
            // ln(all) = ln(its value) + ln(1 + δ), and for a δ that is slope alone ln(1 + δ) = δ.
            sum += Math.Log(all.Value) + (all / all.Value - 1) - z[i, targets[i]];
        }
        return sum / targets.Length;
    }
}
