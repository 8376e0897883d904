using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>The figures of claim A6: lesson 05's, and what each half of a layer cannot do alone.</summary>
    public static (string Name, double Value)[] MeasureA6()
    {
        var (count, xor, beside) = (Count(), Xor(), Xor(1, begin: true));
        return
        [
            .. Lesson05.MeasureA6(),
            ("counting five tokens: floor of a map", FloorOfMap.ReferenceSolution(CountTokens(), CountTargets())),
            ("counting, feed-forward alone, trained", Lowest(seed => TrainFeedForward(count, seed))),
            ("counting, attention alone, by hand", count.Loss(CountsByHand().Forward(count.X, count.Apart).Y)),
            ("XOR, attention alone, trained", Lowest(seed => TrainAttention(xor, seed))),
            ("XOR, feed-forward alone, by hand", XorLossByHand()),
            ("XOR beside <begin>, attention alone, by hand", beside.Loss(XorBesideBeginByHand().Forward(beside.X, beside.Apart).Y)),
        ];
    }

    /// <summary>The figures of claim A7, on held-out sentences.</summary>
    public static (string Name, double Value)[] MeasureA7()
    {
        var (later, atOnce, held) = (BankModel.Load(BankAsked.Later), BankModel.Load(BankAsked.AtOnce), BankModel.HeldOut);
        var untrained = Senses(BankModel.Untrained(1), held);
        return
        [
            ("distance of two senses before the first layer", Senses(later, held)[0].Other),
            ("distance after the last block, untrained", untrained[^1].Other),
            ("other / same, untrained", untrained[^1].Ratio),
            ("other / same, trained and asked later", Senses(later, held)[^1].Ratio),
            ("the same at the word where it is asked", Senses(later, held, atQuestion: true)[^1].Ratio),
            ("other / same, trained and asked at once", Senses(atOnce, held)[^1].Ratio),
            ("asked later: right answers, of 60", later.Answers(held)),
            ("asked later: right answers with 'bank' hidden", later.Answers(held, BankHidden)),
            ("asked later: right answers through 'bank' alone", later.Answers(held, ThroughBank)),
        ];
    }
}
