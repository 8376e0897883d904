using TransformerByHand.Models;

namespace TransformerByHand.Tests.Models;

public class ItModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, ItModel.Seeds)];

    [Theory, MemberData(nameof(Seeds))]
    public void Every_stored_model_prefers_the_right_noun_in_all_pairs_for_judging(int seed)
    {
        ItModel model = ItModel.Load(seed);
        foreach (ItPair pair in ItModel.Judging)
            foreach (bool who in new[] { true, false })
                Lead(model, pair, who).ShouldBeGreaterThan(0, pair.Text(who));
    }

    [Fact]
    public void So_does_the_encoder()
    {
        ItModel model = ItModel.LoadMasked();
        model.IsMasked.ShouldBeTrue();
        ItModel.Judging.ShouldAllBe(pair => Lead(model, pair, true) > 0 && Lead(model, pair, false) > 0);
    }

    [Fact]
    public void The_sentences_of_a_pair_differ_in_the_adjective_alone()
    {
        foreach (ItPair pair in ItModel.Choosing.Concat(ItModel.Judging))
        {
            string[] first = pair.Text(true).Split(' '), second = pair.Text(false).Split(' ');
            first.Length.ShouldBe(second.Length);
            first.Zip(second).Count(words => words.First != words.Second).ShouldBe(2);
        }
    }

    [Fact]
    public void The_answer_is_asked_for_at_the_last_word_or_at_the_mask()
    {
        string text = ItModel.Judging[0].Text(true);
        int[] causal = ItModel.Load().Encode(text), masked = ItModel.LoadMasked().Encode(text);

        ItModel.Words[causal[ItModel.Load().AskedAt(causal)]].ShouldBe("the");
        ItModel.Words[masked[ItModel.LoadMasked().AskedAt(masked)]].ShouldBe("<mask>");
        ItModel.Words[masked[^1]].ShouldBe(".");
    }

    [Theory]
    [InlineData(0), InlineData(6)]
    public void A_seed_that_was_not_trained_is_refused(int seed) =>
        Should.Throw<ArgumentOutOfRangeException>(() => ItModel.Load(seed)).ParamName.ShouldBe("seed");

    [Fact]
    public void Every_load_makes_a_model_of_its_own()
    {
        ItModel first = ItModel.Load(), second = ItModel.Load();
        first.Model.Parameters[0][0] += 1;
        second.Model.Parameters[0][0].ShouldNotBe(first.Model.Parameters[0][0]);
    }

    private static double Lead(ItModel model, ItPair pair, bool who)
    {
        int[] ids = model.Encode(pair.Text(who));
        var logits = model.Model.Forward(ids).Logits.Row(model.AskedAt(ids));
        return logits[ItModel.Words.IdOf(pair.Answer(who))] - logits[ItModel.Words.IdOf(pair.Answer(!who))];
    }
}
