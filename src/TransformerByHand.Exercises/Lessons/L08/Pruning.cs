using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

// Heads taken away from the trained layers.
public static partial class Lesson08
{
    private static readonly (double First, double Second)[] BothTexts = [(1, -1), (-1, 1)];

    /// <summary>A layer with some of its heads only: their columns of W_Q, W_K and W_V, and their rows of W_O. The numbers are copied.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="heads">Which heads stay, from 0.</param>
    public static MultiHeadAttention Keep(MultiHeadAttention layer, IEnumerable<int> heads)
    {
        ArgumentNullException.ThrowIfNull(layer);
        int[] which = [.. heads];
        Matrix<double> Columns(Matrix<double> W) => which.Select(i => W.ColumnBlock(i, layer.h)).SideBySide();
        return new(which.Length, Columns(layer.W_Q), Columns(layer.W_K), Columns(layer.W_V), which.Select(i => layer.W_O.RowBlock(i, layer.h)).Aggregate((a, b) => a.Stack(b)));
    }

    /// <summary>The loss of a layer without one of its heads, for each head.</summary>
    /// <param name="layer">The layer.</param>
    public static double[] LossWithout(MultiHeadAttention layer) =>
        [.. Enumerable.Range(0, layer.h).Select(gone => FetchLoss(Keep(layer, Enumerable.Range(0, layer.h).Where(i => i != gone))))];

    /// <summary>The angle between the segments of a pair of heads, in degrees.</summary>
    /// <param name="pair">A layer with two heads.</param>
    /// <param name="text">0 for 'cat, dog', 1 for 'dog, cat'.</param>
    public static double Angle(MultiHeadAttention pair, int text)
    {
        var nouns = Of(Nouns(BothTexts[text].First, BothTexts[text].Second));
        var ((u0, u1), (w0, w1)) = (Ends(pair, 0, nouns), Ends(pair, 1, nouns));
        var (r, s) = ((u0 - u1).Normalize(2), (w0 - w1).Normalize(2));
        return Math.Asin(Math.Abs(r[0] * s[1] - r[1] * s[0])) * 180 / Math.PI;
    }

    /// <summary>The square of what a head writes on average over the verbs.</summary>
    /// <param name="pair">A layer with two heads.</param>
    /// <param name="text">0 for 'cat, dog', 1 for 'dog, cat'.</param>
    /// <param name="head">The head, from 0.</param>
    public static double SquaredConstant(MultiHeadAttention pair, int text, int head)
    {
        var write = pair.HeadWrites(pair.Forward(Of(Questions()), Of(Nouns(BothTexts[text].First, BothTexts[text].Second)), mask: null).Trace)[head];   // (verbs × 2)
        var mean = write.ColumnSums() / write.RowCount;
        return mean * mean;
    }

    /// <summary>
    /// What a pair that answers everything loses with one head, told from the picture: 1/sin² of the angle between the two segments, plus the
    /// square of what the lost head wrote on average, both averaged over the two sentences.
    /// </summary>
    /// <param name="pair">A layer with two heads and L = 0.</param>
    /// <param name="lost">The head that is taken away.</param>
    public static double ForetoldLoss(MultiHeadAttention pair, int lost) =>
        Enumerable.Range(0, 2).Average(text => 1 / Math.Pow(Math.Sin(Angle(pair, text) * Math.PI / 180), 2) + SquaredConstant(pair, text, lost));

    /// <summary>Twenty pairs of heads, without one.</summary>
    public static Table PrunedPairs()
    {
        double[] without = [.. Trained(2).Select(run => LossWithout(run.Layer)[1])];
        double miss = Trained(2).Max(run => Enumerable.Range(0, 2).Max(lost => Math.Abs(LossWithout(run.Layer)[lost] - ForetoldLoss(run.Layer, lost))));
        return new Table("two heads, L without one (it is the same for either)", "measured")
            .Row("lowest of 20 pairs", Math.Round(without.Min(), 2)).Row("median", Math.Round(without.Median(), 2)).Row("highest", Math.Round(without.Max(), 2))
            .Row("largest miss from 1/sin² φ and the constant, of 40", miss < 0.001 ? "below 0.001" : Math.Round(miss, 3));
    }

