using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>The flow charts of lesson 10 show what ran, right or wrong; and the trained pair runs in a reader's layers.</summary>
public class WholeLayerTests
{
    private static readonly Lesson10.EncoderStepFunction Encoder = Lesson10.EncoderStep.ReferenceSolution;
    private static readonly Lesson10.DecoderStepFunction Decoder = Lesson10.DecoderStep.ReferenceSolution;

    [Theory, InlineData(true), InlineData(false)]
    public void A_step_that_is_watched_is_wired_as_the_library_s_layer_says_by_its_trace(bool pre)
    {
        var layer = EncoderLayer.Random(SeededRandom.Create(5), new() { DModel = 6, Heads = 2, Placement = pre ? NormPlacement.Pre : NormPlacement.Post });

        Lesson10.WiringOf(Encoder, pre).Connections.ShouldBe(Lesson10.WiringOf(layer.Forward(SeededRandom.Create(6).NormalMatrix(3, 6)).Trace).Connections, ignoreOrder: true);
    }

    [Fact]
    public void A_decoder_step_is_wired_as_the_library_s_layer_says_by_its_trace()
    {
        var layer = DecoderLayer.Random(SeededRandom.Create(5), new() { DModel = 6, Heads = 2 });
        var trace = layer.Forward(SeededRandom.Create(6).NormalMatrix(3, 6), SeededRandom.Create(7).NormalMatrix(4, 6), Mask.Causal(3)).Trace;

        Lesson10.WiringOf(Decoder).Connections.ShouldBe(Lesson10.WiringOf(trace).Connections, ignoreOrder: true);
    }

    [Fact]
    public void Pre_and_post_LN_are_told_apart()
    {
        Lesson10.WiringOf(Encoder, pre: true).Connections.ShouldContain("LayerNorm 0 → self-attention");
        Lesson10.WiringOf(Encoder, pre: false).Connections.ShouldContain("⊕ 0 → LayerNorm 0");
        Lesson10.WiringOf(Encoder, pre: false).Connections.ShouldNotContain("LayerNorm 0 → self-attention");
    }

    [Fact]
    public void A_residual_connection_that_was_forgotten_is_missing_in_the_picture()
    {
        var wiring = Lesson10.WiringOf((X, attention, feedForward, norm1, norm2, pre) => attention(norm1(X)) is var H ? H + feedForward(norm2(H)) : H, pre: true);

        wiring.Sums.ShouldBe(1);
        wiring.Connections.ShouldNotContain("X → ⊕ 0");
        wiring.Unexplained.ShouldBe(0);
    }

    [Fact]
    public void A_matrix_that_no_part_made_gets_a_question_mark() =>
        Lesson10.WiringOf((X, attention, feedForward, norm1, norm2, pre) => 2.5 * attention(norm1(X)), pre: true).Unexplained.ShouldBe(1);

    [Fact]
    public void Exchanged_roles_and_a_mask_on_M_show_in_the_picture()
    {
        Lesson10.WiringOf((X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H ? H + cross(n2(H), n2(H), false) : H)
            .Connections.ShouldNotContain(connection => connection.StartsWith("M →", StringComparison.Ordinal));
        Lesson10.WiringOf((X, M, self, cross, ff, n1, n2, n3) => X + cross(n2(X), M, true)).Connections.ShouldContain("M → cross-attention, masked");
    }

    [Fact]
    public void The_three_layers_read_one_and_the_same_M_in_the_closed_picture()
    {
        var connections = Lesson10.ClosedWiringOf(Lesson10.ThreeLayers().Trace).Connections;

        foreach (int l in Enumerable.Range(0, 3)) connections.ShouldContain($"LayerNorm 0 → decoder layer {l}");
    }

    [Fact]
    public void The_pair_spells_through_a_reader_s_layers_what_it_spells_through_the_library_s()
    {
        var spelled = Lesson10.Spell(Speller.Load(), "reverse", "badge", Encoder, Decoder);

        spelled.Written.ShouldBe("egdab");
        spelled.ToText().ShouldContain("Computed by your EncoderStep and DecoderStep: every logit is the library's");
    }

    [Fact]
    public void A_layer_that_is_wrong_or_not_written_yet_is_named()
    {
        Lesson10.Spell(Speller.Load(), "copy", "abc", (X, attention, feedForward, norm1, norm2, pre) => X, (_, _, _, _, _, _, _, _) => throw new NotImplementedException())
            .ToText().ShouldSatisfyAllConditions(
                text => text.ShouldContain("Computed by your EncoderStep: the logits differ"),
                text => text.ShouldContain("Not written yet, so the library's computed it: DecoderStep."));
    }

    [Fact]
    public void What_the_pair_writes_depends_on_the_right_letter_and_its_attention_does_not_show_which()
    {
        var seen = Lesson10.WhereItLooks(Speller.Load().Model, "reverse");

        seen.ChangesWithLetter.ShouldBeGreaterThan(0.95);
        seen.ChangesWithOther.ShouldBeLessThan(0.3);
        seen.WeightOnLetter.ShouldBeLessThan(seen.Even);
    }
}
