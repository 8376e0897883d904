using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class ModelTests
{
    private static readonly LayerOptions Tiny = new() { DModel = 2, DFF = 3, Activation = Activation.GELU };

    private static Part At(LanguageModel model, params int[] ids) =>
        new(model.Parameters, () => model.Forward(ids, null, SeededRandom.Create(3)).Logits, d => model.Backward(model.Forward(ids, null, SeededRandom.Create(3)).Trace, d).ByName());

    private static Part At(Transformer model, int[] source, int[] target) =>
        new(model.Parameters, () => model.Forward(source, target).Logits, d => model.Backward(model.Forward(source, target).Trace, d).ByName());

    [Fact]
    public void Gradients_of_language_models_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post)
        from tied in Gen.Elements(true, false)
        from p in Gen.Elements(0, 0.2)
        from ids in Gen.Choose(0, 3).ArrayOf(3)
        select (random, Tiny with { Placement = placement, Dropout = p }, tied, ids),
        c =>
        {
            var (random, options, tied, ids) = c;
            At(CausalLanguageModel.Random(random, 4, 5, 1, options, tied).With(random), ids).MustAgree();
            At(MaskedLanguageModel.Random(random, 4, 5, 1, options, tied).With(random), ids).MustAgree();
        }, count: 6);

    [Fact]
    public void Gradients_of_the_transformer_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from tied in Gen.Elements(true, false)
        from source in Gen.Choose(0, 3).ArrayOf(3)
        from target in Gen.Choose(0, 2).ArrayOf(2)
        select (Transformer.Random(random, 4, 3, 1, Tiny, tied).With(random), source, target),
        c => At(c.Item1, c.source, c.target).MustAgree(), count: 4);

    [Fact]
    public void Wrong_backward_passes_of_a_language_model_are_rejected()
    {
        var random = SeededRandom.Create(1);
        var model = CausalLanguageModel.Random(random, 4, 5, 1, Tiny, tied: true).With(random);
        int[] ids = [2, 0, 2];
        var trace = model.Forward(ids).Trace;
        var part = At(model, ids);

        part.MustAgree();
        part.MustReject("tied: only the look-up is counted", "E", d => model.Input.Backward(trace.Input, model.Backward(trace, d).Encoder.dX).dE);
        part.MustReject("tied: only the unembedding is counted", "E", d => model.Backward(trace, d).Unembedding.dE!);
        part.MustRejectChanged("positions of other sequences are touched", "P", dP => dP + 1e-3);
        part.MustReject("the layers are skipped", "P", d => model.Input.Backward(trace.Input, model.Backward(trace, d).Unembedding.dX).dP!);
    }

    [Fact]
    public void Wrong_backward_passes_of_the_unembedding_are_rejected()
    {
        var random = SeededRandom.Create(2);
        var embedding = Embedding.Random(random, 3, 3);
        var (untied, tied) = (Unembedding.Untied(random.NormalMatrix(3, 3)), Unembedding.TiedTo(embedding));
        var X = random.NormalMatrix(3, 3);

        var part = Part.Of(untied, X);
        part.MustAgree();
        part.MustReject("the transpose is forgotten", "X", d => d * untied.W_U);
        part.MustReject("dW_U is transposed", "W_U", d => d.Transpose() * X);
        part.MustRejectChanged("averaged over positions", "W_U", d => d / 3);

        part = Part.Of(tied, X);
        part.MustAgree();
        part.MustReject("the table is read the wrong way", "X", d => d * embedding.E.Transpose());
        part.MustReject("dE is transposed", "E", d => X.Transpose() * d);
        part.MustRejectChanged("E is taken for fixed", "E", d => d * 0);
    }

    [Fact]
    public void Wrong_backward_passes_of_the_transformer_are_rejected()
    {
        var random = SeededRandom.Create(3);
        var model = Transformer.Random(random, 3, 3, 1, Tiny, tied: true).With(random);
        int[] source = [2, 0, 1], target = [1, 2, 1];
        var trace = model.Forward(source, target).Trace;
        TransformerGradients g(Matrix<double> d) => model.Backward(trace, d);
        var part = At(model, source, target);

        part.MustAgree();
        part.MustReject("nothing reaches the encoder", "source.E", d => g(d).Source.dE * 0);
        part.MustReject("the encoder is skipped", "source.E", d => model.Source.Backward(trace.Source, g(d).Decoder.dM).dE);
        part.MustReject("source and target are swapped", "source.E", d => model.Target.Backward(trace.Target, g(d).Decoder.dX).dE);
        part.MustReject("tied: only the look-up is counted", "target.E", d => model.Target.Backward(trace.Target, g(d).Decoder.dX).dE);
        part.MustReject("√d_model is forgotten", "source.E", d => g(d).Source.dE / Math.Sqrt(2));
    }

    [Fact]
    public void The_gradients_of_a_norm_at_the_input_agree_with_differences()
    {
        var random = SeededRandom.Create(4);
        var input = new InputLayer(Embedding.Random(random, 4, 3), new LearnedPositions(random.NormalMatrix(5, 3)), norm: new LayerNorm(random.NormalVector(3), random.NormalVector(3)));
        int[] ids = [2, 0, 2];
        var part = new Part(input.Parameters, () => input.Forward(ids).X, dX => input.Backward(input.Forward(ids).Trace, dX).OfParameters());

        part.MustAgree();
        input.Parameters.Select(p => p.Name).ShouldBe(["E", "P", "inputNorm.γ", "inputNorm.β"]);
        part.MustReject("the norm is passed by", "P", dX => new LearnedPositions(random.NormalMatrix(5, 3)).Backward(new(dX, dX), dX).dP!);
    }

    [Fact]
    public void A_causal_model_does_not_see_the_future_by_a_single_bit() => Seeded.ForAll(
        from random in Seeded.Random
        from j in Gen.Choose(1, 4)
        from ids in Gen.Choose(0, 5).ArrayOf(5)
        select (CausalLanguageModel.Random(random, 7, 8, 2, Tiny with { DModel = 4, Heads = 2 }), ids, j),
        c =>
        {
            var (model, ids, j) = c;
            var before = model.Forward(ids).Logits;
            int[] changed = [.. ids];
            changed[j] = 6;
            var after = model.Forward(changed).Logits;

            for (int i = 0; i < j; i++) after.Row(i).ToArray().ShouldBe(before.Row(i).ToArray());
            after.Row(j).ToArray().ShouldNotBe(before.Row(j).ToArray());
        });

    [Fact]
    public void A_masked_model_sees_the_future()
    {
        var model = MaskedLanguageModel.Random(SeededRandom.Create(1), 7, 8, 1, Tiny);

        model.Forward([1, 2, 3]).Logits.Row(0).ToArray().ShouldNotBe(model.Forward([1, 2, 4]).Logits.Row(0).ToArray());
    }

    [Fact]
    public void What_is_padded_into_the_source_changes_nothing() => Seeded.ForAll(
        from random in Seeded.Random
        from padding in Gen.Choose(0, 5)
        select (Transformer.Random(random, 6, 5, 2, Tiny with { DModel = 4, Heads = 2 }), padding),
        c =>
        {
            var (model, padding) = c;
            var alone = model.Forward([1, 2, 3], [4, 0]).Logits;
            var padded = model.Forward([1, 2, 3, padding, padding], [4, 0], [false, false, false, true, true]).Logits;

            Compare.MustBeClose("logits", padded, alone, 1e-13);
        });

    [Fact]
    public void GPT_2_small_has_as_many_parameters_as_published()
    {
        // 50257 words and 1024 positions of width 768, twelve layers of 12·d² + 13·d, and the last norm.
        var layer = EncoderLayer.Random(SeededRandom.Create(1), new LayerOptions { DModel = 768, Heads = 12 }).Parameters.NumberCount;

        (50257 * 768 + 1024 * 768 + 12 * layer + 2 * 768).ShouldBe(124_439_808);
    }

    [Fact]
    public void A_tied_model_counts_its_table_once()
    {
        var random = SeededRandom.Create(1);
        int Count(bool tied) => CausalLanguageModel.Random(random, 11, 5, 1, Tiny, tied).Parameters.NumberCount;

        Count(tied: false).ShouldBe(Count(tied: true) + 11 * 2);
    }

    [Fact]
    public void The_end_of_the_stream_reads_out_as_the_logits()
    {
        var model = CausalLanguageModel.Random(SeededRandom.Create(1), 7, 8, 2, Tiny);
        var (logits, trace) = model.Forward([1, 2, 3]);
        var stream = ResidualStream.Of(trace.Encoder);

        model.ReadOut(stream.End).ShouldBe(logits);
        stream.Start.ShouldBe(trace.Input.X);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var random = SeededRandom.Create(1);
        var model = CausalLanguageModel.Random(random, 4, 3, 1, Tiny);
        var transformer = Transformer.Random(random, 4, 5, 1, Tiny);
        var table = Embedding.Random(random, 4, 2);

        Should.Throw<ArgumentOutOfRangeException>(() => model.Forward([1, 4])).Message.ShouldContain("ids[1] is 4, but should be from 0 to 3");
        Should.Throw<ArgumentException>(() => model.Forward([])).Message.ShouldContain("ids is empty");
        Should.Throw<ArgumentException>(() => model.Forward([0, 0, 0, 0])).Message.ShouldContain("positions for at most 3");
        Should.Throw<ArgumentOutOfRangeException>(() => transformer.Forward([4], [0])).Message.ShouldContain("source[0] is 4");
        Should.Throw<ArgumentException>(() => transformer.Forward([1], [])).Message.ShouldContain("target is empty");
        Should.Throw<ArgumentException>(() => transformer.Forward([1, 2], [0], [true])).Message.ShouldContain("sourceIsPadding has 1 entries");
        Should.Throw<ArgumentException>(() => new CausalLanguageModel(new InputLayer(table, null), model.Encoder, Unembedding.TiedTo(Embedding.Random(random, 4, 2)))).Message.ShouldContain("tied to another embedding");
        Should.Throw<ArgumentException>(() => new Transformer(new InputLayer(table, null), new InputLayer(table, null), transformer.Encoder, transformer.Decoder, Unembedding.TiedTo(table))).Message.ShouldContain("share one table");
    }
}
