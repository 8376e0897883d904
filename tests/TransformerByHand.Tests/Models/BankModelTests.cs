using TransformerByHand.Models;

namespace TransformerByHand.Tests.Models;

public class BankModelTests
{
    [Fact]
    public void Known_and_held_out_sentences_have_no_person_and_way_in_common_and_all_phrases()
    {
        string[] Pairs(IEnumerable<BankSentence> sentences) => [.. sentences.Select(sentence => $"{sentence.Person} {sentence.Then}").Distinct()];

        (Pairs(BankModel.Known).Length, Pairs(BankModel.HeldOut).Length).ShouldBe((18, 6));
        Pairs(BankModel.Known).Intersect(Pairs(BankModel.HeldOut)).ShouldBeEmpty();
        (BankModel.Known.Count, BankModel.HeldOut.Count).ShouldBe((180, 60));
        BankModel.HeldOut.GroupBy(sentence => sentence.IsRiver).Select(group => group.Select(sentence => sentence.Phrase).Distinct().Count()).ShouldBe([5, 5]);
        BankModel.HeldOut.Select(sentence => sentence.Person).Except(BankModel.Known.Select(sentence => sentence.Person)).ShouldBeEmpty();
    }

    [Theory, InlineData(BankAsked.Later), InlineData(BankAsked.AtOnce)]
    public void A_trained_model_answers_every_held_out_sentence(BankAsked asked) => BankModel.Load(asked).Answers(BankModel.HeldOut).ShouldBe(60);

    [Fact]
    public void Before_the_first_layer_a_word_is_the_same_vector_in_every_sentence_and_afterwards_it_is_not()
    {
        var stages = BankModel.Load(BankAsked.Later).LastWords(BankModel.HeldOut.Select(sentence => sentence.UpToBank));

        stages.Count.ShouldBe(BankModel.Stages.Count);
        stages[0].EnumerateRows().ShouldAllBe(row => row.Equals(stages[0].Row(0)));
        (stages[1].Row(0) - stages[1].Row(1)).L2Norm().ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void A_head_that_writes_what_it_wrote_changes_nothing_and_one_that_writes_something_else_does()
    {
        // A text of one token: the head's write is the same at all of its places.
        var model = BankModel.Load(BankAsked.AtOnce);
        var write = model.MeanWrite(0, 2, [""]);

        var same = model.WithHeadFixed(0, 2, write).Read("").Logits;
        var other = model.WithHeadFixed(0, 2, write + SeededRandom.Create(1).NormalVector(32)).Read("").Logits;   // not a constant: LayerNorm would take that away

        (same - model.Read("").Logits).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
        (other - model.Read("").Logits).Enumerate().Max(Math.Abs).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void Training_again_from_a_seed_gives_the_same_model_and_other_seeds_give_others()
    {
        double[] First(int seed) => BankModel.Train(seed, BankAsked.Later, steps: 2).Model.Parameters[0].ToArray();

        First(3).ShouldBe(First(3));
        First(3).ShouldNotBe(First(4));
    }

    [Fact]
    public void A_head_that_is_not_there_is_named_with_those_that_are() =>
        Should.Throw<ArgumentOutOfRangeException>(() => BankModel.Load(BankAsked.Later).WithHeadFixed(0, 4, MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(32))).Message.ShouldContain("head is 4, but should be from 0 to 3");
}
