using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 11 and its laboratory, measured again.</summary>
internal static class TrainingMeasurements
{
    [Measures("N7")]
    public static (string, double)[] With_and_without_a_norm() => TakenAway.NormFigures(TakenAway.Norms(), TakenAway.DeepNorms());

    [Measures("R5")]
    public static (string, double)[] Warm_up_and_the_last_gradient() =>
        [.. XiongSetting.Figures(XiongSetting.Of(NormPlacement.Post), XiongSetting.Of(NormPlacement.Pre)), .. TakenAway.WarmUpFigures(TakenAway.WarmUps())];

    [Measures("T1")]
    public static (string, double)[] How_weights_begin() => Signals.ThroughDepth().Figures(TakenAway.Beginnings());

    [Measures("T3")]
    public static (string, double)[] One_thing_taken_away() => TakenAway.Figures(TakenAway.OneByOne());

    [Measures("T5")]
    public static (string, double)[] Three_ways_to_cut()
    {
        // The pairs that the library's tokeniser learns from the same tales.
        LearnedPairs pairs = Lesson11.LearnPairs(null);
        string text = string.Join("\n\n", Corpus.Tales.Generate().Split("\n\n")[..40]);
        BytePairTokeniser.Learn(text, pairs.Tokeniser.Vocabulary.Count).Merges.ShouldBe(pairs.Tokeniser.Merges);
        return Lesson11.CutFigures(pairs);
    }

    [Measures("T6")]
    public static (string, double)[] What_padding_changes() => PaddedTales.Read().Figures();

    [Measures("T8")]
    public static (string, double)[] Learning_by_heart() => TakenAway.ByHeartFigures(TakenAway.ByHeart());
}
