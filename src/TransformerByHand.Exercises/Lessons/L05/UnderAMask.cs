using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What a later token can do to an earlier output.</summary>
/// <param name="Open">Entry (i, j): how far output i moves when token j is changed, without a mask (6 × 6).</param>
/// <param name="Causal">The same under the causal mask.</param>
/// <param name="FutureMoved">Of the 15 pairs of an earlier output and a later token under the mask: outputs that move, be it by one bit.</param>
/// <param name="BeginningsThatDiffer">Of the 6 beginnings of the text, read alone under the mask: outputs that differ by a bit from the same rows of the whole.</param>
/// <param name="BesideNaN">The first number of the first output when the last value holds a NaN.</param>
public sealed record UnderAMask(Matrix<double> Open, Matrix<double> Causal, int FutureMoved, int BeginningsThatDiffer, double BesideNaN);

public static partial class Lesson05
{
    /// <summary>Six random tokens (6 × 10).</summary>
    public static Matrix<double> SixTokens => SeededRandom.Create(45).NormalMatrix(6, 10);

    /// <summary>How far each output moves (row) when 1 is added to every feature of a token (column).</summary>
    /// <param name="layer">Tokens in, outputs out, as many rows.</param>
    /// <param name="X">The tokens (n × d).</param>
    /// <returns>The largest change of a number of output i for a change of token j (n × n).</returns>
    public static Matrix<double> Moved(Func<Matrix<double>, Matrix<double>> layer, Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(X);
        var before = layer(X);
        return DenseMatrix.OfColumns(Enumerable.Range(0, X.RowCount).Select(j =>
        {
            var changed = X.Clone();
            changed.SetRow(j, X.Row(j) + 1);
            return (layer(changed) - before).EnumerateRows().Select(row => row.AbsoluteMaximum());
        }));
    }

    /// <summary>Changes each of six tokens in turn, without a mask and under the causal one.</summary>
    public static UnderAMask LookAhead()
    {
        var (head, six) = (SentenceHead, SixTokens);
        var open = Moved(X => head.Forward(X).Y, six);
        var causal = Moved(X => head.Forward(X, Mask.Causal(X.RowCount)).O, six);
        var (whole, trace) = head.Forward(six, Mask.Causal(6));
        int beginnings = Enumerable.Range(1, 6).Count(n =>
            !head.Forward(six.SubMatrix(0, n, 0, 10), Mask.Causal(n)).O.Enumerate().SequenceEqual(whole.SubMatrix(0, n, 0, 4).Enumerate()));
        var poisoned = trace.V.Clone();
        poisoned[5, 0] = double.NaN;
        return new UnderAMask(open, causal, causal.EnumerateIndexed().Count(entry => entry.Item2 > entry.Item1 && entry.Item3 != 0), beginnings, (trace.A * poisoned)[0, 0]);
    }

    /// <summary>The two pictures of <see cref="LookAhead"/>: a plain 0 is exactly 0.</summary>
    public static Figure LookAheadFigure()
    {
        UnderAMask seen = LookAhead();
        Heatmap Picture(string title, Matrix<double> moved) => new(moved) { Title = title, RowTitle = "output", ColumnTitle = "changed token", Digits = 3 };
        return new SmallMultiples { Title = "How far an output moves when a token is changed", Columns = 2, Figures = [Picture("no mask", seen.Open), Picture("causal mask", seen.Causal)] };
    }

    /// <summary>Masks for eight tokens as pictures: a query a row, a key a column, blue where it may look.</summary>
    /// <param name="names">Which: "full", "causal", "padding", "causal window", "two-sided window", "blocks"; all six if none is named.</param>
    public static Figure MaskPictures(params string[] names)
    {
        (string Name, string Title, Mask Mask)[] all =
        [
            ("full", "full", Mask.All(8, 8)),
            ("causal", "causal", Mask.Causal(8)),
            ("padding", "padding: the last two", Mask.Padding(8, [false, false, false, false, false, false, true, true])),
            ("causal window", "causal window, w = 3", Mask.SlidingWindow(8, 3)),
            ("two-sided window", "two-sided window, w = 3", Mask.SlidingWindow(8, 3, causal: false)),
            ("blocks", "blocks of 4", Mask.Where(8, 8, (i, j) => i / 4 == j / 4)),
        ];
        return new SmallMultiples
        {
            Title = "Masks for eight tokens. Blue: may look", Columns = 3,
            Figures = [.. all.Where(mask => names.Length == 0 || names.Contains(mask.Name)).Select(mask => new Heatmap(mask.Mask.ToMatrix())
            {
                Title = $"{mask.Title}: {mask.Mask.ToMatrix().Enumerate().Sum()} pairs", ShowNumbers = false, ShowLegend = false, RowTitle = "query", ColumnTitle = "key",
            })],
        };
    }

    /// <summary>The figures of claim A5.</summary>
    public static (string Name, double Value)[] MeasureA5()
    {
        UnderAMask seen = LookAhead();
        double Differ<T>()
            where T : IFloatingPointIeee754<T> =>
            FilledWeights<T>(2, -1e9, add: true).Zip(FilledWeights<T>(2, double.NegativeInfinity, add: false), (a, b) => double.CreateChecked(T.Abs(a - b))).Max();
        double First<T>()
            where T : IFloatingPointIeee754<T> => double.CreateChecked(FilledWeights<T>(0, -1e9, add: true)[0]);
        return
        [
            ("earlier outputs moved by a later token", seen.FutureMoved),
            ("beginnings that differ in a bit from the whole", seen.BeginningsThatDiffer),
            ("output beside a future value of NaN", seen.BesideNaN),
            ("−1e9 and −∞ differ, something allowed, 16 bits", Differ<Half>()),
            ("−1e9 and −∞ differ, something allowed, 32 bits", Differ<float>()),
            ("−1e9 and −∞ differ, something allowed, 64 bits", Differ<double>()),
            ("first weight, nothing allowed, −1e9 added, 16 bits", First<Half>()),
            ("first weight, nothing allowed, −1e9 added, 32 bits", First<float>()),
            ("first weight, nothing allowed, −1e9 added, 64 bits", First<double>()),
        ];
    }
}
