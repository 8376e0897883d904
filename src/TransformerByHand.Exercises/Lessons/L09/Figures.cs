using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>The two halves of a layer, each alone, on each job: set by hand where it can do it, else the lowest loss of three trainings (seeds 1 to 3).</summary>
    public static Table JobsTable()
    {
        var (count, xor, beside) = (Count(), Xor(), Xor(1, begin: true));
        return new Table("the job", "feed-forward alone", "attention alone") { Caption = "Mean squared error. By hand where it can be done, else the lowest of three trainings", Digits = 3 }
            .Row("count five tokens", $"{NearZero(Lowest(seed => TrainFeedForward(count, seed)))}, trained", $"{NearZero(count.Loss(CountsByHand().Forward(count.X, count.Apart).Y))}, by hand")
            .Row("XOR", $"{NearZero(XorLossByHand())}, by hand", $"{NearZero(Lowest(seed => TrainAttention(xor, seed)))}, trained")
            .Row("XOR beside <begin>", $"{NearZero(XorLossByHand())}, by hand", $"{NearZero(beside.Loss(XorBesideBeginByHand().Forward(beside.X, beside.Apart).Y))}, by hand; {NearZero(Lowest(seed => TrainAttention(beside, seed)))}, trained");
    }

    /// <summary>The lowest of three trainings, with the seeds 1 to 3.</summary>
    /// <param name="train">From a seed to the loss at the end.</param>
    public static double Lowest(Func<int, double> train) => Enumerable.Range(1, 3).Min(train);

    /// <summary>The loss of 09.3's solution on the four tokens.</summary>
    public static double XorLossByHand()
    {
        (double A, double B)[] tokens = [(1, 1), (1, -1), (-1, 1), (-1, -1)];
        double[] answers = XorByHand.ReferenceSolution(BlockOn(tokens));
        return tokens.Zip(answers).Average(one => Math.Pow(one.Second + one.First.A * one.First.B, 2));
    }

    /// <summary>A loss, in words where there is hardly any left: how little depends on the machine's rounding.</summary>
    public static string NearZero(double loss) => loss == 0 ? "0" : loss < 1e-3 ? "below 0.001" : Numbers.Format(loss, 3);

    /// <summary>The floor of a map at the job of counting five tokens, by the reader's 09.2 or, as long as that is a stub, by the solution.</summary>
    /// <param name="floor">The reader's function.</param>
    public static double FloorOfCounting(FloorOfMapFunction floor)
    {
        ArgumentNullException.ThrowIfNull(floor);
        return OrSolution(() => floor(CountTokens(), CountTargets()), () => FloorOfMap.ReferenceSolution(CountTokens(), CountTargets())).Result;
    }

    /// <summary>What the two doors of 09.3's solution do to the four tokens: no line parts the two answers before, one does behind the doors.</summary>
    public static SmallMultiples DoorsFigure()
    {
        (double A, double B)[] tokens = [(1, 1), (-1, -1), (1, -1), (-1, 1)];
        static string Answer((double A, double B) x) => x.A == x.B ? "−1" : "1";
        static Mark Coloured(Mark mark, (double A, double B) x) => mark with { Colour = x.A == x.B ? 1 : 0 };
        return new SmallMultiples
        {
            Title = "XOR, before the doors and behind them", Columns = 2,
            Figures =
            [
                new Plane
                {
                    Title = "the four tokens: no line parts 1 from −1", XTitle = "a", YTitle = "b", Size = 320, Reach = 2.4,
                    Marks = [.. tokens.Select(x => Coloured(Mark.Point(Answer(x), x.A, x.B), x))],
                },
                new Plane
                {
                    Title = "behind the doors: one line does", XTitle = "ReLU(a + b)", YTitle = "ReLU(−a − b)", Size = 320, Reach = 2.4,
                    Marks =
                    [
                        Mark.Polygon("", (1.9, -0.9), (-0.9, 1.9), (1.9, -0.9)) with { Colour = 3 },
                        .. tokens.Take(3).Select(x => Coloured(Mark.Point(x.A == x.B ? Answer(x) : "1, 1", Math.Max(0, x.A + x.B), Math.Max(0, -x.A - x.B)), x)),
                    ],
                },
            ],
        };
    }

    /// <summary>A reader's test of maps, tried on the parts of the glimpse. Tokens of four numbers are sent through a fixed random matrix to the model's width first, which is a map too.</summary>
    /// <param name="isMap">The reader's 09.1; as long as it is a stub, the solution judges.</param>
    public static Table PartsOfTheGlimpse(MapTest isMap)
    {
        ArgumentNullException.ThrowIfNull(isMap);
        var glimpse = Glimpse.Load();
        var widen = SeededRandom.Create(94).NormalMatrix(4, glimpse.Width);
        EncoderLayer layer = glimpse.Model.Encoder.Layers[0];
        (string Name, Func<Matrix<double>, Matrix<double>> Part)[] parts =
        [
            ("LayerNorm", X => glimpse.AttentionNorm(0).Forward(X).Y),
            ("attention, under the causal mask", X => glimpse.Attention(0).Forward(X, Mask.Causal(X.RowCount)).Y),
            ("feed-forward", X => glimpse.FeedForward(0).Forward(X).Y),
            ("the whole layer", X => layer.Forward(X, Mask.Causal(X.RowCount)).Y),
            ("the reading of logits", glimpse.Model.ReadOut),
        ];
        Func<double[,], double[,]> OnFour(Func<Matrix<double>, Matrix<double>> part) => X => part(M(X) * widen).ToArray();
        var (verdicts, isOwn) = OrSolution(
            () => parts.Select(one => isMap(OnFour(one.Part))).ToArray(), () => parts.Select(one => IsMap.ReferenceSolution(OnFour(one.Part))).ToArray());
        return new Table("part of the glimpse, layer 0", "a map?") { Caption = isOwn ? null : "09.1 is not written yet: the solution judges" }
            .RowForEach(parts.Zip(verdicts), one => [one.First.Name, one.Second ? "yes" : "no"]);
    }

    /// <summary>How much the words of a tale differ on their way through the glimpse, as it is and with its skips taken out.</summary>
    /// <param name="measure">The reader's 09.4; as long as it is a stub, the solution measures.</param>
    public static Table SharesInTheGlimpse(ShareThatDiffersFunction measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        var glimpse = Glimpse.Load();
        var reading = glimpse.Read("Anna was a baker and lived by the river. One morning she wanted a silver key, so she went to the castle.");
        Mask causal = Mask.Causal(reading.Words.Count);
        List<(string Stage, Matrix<double> AsItIs, Matrix<double> WithoutSkips)> stages = [("before the first layer", reading.StreamBefore(0), reading.StreamBefore(0))];
        var X = reading.StreamBefore(0);                                                            // (n × 64)
        for (int l = 0; l < glimpse.Layers; l++)
        {
            X = glimpse.Attention(l).Forward(glimpse.AttentionNorm(l).Forward(X).Y, causal).Y;       // (n × 64)
            stages.Add(($"after attention {l}", reading.StreamBeforeFeedForward(l), X));
            X = glimpse.FeedForward(l).Forward(glimpse.FeedForwardNorm(l).Forward(X).Y).Y;          // (n × 64)
            stages.Add(($"after feed-forward {l}", reading.StreamBefore(l + 1), X));
        }
        var (shares, isOwn) = OrSolution(() => Of(measure), () => Of(ShareThatDiffers.ReferenceSolution));
        return new Table("the glimpse reads a tale", "share that differs", "without its skips") { Caption = isOwn ? null : "09.4 is not written yet: the solution measures", Digits = 3 }
            .RowForEach(stages.Zip(shares), one => [one.First.Stage, one.Second.AsItIs, one.Second.WithoutSkips]);

        (double AsItIs, double WithoutSkips)[] Of(ShareThatDiffersFunction share) => [.. stages.Select(stage => (share(stage.AsItIs), share(stage.WithoutSkips)))];
    }
}
