using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;

namespace TransformerByHand.Tests.Training;

public class OptimiserTests
{
    private static readonly ModelShape Shape = new() { Vocabulary = 5, DModel = 8, Heads = 2, Layers = 1, Context = 6 };

    [Fact]
    public void The_first_step_of_adam_moves_every_weight_by_the_learning_rate()
    {
        // m/c₁ = g and √(v/c₂) = |g|, whatever g is.
        var model = FastTransformerTests.Make(Shape);
        float[] before = [.. model.Weights.Values];
        for (int i = 0; i < before.Length; i++) model.Weights.Gradients[i] = i % 2 == 0 ? 0.01f * (i + 1) : -3;
        new AdamW(model, weightDecay: 0).Step(1e-3);
        for (int i = 0; i < before.Length; i++)
            (model.Weights.Values[i] - before[i]).ShouldBe(i % 2 == 0 ? -1e-3f : 1e-3f, 1e-6);
    }

    [Fact]
    public void Weight_decay_draws_matrices_to_zero_and_leaves_biases_and_norms()
    {
        var model = FastTransformerTests.Make(Shape);
        float[] before = [.. model.Weights.Values];
        model.Weights.ClearGradients();
        new AdamW(model, weightDecay: 0.5).Step(0.1);
        foreach (var weight in model.Weights.All)
            for (int i = 0; i < weight.Count; i++)
                weight.Values[i].ShouldBe(before[weight.Offset + i] * (Optimiser.Decays(weight) ? 0.95f : 1), 1e-6, weight.Name);
        Optimiser.Decays(model.Weights["layers.0.norm1.γ"]).ShouldBeFalse();
        Optimiser.Decays(model.Weights["layers.0.attention.W_QKV"]).ShouldBeTrue();
    }

    [Fact]
    public void Clipping_scales_a_long_gradient_down_and_leaves_a_short_one()
    {
        foreach (double length in new[] { 10.0, 0.1 })
        {
            var model = FastTransformerTests.Make(Shape);
            float[] before = [.. model.Weights.Values];
            model.Weights.ClearGradients();
            model.Weights.Gradients[3] = (float)(0.6 * length);
            model.Weights.Gradients[^1] = (float)(-0.8 * length);
            new Sgd(model, momentum: 0).Step(1, clipNorm: 1).ShouldBe(length, 1e-5);
            double moved = Math.Min(1, length);
            (before[3] - model.Weights.Values[3]).ShouldBe((float)(0.6 * moved), 1e-5);
            (before[^1] - model.Weights.Values[^1]).ShouldBe((float)(-0.8 * moved), 1e-5);
        }
    }

    [Fact]
    public void Momentum_makes_steps_along_one_direction_longer()
    {
        var model = FastTransformerTests.Make(Shape);
        float start = model.Weights.Values[0];
        model.Weights.ClearGradients();
        model.Weights.Gradients[0] = 1;
        var sgd = new Sgd(model, momentum: 0.5);
        for (int i = 0; i < 3; i++) sgd.Step(0.1);
        (start - model.Weights.Values[0]).ShouldBe(0.1f * (1 + 1.5f + 1.75f), 1e-5);
    }

    [Fact]
    public void The_schedule_of_2017_peaks_where_the_paper_says()
    {
        var schedule = Schedule.InverseRoot(512, 4000);
        schedule.At(4000).ShouldBe(6.9877e-4, 1e-8);
        schedule.At(2000).ShouldBe(6.9877e-4 / 2, 1e-8);
        schedule.At(16000).ShouldBe(6.9877e-4 / 2, 1e-8);
    }

    [Fact]
    public void The_cosine_goes_up_in_a_line_and_down_to_its_end()
    {
        var schedule = Schedule.Cosine(1, 10, 110, 0.1);
        schedule.At(5).ShouldBe(0.5);
        schedule.At(10).ShouldBe(1);
        schedule.At(60).ShouldBe(0.55, 1e-12);
        schedule.At(110).ShouldBe(0.1, 1e-12);
        schedule.At(500).ShouldBe(0.1, 1e-12);
    }

    [Theory]
    [InlineData(InitialisationScheme.Gpt2, 0.02, 0.02 / 2)]
    [InlineData(InitialisationScheme.SmallNormal, 0.02, 0.02)]
    [InlineData(InitialisationScheme.Xavier, 0.1118034, 0.1767767)] // √(2/(32+128)) and √(2/(32+32))
    [InlineData(InitialisationScheme.He, 0.25, 0.25)]
    public void Initial_weights_have_the_deviation_of_their_scheme(InitialisationScheme scheme, double first, double output)
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 5, DModel = 32, Heads = 2, Layers = 2, Context = 6 }, 1);
        model.Initialise(1, scheme);
        // The deviation estimated from n numbers is off by a share of about 1/√(2n): 1 % and 2 %.
        Deviation("layers.0.feedForward.W_1").ShouldBe(first, 0.05 * first);
        Deviation("layers.0.attention.W_O").ShouldBe(output, 0.08 * output);
        model.Weights["layers.1.norm2.γ"].Values.ToArray().ShouldAllBe(g => g == 1);
        model.Weights["layers.1.feedForward.b_1"].Values.ToArray().ShouldAllBe(b => b == 0);

        double Deviation(string name) => Math.Sqrt(model.Weights[name].Values.ToArray().Average(w => (double)w * w));
    }

    [Fact]
    public void Where_a_layer_writes_to_the_stream_once_there_are_half_as_many_matrices_to_share_the_deviation()
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 5, DModel = 32, Heads = 2, Layers = 4, Context = 6, HasFeedForward = false }, 1);
        model.Initialise(1);
        float[] W_O = model.Weights["layers.3.attention.W_O"].Values.ToArray();
        Math.Sqrt(W_O.Average(w => (double)w * w)).ShouldBe(0.02 / 2, 0.08 * 0.02 / 2);
    }

    [Fact]
    public void The_first_loss_is_near_ln_V()
    {
        var shape = new ModelShape { Vocabulary = 65, DModel = 64, Heads = 4, Layers = 2, Context = 32 };
        var model = new FastTransformer(shape, 4);
        model.Initialise(1);
        var batch = new Batch(4, 32);
        var random = SeededRandom.Create(2);
        for (int i = 0; i < 128; i++) (batch.Inputs[i], batch.Targets[i]) = (random.Next(65), random.Next(65));
        model.Loss(batch).ShouldBe(Math.Log(65), 0.05);
    }
}
