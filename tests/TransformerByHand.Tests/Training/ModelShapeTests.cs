using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Tests.Training;

public class ModelShapeTests
{
    private static ModelShape Tiny(Architecture architecture = Architecture.DecoderOnly) =>
        new() { Architecture = architecture, Vocabulary = 5, DModel = 4, Heads = 2, Layers = 2, Context = 6 };

    [Theory]
    [InlineData(Architecture.DecoderOnly)]
    [InlineData(Architecture.EncoderOnly)]
    [InlineData(Architecture.EncoderDecoder)]
    public void Both_engines_build_the_same_weights_from_one_description(Architecture architecture)
    {
        foreach (var shape in new[]
        {
            Tiny(architecture), Tiny(architecture) with { Placement = NormPlacement.Post }, Tiny(architecture) with { Placement = NormPlacement.None },
            Tiny(architecture) with { AttentionBias = false, TiedOutput = true, Positions = Positions.Sinusoidal }, Tiny(architecture) with { DFF = 7, Positions = Positions.None },
            Tiny(architecture) with { KeyValueHeads = 1 }, Tiny(architecture) with { KeyValueHeads = 1, AttentionBias = false },
            Tiny(architecture) with { HasFeedForward = false }, Tiny(architecture) with { HasFeedForward = false, Bias = false, Placement = NormPlacement.None },
        }.Where(shape => shape.HasFeedForward || architecture != Architecture.EncoderDecoder))
        {
            var clear = architecture == Architecture.EncoderDecoder
                ? shape.ToTransformer(SeededRandom.Create(1)).Parameters
                : shape.ToLanguageModel(SeededRandom.Create(1)).Parameters;
            var fast = new FastTransformer(shape, 1, 1);

            fast.ToParameters().Select(p => p.ToString()).Order().ShouldBe(clear.Select(p => p.ToString()).Order());
            fast.Weights.Count.ShouldBe(clear.NumberCount);
        }
    }

    [Fact]
    public void A_description_that_the_fast_engine_cannot_follow_is_turned_away_when_the_model_is_built()
    {
        void Refused(ModelShape shape, string name) =>
            Should.Throw<ArgumentException>(() => new FastTransformer(shape, 1, 1)).ParamName.ShouldBe(name);

        Refused(Tiny() with { Skip = false }, "Skip");
        Refused(Tiny() with { Bias = false }, "Bias");
        Refused(Tiny() with { Placement = NormPlacement.OnWrite }, "Placement");
        Refused(Tiny() with { Activation = new Activation("square", x => x * x, x => 2 * x) }, "Activation");
    }

    [Fact]
    public void Attention_alone_has_the_weights_of_a_whole_model_less_those_of_the_block_and_its_norm()
    {
        var (whole, alone) = (new FastTransformer(Tiny(), 1, 1), new FastTransformer(Tiny() with { HasFeedForward = false }, 1, 1));

        alone.Weights.All.Select(weight => weight.ToString()).ShouldBe(
            whole.Weights.All.Where(weight => !weight.Name.Contains("feedForward", StringComparison.Ordinal) && !weight.Name.Contains("norm2", StringComparison.Ordinal)).Select(weight => weight.ToString()));
        (whole.Weights.Count - alone.Weights.Count).ShouldBe(2 * (8 * 4 * 4 + 7 * 4)); // 12d² + 13d less 4d² + 6d, in two layers
    }

    [Fact]
    public void There_are_as_many_heads_of_keys_and_values_as_of_queries_where_nothing_is_said()
    {
        Tiny().KeyValueHeads.ShouldBe(2);
        (Tiny() with { Heads = 4 }).KeyValueHeads.ShouldBe(4);
        (Tiny() with { Heads = 4, KeyValueHeads = 2 }).KeyValueHeads.ShouldBe(2);
    }

    [Fact]
    public void Choices_that_do_not_go_with_the_rest_are_refused_with_a_reason()
    {
        void Refused(ModelShape shape, string name, string reason)
        {
            var e = Should.Throw<ArgumentException>(shape.Check);
            e.ParamName.ShouldBe(name);
            e.Message.ShouldContain(reason);
        }

        Refused(Tiny() with { DModel = 6, Positions = Positions.Rotary }, "Heads", "d_k is 3, DModel 6 shared by 2 heads, but should be even");
        Refused(Tiny(Architecture.EncoderDecoder) with { Positions = Positions.Rotary }, "Architecture", "Positions is Rotary and Architecture is EncoderDecoder");
        Refused(Tiny(Architecture.EncoderDecoder) with { Positions = Positions.ALiBi }, "Architecture", "should be DecoderOnly");
        Refused(Tiny() with { DModel = 8, Heads = 4, KeyValueHeads = 3 }, "KeyValueHeads", "KeyValueHeads is 3, but should divide Heads, which is 4");
        Refused(Tiny() with { AttentionKind = AttentionKind.Linear, Positions = Positions.Rotary }, "Positions", "AttentionKind is Linear and Positions is Rotary");
        Refused(Tiny() with { AttentionKind = AttentionKind.Linear, Window = 3 }, "Window", "Window is 3, but should be 0");
        Refused(Tiny() with { AttentionKind = AttentionKind.Linear, KeyValueHeads = 1 }, "KeyValueHeads", "should be 2, as many as Heads");
        Refused(Tiny(Architecture.EncoderOnly) with { AttentionKind = AttentionKind.Linear }, "Architecture", "should be DecoderOnly");
        Refused(Tiny(Architecture.EncoderDecoder) with { HasFeedForward = false }, "HasFeedForward", "HasFeedForward is false and Architecture is EncoderDecoder");
        Refused(Tiny() with { KeyValueHeads = -1 }, "KeyValueHeads", "-1");
        Refused(Tiny(Architecture.EncoderOnly) with { Positions = Positions.ALiBi }, "Architecture", "Positions is ALiBi and Architecture is EncoderOnly");
    }

    [Fact]
    public void What_only_the_clear_layers_can_be_they_are() =>
        (Tiny() with { Activation = Activation.GELUTanh, Placement = NormPlacement.OnWrite, Skip = false, Bias = false })
            .ToLanguageModel(SeededRandom.Create(1)).Forward([0, 1]).Logits.ColumnCount.ShouldBe(5);

    [Fact]
    public void The_kinds_are_not_confused()
    {
        Should.Throw<InvalidOperationException>(() => Tiny().ToTransformer(SeededRandom.Create(1)));
        Should.Throw<InvalidOperationException>(() => Tiny(Architecture.EncoderDecoder).ToLanguageModel(SeededRandom.Create(1)));
    }

    [Fact]
    public void Every_choice_stands_in_the_text_by_which_a_checkpoint_knows_its_model()
    {
        string text = Tiny().ToString();
        foreach (var property in typeof(ModelShape).GetProperties().Where(property => property.CanWrite))
            text.ShouldContain(property.Name + " ");
        (Tiny() with { Dropout = 0.1 }).ToString().ShouldNotBe(text);
        (Tiny() with { DFF = 5 }).ToString().ShouldNotBe(text);
        (Tiny() with { HasFeedForward = false }).ToString().ShouldBe(text.Replace("HasFeedForward True", "HasFeedForward False", StringComparison.Ordinal));
        (Tiny() with { ε = 1e-6 }).ToString().ShouldContain("ε 1E-06");
        text.ShouldContain("Activation GELU,");
    }
}
