using FsCheck.Fluent;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using TransformerByHand.Tests.Training.Kernels;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Tests.Training;

/// <summary>The fast model against the clear layers: loss, logits and every gradient.</summary>
public class FastTransformerTests
{
    // Where the bound comes from: one rounding of a float is 2⁻²⁴ ≈ 6e-8 of the number. A gradient here is a chain of about
    // ten sums of up to 200 products; the roundings of a sum of n add up to about √n of them, and the chain adds ten such:
    // 10·√200·6e-8 ≈ 8e-6 of the largest number in the matrix. A wrong term would be off by a tenth or more.
    private const double Bound = 1e-5;

    public static TheoryData<string> Models => [.. Shapes.Keys];

    private static readonly Dictionary<string, ModelShape> Shapes = new()
    {
        ["pre-LN decoder"] = Shape(Architecture.DecoderOnly),
        ["post-LN decoder, ReLU"] = Shape(Architecture.DecoderOnly) with { Placement = NormPlacement.Post, Activation = Activation.ReLU },
        ["decoder without norm"] = Shape(Architecture.DecoderOnly) with { Placement = NormPlacement.None },
        ["pre-LN decoder, GELU by its formula with tanh"] = Shape(Architecture.DecoderOnly) with { Activation = Activation.GELUTanh },
        ["decoder with tied output"] = Shape(Architecture.DecoderOnly) with { TiedOutput = true },
        ["decoder with a window"] = Shape(Architecture.DecoderOnly) with { Window = 5 },
        ["decoder with sinusoids"] = Shape(Architecture.DecoderOnly) with { Positions = Positions.Sinusoidal, EmbeddingScale = 4 },
        ["one head, narrow feed-forward"] = Shape(Architecture.DecoderOnly) with { Heads = 1, DFF = 7, Positions = Positions.None },
        ["decoder with rotary positions"] = Shape(Architecture.DecoderOnly) with { Heads = 2, Positions = Positions.Rotary },
        ["decoder with rotary positions and a window"] = Shape(Architecture.DecoderOnly) with { Heads = 1, Positions = Positions.Rotary, Window = 5 },
        ["decoder with linear biases"] = Shape(Architecture.DecoderOnly) with { Positions = Positions.ALiBi },
        ["decoder with linear biases and a window"] = Shape(Architecture.DecoderOnly) with { Positions = Positions.ALiBi, Window = 5 },
        ["decoder whose heads share keys and values in pairs"] = Shape(Architecture.DecoderOnly) with { KeyValueHeads = 2 },
        ["multi-query decoder with rotary positions"] = Shape(Architecture.DecoderOnly) with { Heads = 2, KeyValueHeads = 1, Positions = Positions.Rotary },
        ["encoder-decoder whose heads share keys and values"] = Shape(Architecture.EncoderDecoder) with { KeyValueHeads = 1 },
        ["decoder with linear attention"] = Shape(Architecture.DecoderOnly) with { AttentionKind = AttentionKind.Linear },
        ["post-LN decoder with linear attention and no positions"] = Shape(Architecture.DecoderOnly) with { AttentionKind = AttentionKind.Linear, Positions = Positions.None, Placement = NormPlacement.Post },
        ["decoder of attention alone"] = Shape(Architecture.DecoderOnly) with { HasFeedForward = false, Layers = 3 },
        ["post-LN decoder of attention alone, without biases"] = Shape(Architecture.DecoderOnly) with { HasFeedForward = false, Placement = NormPlacement.Post, Bias = false },
        ["decoder of attention alone without norm, tied"] = Shape(Architecture.DecoderOnly) with { HasFeedForward = false, Placement = NormPlacement.None, TiedOutput = true },
        ["encoder of attention alone"] = Shape(Architecture.EncoderOnly) with { HasFeedForward = false },
        ["encoder with rotary positions"] = Shape(Architecture.EncoderOnly) with { Heads = 2, Positions = Positions.Rotary },
        ["pre-LN encoder"] = Shape(Architecture.EncoderOnly),
        ["encoder with a window"] = Shape(Architecture.EncoderOnly) with { Window = 7, Placement = NormPlacement.Post },
        ["post-LN encoder with a norm at the input"] = Shape(Architecture.EncoderOnly) with { Placement = NormPlacement.Post, InputNorm = true, TiedOutput = true },
        ["pre-LN encoder-decoder with norms at the inputs"] = Shape(Architecture.EncoderDecoder) with { InputNorm = true },
        ["pre-LN encoder-decoder"] = Shape(Architecture.EncoderDecoder),
        ["post-LN encoder-decoder, tied"] = Shape(Architecture.EncoderDecoder) with { Placement = NormPlacement.Post, TiedOutput = true, Activation = Activation.ReLU },
    };

