using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>The two halves of a layer, each alone and each trained on each job (seeds 1 to 3, the lowest loss), beside the floors that were derived.</summary>
    public static Table JobsTable()
    {
        static double Lowest(Func<int, double> train) => Enumerable.Range(1, 3).Min(train);
        return new Table("the job", "feed-forward alone", "its floor", "attention alone", "its floor") { Caption = "Mean squared error after 400 steps, the lowest of three trainings", Digits = 3 }
            .RowForEach(new (Job Job, string Map, string Reduce)[] { (Count(), "1", "0"), (Xor(), "0", "1"), (Xor(1, begin: true), "0", "?") }, one =>
            [
                one.Job.Name, NearZero(Lowest(seed => TrainFeedForward(one.Job, seed))), one.Map, NearZero(Lowest(seed => TrainAttention(one.Job, seed))), one.Reduce,
            ]);
    }

    /// <summary>The loss of a training, in words where there is hardly any left: how little depends on the machine's rounding.</summary>
    public static string NearZero(double loss) => loss < 1e-3 ? "below 0.001" : Numbers.Format(loss, 3);

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
                        .. tokens.Take(3).Select(x => Coloured(Mark.Point(x.A == x.B ? Answer(x) : "1, both of them", Math.Max(0, x.A + x.B), Math.Max(0, -x.A - x.B)), x)),
                    ],
                },
            ],
        };
    }
}
