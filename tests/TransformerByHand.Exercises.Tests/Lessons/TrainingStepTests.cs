using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>The step of lesson 07, put together from a reader's functions, is the library's; and says so where it is not.</summary>
public class TrainingStepTests
{
    private readonly TinyModel tiny = TinyModel.Create();

    private TinyStep Step(
        Lesson07.FeedForwardFunction? feedForward = null, Lesson07.FeedForwardBackFunction? back = null, Lesson07.LossGradientFunction? loss = null, Lesson07.BlockBackFunction? block = null) =>
        tiny.With(
            feedForward ?? Lesson07.FeedForwardRows.ReferenceSolution, back ?? Lesson07.FeedForwardBack.ReferenceSolution,
            loss ?? Lesson07.LossGradient.ReferenceSolution, block ?? Lesson07.BlockBack.ReferenceSolution);

    [Fact]
    public void With_the_solutions_every_gradient_is_the_library_s()
    {
        string text = Step().ToText();

        text.ShouldContain("W_1");
        text.ShouldNotContain("off by");
        text.ShouldNotContain("Not written yet");
    }

    [Fact]
    public void The_gradient_is_the_slope_of_the_loss()
    {
        double[] weights = tiny.Weights, gradient = Step().At(weights).gradient;
        double[] direction = SeededRandom.Create(3).NormalVector(weights.Length).ToArray();
        double Along(double h) => tiny.At([.. weights.Select((w, i) => w + h * direction[i])]).Loss();

        double slope = (Along(1e-5) - Along(-1e-5)) / 2e-5;

        slope.ShouldBe(gradient.Zip(direction, (g, d) => g * d).Sum(), tolerance: 1e-7);
    }

    [Fact]
    public void A_function_that_is_wrong_shows_in_the_table()
    {
        Step(loss: (logits, targets) => 2 * Lesson07.LossGradient.ReferenceSolution(logits, targets)).ToText().ShouldContain("off by");
        Step(block: (dY, norm1, attention, norm2, feedForward) => dY).ToText().ShouldContain("off by");
        Step(back: (X, H, W_1, W_2, dY) => Lesson07.FeedForwardBack.ReferenceSolution(X, H.PointwiseAbs(), W_1, W_2, dY)).ToText().ShouldContain("off by");
    }

    [Fact]
    public void A_part_that_gets_the_same_gradient_twice_is_counted_once_and_one_that_gets_it_in_two_portions_adds_them_up()
    {
        Step(block: (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) + norm1(attention(dY + norm2(feedForward(dY))))).ToText().ShouldNotContain("off by");
        Step(block: (dY, norm1, attention, norm2, feedForward) => norm2(feedForward(dY)) is var through ? dY + through + norm1(attention(dY)) + norm1(attention(through)) : dY).ToText().ShouldNotContain("off by");
    }

    [Fact]
    public void A_function_that_is_not_written_yet_is_named_and_replaced()
    {
        string text = Step(feedForward: (_, _, _, _, _) => throw new NotImplementedException(), block: (_, _, _, _, _) => throw new NotImplementedException()).ToText();

        text.ShouldContain("Not written yet, so the solution or the library computed it: 07.1, 07.4.");
        text.ShouldNotContain("off by");
    }

    [Fact]
    public void The_norm_s_and_attention_s_backward_pass_may_be_the_reader_s_too()
    {
        TinyStep step = tiny.With(
            Lesson07.FeedForwardRows.ReferenceSolution, Lesson07.FeedForwardBack.ReferenceSolution, Lesson07.LossGradient.ReferenceSolution, Lesson07.BlockBack.ReferenceSolution,
            normBack: (x, γ, dy, ε) =>
            {
                double μ = x.Average(), rstd = 1 / Math.Sqrt(x.Average(v => (v - μ) * (v - μ)) + ε);
                double[] h = [.. x.Select(v => (v - μ) * rstd)], g = [.. dy.Zip(γ, (d, s) => d * s)];
                double mean = g.Average(), along = g.Zip(h, (a, b) => a * b).Average();
                return [.. g.Zip(h, (a, b) => rstd * (a - mean - b * along))];
            },
            attentionBack: (X, W_Q, W_K, W_V, causal, dO) =>
            {
                var head = new TransformerByHand.Layers.AttentionHead(W_Q, W_K, W_V);
                var back = head.Backward(head.Forward(X, causal ? TransformerByHand.Layers.Mask.Causal(X.RowCount) : null).Trace, dO);
                return (back.dX, back.dW_Q, back.dW_K, back.dW_V);
            });

        step.ToText().ShouldNotContain("off by");
    }

    [Fact]
    public void The_loop_teaches_the_tiny_model_its_sentence()
    {
        Descent descent = Lesson07.Train(Lesson07.Descend.ReferenceSolution, tiny.Weights, Step().At, rate: 0.1, steps: 40);

        descent.IsOwn.ShouldBeTrue();
        descent.Losses[0].ShouldBe(tiny.Loss());
        descent.Losses[^1].ShouldBeLessThan(0.2 * descent.Losses[0]);
        tiny.At([.. descent.End]).Loss().ShouldBe(descent.Losses[^1]);
    }

    [Fact]
    public void A_loop_that_is_not_written_yet_is_replaced_and_said() =>
        Lesson07.Train((_, _, _, _) => throw new NotImplementedException(), tiny.Weights, Step().At, 0.1, 2).ToText().ShouldContain("07.5 is not written yet");

    [Fact]
    public void The_glimpse_learns_a_sentence_by_the_same_loop()
    {
        Glimpse glimpse = Glimpse.Load();
        var (weights, model) = Lesson07.AsFunction(glimpse, "the owl was a sailor.");

        Descent descent = Lesson07.Train(Lesson07.Descend.ReferenceSolution, weights, model, rate: 0.02, steps: 2);

        descent.Losses[2].ShouldBeLessThan(descent.Losses[1]);
        descent.Losses[1].ShouldBeLessThan(descent.Losses[0]);
    }

    [Fact]
    public void No_loss_depends_on_a_later_token_under_the_causal_mask_and_all_do_without() =>
        (tiny.LossToToken(causal: true).Enumerate().Count(v => v == 0), tiny.LossToToken(causal: false).Enumerate().Count(v => v == 0)).ShouldBe((3, 0));
}
