using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    /// <summary>What one score does to the weights and the output of <em>the</em>: bars, and the output pulled about inside the triangle of its values.</summary>
    /// <remarks>
    /// With r the average of the other values and a the weight of value j, o = (1 − a)·r + a·v_j: a score moves its weight and leaves r alone,
    /// so the output runs along the straight line through v_j.
    /// </remarks>
    public static Figure RaiseOneScore()
    {
        var (_, t) = ThreeTokens.Head.Forward(ThreeTokens.X);
        Vector<double> WeightsWith(int j, double more)
        {
            var z = t.Z.Row(0);
            z[j] += more;
            return Softmax.Of(z);
        }
        (double X, double Y) OutputWith(int j, double more)
        {
            var o = WeightsWith(j, more) * t.V;
            return (o[0], o[1]);
        }

        string[] words = ThreeTokens.Words;
        double[][] values = t.V.ToRowArrays();
        double[] raised = [0, 1, 2, 3];
        Mark Track(int j)
        {
            var (fromX, fromY) = OutputWith(j, double.NegativeInfinity);   // without this key at all
            return Mark.Arrow($"v_{j}, {words[j]}", values[j][0], values[j][1], fromX, fromY) with { Colour = 6 };
        }
        return new SmallMultiples
        {
            Title = "Raise one score: its weight grows, the others shrink, the output moves straight towards its value",
            Columns = 2,
            Figures =
            [
                new BarChart
                {
                    Title = "weights, as the scaled score of “the” rises", Categories = words, ValueTitle = "weight", Height = 250, Digits = 2,
                    Series = [.. raised.Select(more => new Bars(more == 0 ? "as it is" : $"+ {more}", WeightsWith(0, more)))],
                },
                new Plane
                {
                    Title = "the output, in the same colours", XTitle = "first number", YTitle = "second number", Size = 400,
                    Marks =
                    [
                        Mark.Polygon("", values.Select(v => (v[0], v[1]))),
                        .. Enumerable.Range(0, 3).Select(Track),
                        .. raised.Select((more, k) => (Colour: k, At: OutputWith(0, more))).Select(o => Mark.Point(o.Colour == 0 ? "o" : $"+ {o.Colour}", o.At.X, o.At.Y) with { Colour = o.Colour }),
                    ],
                },
            ],
        };
    }
}
