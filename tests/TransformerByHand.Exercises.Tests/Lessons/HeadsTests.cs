using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>What lesson 13 takes models apart with, and what it says of them.</summary>
public class HeadsTests
{
    public static TheoryData<string> Models => ["causal", "encoder", "rows", "attention alone", "glimpse"];

    [Theory, MemberData(nameof(Models))]
    public void A_pass_in_which_nothing_is_exchanged_is_the_model_s_own(string name)
    {
        var (model, ids) = Of(name);
        var (logits, trace) = model.Forward(ids);
        HeadRun plain = HeadRun.Of(model, ids), through = HeadRun.Of(model, ids, (_, _, O) => O.Clone());

        (plain.Logits - logits).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
        (through.Logits - logits).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
        plain.Heads[1][1].A.ShouldBe(trace.Encoder.Layers[1].Attention.Block.Heads[1].A);
    }

    [Fact]
    public void An_exchanged_head_is_seen_by_later_layers_and_not_by_earlier_ones()
    {
        var (model, ids) = Of("causal");
        HeadRun plain = HeadRun.Of(model, ids), changed = HeadRun.Of(model, ids, HeadRun.At((0, 1), O => O + 1));

        changed.Heads[0][1].O.ShouldBe(plain.Heads[0][1].O);
        changed.Heads[1][0].O.ShouldNotBe(plain.Heads[1][0].O);
    }

    [Fact]
    public void Two_layers_go_on_with_a_row_and_one_layer_does_not()
    {
        IReadOnlyList<int[]> rows = RepeatModel.Rows(8);
        Lesson13.RepeatLoss(RepeatModel.Load(2), rows).ShouldBeLessThan(0.05);
        Lesson13.RepeatLoss(RepeatModel.Load(1), rows).ShouldBeGreaterThan(1.5);
        Lesson13.ScoresOfHeads(Lesson13.InductionScore.ReferenceSolution, RepeatModel.Load(2), rows).Cast<double>().Max().ShouldBe(0.51, 0.02);
        Lesson13.ScoresOfHeads(Lesson13.InductionScore.ReferenceSolution, RepeatModel.Load(1), rows).Cast<double>().Max().ShouldBeLessThan(0.15);
    }

    [Fact]
    public void Two_layers_of_attention_alone_have_an_induction_head_and_one_has_not()
    {
        var rows = Lesson13.AttentionAlone(seeds: 2, steps: 600).Rows;

        rows.Select(row => row[0]).ShouldBe(["two layers, with feed-forward", "two layers, attention alone", "one layer, attention alone"]);
        ((double)rows[0][5]!).ShouldBeGreaterThan(0.3);
        ((double)rows[1][4]!).ShouldBeLessThan(0.1);
        ((double)rows[1][5]!).ShouldBeGreaterThan(0.5);
        ((double)rows[2][2]!).ShouldBeGreaterThan(1.5);
        ((double)rows[2][7]!).ShouldBeLessThan(0.15);
        Should.Throw<ArgumentOutOfRangeException>(() => Lesson13.AttentionAlone(seeds: 0)).ParamName.ShouldBe("seeds");
    }

    [Fact]
    public void Nouns_on_which_heads_are_chosen_are_not_those_on_which_they_are_judged()
    {
        ItModel.Choosing.Select(pair => (pair.Who, pair.What)).Intersect(ItModel.Judging.Select(pair => (pair.Who, pair.What))).ShouldBeEmpty();
        ItModel.Judging.Count.ShouldBe(15);
    }

    [Fact]
    public void Four_heads_and_more_can_go_from_every_model_of_it_before_half_of_the_pairs_are_lost()
    {
        for (int seed = 1; seed <= ItModel.Seeds; seed++)
            Lesson13.Pruned(ItModel.Load(seed))[4].ShouldBeGreaterThan(7);
    }

    private static (LanguageModel Model, int[] Ids) Of(string name) => name switch
    {
        "causal" => (ItModel.Load(2).Model, ItModel.Load(2).Encode(ItModel.Judging[0].Text(true))),
        "encoder" => (ItModel.LoadMasked().Model, ItModel.LoadMasked().Encode(ItModel.Judging[0].Text(false))),
        "rows" => (RepeatModel.Load(2), RepeatModel.Rows(1)[0]),
        "attention alone" => (new ModelShape { Vocabulary = RepeatModel.Letters, DModel = 8, Heads = 2, Layers = 2, Context = 40, HasFeedForward = false }.ToLanguageModel(SeededRandom.Create(1)), RepeatModel.Rows(1)[0]),
        _ => (Glimpse.Load().Model, Glimpse.Load().Encode("anna was a baker")),
    };
}