    [Theory, MemberData(nameof(Models))]
    public void Loss_and_gradients_are_those_of_the_clear_layers(string name) => Compare(Shapes[name], KernelSet.Fastest, 2, 0);

    [Theory, MemberData(nameof(Models))]
    public void Label_smoothing_changes_loss_and_gradients_as_it_should(string name) => Compare(Shapes[name], KernelSet.Fastest, 1, 0.1f);

    [Theory, ClassData(typeof(KernelSets))]
    public void Every_register_width_gives_the_clear_layers_gradients(KernelSet kernels) =>
        Compare(Shapes["pre-LN encoder-decoder"], kernels, 1, 0);

    [Theory]
    [InlineData(70, 90, 1)]   // more than two blocks of queries
    [InlineData(70, 90, 40)]
    [InlineData(33, 33, 3)]
    public void Long_sequences_are_cut_into_blocks_without_a_seam(int length, int context, int window) =>
        Compare(Shape(Architecture.DecoderOnly) with { Context = context, Window = window == 1 ? 0 : window, Layers = 1 }, KernelSet.Fastest, 1, 0, length);

    [Theory]
    [InlineData(Positions.Rotary, 0)]
    [InlineData(Positions.ALiBi, 0)]
    [InlineData(Positions.ALiBi, 40)]
    public void Places_beyond_the_first_block_are_told_as_well(Positions positions, int window) =>
        Compare(Shape(Architecture.DecoderOnly) with { Heads = 2, Context = 90, Positions = positions, Window = window, Layers = 1 }, KernelSet.Fastest, 1, 0, 70);

    [Theory, ClassData(typeof(KernelSets))]
    public void Every_register_width_turns_and_biases_alike(KernelSet kernels)
    {
        foreach (var positions in new[] { Positions.Rotary, Positions.ALiBi })
            Compare(Shape(Architecture.DecoderOnly) with { DModel = 44, Heads = 2, Positions = positions }, kernels, 1, 0);
    }

    [Theory]
    [InlineData(Positions.None)]
    [InlineData(Positions.Sinusoidal)]
    [InlineData(Positions.Rotary)]
    [InlineData(Positions.ALiBi)]
    public void A_model_with_another_context_says_the_same_and_can_read_on(Positions positions)
    {
        var model = Make(Shape(Architecture.DecoderOnly) with { Heads = 2, Positions = positions });
        var longer = model.WithContext(40, sequences: 2);
        var batch = RandomBatch(model.Shape, 1, 12);

        longer.Logits(batch).ToArray().ShouldBe(model.Logits(batch).ToArray());
        Compare(longer, RandomBatch(longer.Shape, 1, 40), 0);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Every_register_width_has_linear_attention(KernelSet kernels) =>
        Compare(Shape(Architecture.DecoderOnly) with { DModel = 44, Heads = 2, Context = 90, AttentionKind = AttentionKind.Linear, Layers = 1 }, kernels, 2, 0, 70);

    [Fact]
    public void Attention_alone_gives_the_clear_layers_gradients_in_whatever_shape() => Seeded.ForAll(
        from h in Gen.Choose(1, 3)
        from dK in Gen.Choose(1, 9)
        from layers in Gen.Choose(1, 3)
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post, NormPlacement.None)
        from bias in Gen.Elements(true, false)
        from tied in Gen.Elements(true, false)
        from length in Gen.Choose(7, 40)
        select (Shape(Architecture.DecoderOnly) with
        {
            HasFeedForward = false, DModel = h * (dK + 2), Heads = h, Layers = layers, Placement = placement, Bias = bias, TiedOutput = tied, Context = 40,
        }, length),
        c => Compare(c.Item1, KernelSet.Fastest, 1, 0, c.length), count: 20);

    [Fact]
    public void As_many_heads_of_keys_and_values_as_of_queries_change_no_bit()
    {
        var shape = Shapes["pre-LN decoder"];
        var (said, unsaid) = (Make(shape with { KeyValueHeads = 4 }), Make(shape));
        var batch = RandomBatch(shape, 3, 12);

        said.Backpropagate(batch).ShouldBe(unsaid.Backpropagate(batch));
        said.Weights.Gradients.ShouldBe(unsaid.Weights.Gradients);
    }