    /// <summary>Four of these pairs, with their angles.</summary>
    public static Table FourPairs() =>
        new Table("start", "slants", "angle φ, cat dog", "angle φ, dog cat", "constant, squared", "L without one head") { Caption = "Four of the 20 pairs (angles in degrees)" }
            .RowForEach(new[] { 106, 110, 109, 108 }, seed =>
            {
                var pair = Trained(2)[seed - 100].Layer;
                return
                [
                    $"{seed}", $"{Slant(pair, 0):0} and {Slant(pair, 1):0}", Math.Round(Angle(pair, 0)), Math.Round(Angle(pair, 1)),
                    Math.Round(Enumerable.Range(0, 2).Average(text => SquaredConstant(pair, text, 1)), 2), Math.Round(LossWithout(pair)[1], 2),
                ];
            });

    /// <summary>In how many of the 20 layers with four heads at least so many can each go for less than 0.05.</summary>
    /// <param name="atLeast">How many heads.</param>
    public static int LayersWithSpareHeads(int atLeast) => Trained(4).Count(run => LossWithout(run.Layer).Count(loss => loss < 0.05) >= atLeast);

    /// <summary>Twenty layers of four heads, without one.</summary>
    public static Table PrunedFours()
    {
        double[] cheapest = [.. Trained(4).Select(run => LossWithout(run.Layer).Min())];
        return new Table("four heads, L with one taken away", "measured")
            .Row("layers with a head that costs less than 0.05, of 20", LayersWithSpareHeads(1)).Row("layers with two such heads, each taken away alone", LayersWithSpareHeads(2))
            .Row("cheapest head of a layer: lowest", Math.Round(cheapest.Min(), 2)).Row("cheapest head of a layer: highest", Math.Round(cheapest.Max(), 2));
    }

    /// <summary>The first five of them, head by head.</summary>
    public static Table FirstFive() => new Table("four heads, start", "without head 0", "without head 1", "without head 2", "without head 3")
        .RowForEach(Trained(4).Take(5), run => [$"{run.Seed}", .. LossWithout(run.Layer).Select(loss => (object)Math.Round(loss, 2))]);

    /// <summary>In each of the 20 layers of four heads the cheapest head is taken away, the rest trained on for 1000 steps, and again, down to one head.</summary>
    public static Table PrunedAndTrainedOn()
    {
        double[,] justPruned = new double[20, 5], trainedOn = new double[20, 5];    // [layer, heads kept]
        for (int run = 0; run < 20; run++)
        {
            var shrinking = Trained(4)[run].Layer;
            trainedOn[run, 4] = FetchLoss(shrinking);
            while (shrinking.h > 1)
            {
                double[] losses = LossWithout(shrinking);
                int gone = Array.IndexOf(losses, losses.Min());
                shrinking = Keep(shrinking, Enumerable.Range(0, shrinking.h).Where(i => i != gone));
                justPruned[run, shrinking.h] = losses.Min();
                TrainToFetch(shrinking, 1000);
                trainedOn[run, shrinking.h] = FetchLoss(shrinking);
            }
        }
        double[] Column(double[,] all, int kept) => [.. Enumerable.Range(0, 20).Select(run => all[run, kept])];
        return new Table("heads kept", "L just pruned, lowest", "highest", "L after 1000 more steps, lowest", "highest") { Caption = "20 layers, the cheapest head taken away each time (first row: as trained)" }
            .RowForEach(new[] { 4, 3, 2, 1 }, kept =>
            [
                kept, kept == 4 ? null : Math.Round(Column(justPruned, kept).Min(), 2), kept == 4 ? null : Math.Round(Column(justPruned, kept).Max(), 2),
                Math.Round(Column(trainedOn, kept).Min(), 3), Math.Round(Column(trainedOn, kept).Max(), 3),
            ]);
    }
}