    [Fact]
    public void Learned_positions_have_nothing_to_say_about_places_that_were_not_trained()
    {
        var model = Make(Shape(Architecture.DecoderOnly));
        Should.Throw<ArgumentException>(() => model.WithContext(17, 1)).Message.ShouldContain("context is 17, but should be 16: Positions is Learned");
        model.WithContext(16, 1).Weights.Values.ShouldBe(model.Weights.Values);
    }

    [Theory, MemberData(nameof(Models))]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        var (alone, together) = (Make(Shapes[name], threads: 1), Make(Shapes[name], threads: 3));
        var batch = RandomBatch(Shapes[name], 5, 12);
        double lossAlone = alone.Backpropagate(batch), lossTogether = together.Backpropagate(batch);
        lossTogether.ShouldBe(lossAlone);
        together.Weights.Gradients.ShouldBe(alone.Weights.Gradients);
    }

    [Theory, MemberData(nameof(Models))]
    public void After_warm_up_a_step_allocates_nothing(string name)
    {
        var model = Make(Shapes[name], threads: 1);
        var batch = RandomBatch(Shapes[name], 4, 12);
        for (int i = 0; i < 3; i++) model.Backpropagate(batch);

        Allocations.OfAStep(() => model.Backpropagate(batch)).ShouldBe(0);
    }

    [Fact]
    public void Gradients_of_several_batches_add_up()
    {
        var shape = Shapes["pre-LN decoder"];
        var (whole, halves) = (Make(shape), Make(shape));
        var batch = RandomBatch(shape, 4, 12);
        double loss = whole.Backpropagate(batch), sum = 0;
        foreach (int first in new[] { 0, 2 })
        {
            var half = new Batch(2, 12);
            Array.Copy(batch.Inputs, first * 12, half.Inputs, 0, 24);
            Array.Copy(batch.Targets, first * 12, half.Targets, 0, 24);
            Array.Copy(batch.Lengths, first, half.Lengths, 0, 2);
            sum += halves.Backpropagate(half, targets: batch.CountTargets());
        }
        sum.ShouldBe(loss, 1e-6);
        KernelSets.Distance(halves.Weights.Gradients, whole.Weights.Gradients).ShouldBeLessThan(Bound);
    }

    [Fact]
    public void With_dropout_the_gradient_is_that_of_the_loss_with_the_same_numbers_dropped()
    {
        var shape = Shapes["pre-LN encoder-decoder"] with { Dropout = 0.3f };
        var model = Make(shape);
        var batch = RandomBatch(shape, 3, 12);
        double loss = model.Backpropagate(batch, dropoutKey: 5);
        float[] gradient = [.. model.Weights.Gradients], weights = [.. model.Weights.Values];
        float[] direction = KernelSets.Numbers(SeededRandom.Create(3), weights.Length);
        double expected = gradient.Zip(direction, (g, d) => (double)g * d).Sum();

        const float step = 1e-3f;
        double up = LossAt(step), down = LossAt(-step);
        ((up - down) / (2 * step)).ShouldBe(expected, 0.01 * Math.Abs(expected));
        Math.Abs(loss - model.Loss(batch)).ShouldBeGreaterThan(1e-3);

        double LossAt(float h)
        {
            for (int i = 0; i < weights.Length; i++) model.Weights.Values[i] = weights[i] + h * direction[i];
            double result = model.Backpropagate(batch, dropoutKey: 5);
            weights.CopyTo(model.Weights.Values, 0);
            return result;
        }
    }

    [Fact]
    public void What_comes_later_moves_no_earlier_logit_by_a_bit()
    {
        var shape = Shapes["pre-LN decoder"];
        var model = Make(shape);
        var batch = RandomBatch(shape, 1, 12);
        float[] before = model.Logits(batch).ToArray();
        batch.Inputs[7] = (batch.Inputs[7] + 1) % shape.Vocabulary;
        float[] after = model.Logits(batch).ToArray();
        after[..(7 * shape.Vocabulary)].ShouldBe(before[..(7 * shape.Vocabulary)]);
        after[(7 * shape.Vocabulary)..].ShouldNotBe(before[(7 * shape.Vocabulary)..]);
    }

    [Fact]
    public void Padding_is_not_attended_to()
    {
        var shape = Shapes["pre-LN encoder"];
        var model = Make(shape);
        var batch = RandomBatch(shape, 1, 12);
        batch.Lengths[0] = 8;
        float[] before = model.Logits(batch).ToArray();
        batch.Inputs[10] = (batch.Inputs[10] + 1) % shape.Vocabulary;
        model.Logits(batch)[..(8 * shape.Vocabulary)].ToArray().ShouldBe(before[..(8 * shape.Vocabulary)]);
    }

    [Fact]
    public void Bad_batches_are_refused_with_a_reason()
    {
        var model = Make(Shapes["pre-LN decoder"]);
        Should.Throw<ArgumentException>(() => model.Loss(new Batch(6, 12))).Message.ShouldContain("room for 5");
        Should.Throw<ArgumentException>(() => model.Loss(new Batch(1, 17))).Message.ShouldContain("context is 16");
        Should.Throw<ArgumentException>(() => model.Loss(new Batch(1, 4, 4))).Message.ShouldContain("encoder–decoder");
        Should.Throw<ArgumentException>(() => model.Loss(new Batch(1, 4))).Message.ShouldContain("ignored");
        var batch = new Batch(1, 4);
        batch.Inputs[2] = 11;
        Should.Throw<ArgumentException>(() => model.Loss(batch)).Message.ShouldContain("ids 0 to 10");
        Should.Throw<ArgumentException>(() => new FastTransformer(Shapes["pre-LN decoder"] with { Heads = 3 }, 1)).Message.ShouldContain("multiple");
    }

    private static void Compare(ModelShape shape, KernelSet kernels, int threads, float smoothing, int length = 12) =>
        Compare(Make(shape, threads, kernels), RandomBatch(shape, 3, length), smoothing);

    private static void Compare(FastTransformer model, Batch batch, float smoothing)
    {
        var shape = model.Shape;
        var reference = new ReferenceModel(model);
        double expected = reference.Backpropagate(batch, smoothing);

        model.Backpropagate(batch, smoothing).ShouldBe(expected, 1e-5);
        model.Loss(batch, smoothing).ShouldBe(expected, 1e-5);
        foreach (var actual in model.ToGradients())
        {
            float[] gradient = [.. reference.Gradients[actual.Name].Select(x => (float)x)];
            // The true gradient of b_K is 0: a number added to all keys alike shifts every score of a row by the same.
            if (gradient.All(g => Math.Abs(g) < 1e-9)) actual.ToArray().ShouldAllBe(g => Math.Abs(g) < 1e-6);
            else KernelSets.Distance([.. actual.ToArray().Select(x => (float)x)], gradient).ShouldBeLessThan(Bound, actual.Name);
        }

        // What a model says at padding is nobody's business.
        float[] logits = [.. reference.Logits.ToRowMajorArray().Select(x => (float)x)];
        int told = batch.Lengths[^1] * shape.Vocabulary;
        KernelSets.Distance(model.Logits(batch)[^logits.Length..][..told], logits.AsSpan(0, told)).ShouldBeLessThan(Bound);
    }

    private static ModelShape Shape(Architecture architecture) => new()
    {
        Architecture = architecture, Vocabulary = 11, DModel = 20, Heads = 4, Layers = 2, Context = 16,
    };

    /// <summary>A model whose every weight, norms and biases included, is a number that matters.</summary>
    internal static FastTransformer Make(ModelShape shape, int threads = 1, KernelSet? kernels = null)
    {
        var model = new FastTransformer(shape, 5, threads, kernels);
        var random = SeededRandom.Create(17);
        foreach (var weight in model.Weights.All)
            for (int i = 0; i < weight.Count; i++)
                weight.Values[i] = (weight.Role == WeightRole.Gain ? 1 : 0) + 0.5f * (float)(2 * random.NextDouble() - 1);
        return model;
    }

    /// <summary>Random tokens and targets, some ignored; sequences of different lengths.</summary>
    internal static Batch RandomBatch(ModelShape shape, int sequences, int length)
    {
        var random = SeededRandom.Create(sequences);
        var batch = new Batch(sequences, length, shape.Architecture == Architecture.EncoderDecoder ? 9 : 0);
        for (int i = 0; i < batch.Inputs.Length; i++)
        {
            batch.Inputs[i] = random.Next(shape.Vocabulary);
            batch.Targets[i] = random.Next(4) == 0 ? Batch.Ignored : random.Next(shape.Vocabulary);
        }
        for (int i = 0; i < batch.Source.Length; i++) batch.Source[i] = random.Next(shape.Vocabulary);
        for (int i = 0; i < sequences; i++)
        {
            batch.Lengths[i] = length - (i + 1) % 3 * 2;
            batch.Targets.AsSpan(i * length, length)[batch.Lengths[i]..].Fill(Batch.Ignored);
        }
        if (batch.SourceLength > 0)
            for (int i = 0; i < sequences; i++) batch.SourceLengths[i] = 9 - i % 3 * 4;
        return batch;
    }
}
