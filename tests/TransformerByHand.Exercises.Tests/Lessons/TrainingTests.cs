using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>The experiments of lesson 11.</summary>
public class TrainingTests
{
    private static readonly LearnedPairs Pairs = Lesson11.LearnPairs(null);

    [Fact]
    public void The_parts_of_the_exercises_together_train_as_the_librarys_loop_does()
    {
        var byHand = new TaleWriter(Pairs.Tokeniser).Learn(new(), steps: 12, warmUp: 5, output: TextWriter.Null);
        TrainingRun run = new TaleWriter(Pairs.Tokeniser).Run(warmUp: 5);
        run.Run(12);

        byHand.Losses.Count.ShouldBe(12);
        // The one computes its steps in double precision, the other in single.
        for (int s = 0; s < 12; s++) run.History.Steps[s].Loss.ShouldBe(byHand.Losses[s], 2e-3 * byHand.Losses[s], $"step {s + 1}");
        byHand.Losses[^1].ShouldBeLessThan(byHand.Losses[0] - 0.5);
    }

    [Fact]
    public void Functions_that_are_written_are_used_and_the_others_are_named()
    {
        int calls = 0;
        var learned = new TaleWriter(Pairs.Tokeniser).Learn(
            new() { Clip = (gradients, _) => { calls++; return gradients; }, WarmUp = (_, _, _) => throw new NotImplementedException() }, steps: 2, output: TextWriter.Null);

        calls.ShouldBe(3);   // once to see whether it is written, then at each step
        learned.Used.ShouldBe(["Clip"]);
        learned.Missing.ShouldBe(["Train", "AdamWStep", "WarmUp"]);
        learned.ToHtml().ShouldContain("trained by your Clip");
    }

    [Fact]
    public void A_training_that_is_stopped_leaves_the_model_with_its_weights()
    {
        var writer = new TaleWriter(Pairs.Tokeniser);
        double[] start = writer.Weights;
        Should.Throw<OperationCanceledException>(() => writer.Learn(
            new() { WarmUp = (s, _, _) => s == 4 ? throw new OperationCanceledException() : 0.01 }, steps: 10, output: TextWriter.Null));

        writer.Weights.ShouldNotBe(start);
        writer.Write("Anna was a", tokens: 5).Written.ShouldNotBeNull();
    }

    [Fact]
    public void Weights_that_are_no_numbers_any_more_are_told()
    {
        var writer = new TaleWriter(Pairs.Tokeniser);
        Should.Throw<ArgumentException>(() => writer.Learn(new() { WarmUp = (_, _, _) => double.NaN }, steps: 3, output: TextWriter.Null)).Message.ShouldContain("Check the update");
        Should.Throw<ArgumentException>(() => writer.At([1, 2], 0)).Message.ShouldContain($"should be {writer.Decays.Count}");
    }

    [Fact]
    public void Only_matrices_and_tables_decay()
    {
        var writer = new TaleWriter(Pairs.Tokeniser);
        writer.Decays.Count.ShouldBe(writer.Weights.Length);
        writer.Decays.Distinct().Order().ShouldBe([0, 0.1]);
    }

    [Fact]
    public void The_pieces_of_a_cut_text_are_the_text_and_pairs_are_the_librarys()
    {
        Pairs.AreTheLibrarys.ShouldBeTrue();
        Pairs.IsOwn.ShouldBeFalse();
        Pairs.Cut(Lesson11.FirstTale).Replace("|", "", StringComparison.Ordinal).ShouldBe(Lesson11.FirstTale);
        Pairs.Tokens.Zip(Pairs.Tokens.Skip(1)).ShouldAllBe(pair => pair.Second < pair.First);
    }

    [Fact]
    public void A_trial_is_the_same_whoever_runs_beside_it()
    {
        var small = new Trial { Name = "one", Steps = 5, Layers = 1, WarmUp = 2 };
        var together = Trial.Compare([small, small with { Name = "two", Norm = NormPlacement.Post }, small with { Name = "three" }], seeds: 3);

        together.Runs("one").Select(run => run.HeldOut).ShouldBe(together.Runs("three").Select(run => run.HeldOut));
        TrainingRun alone = small.Prepare(seed: 2);
        alone.Run(5);
        together.Runs("one")[1].Losses.ShouldBe(alone.History.Steps.Select(step => step.Loss));
        Should.Throw<ArgumentException>(() => together.Median("four")).Message.ShouldContain("'one', 'two', 'three'");
    }

    [Fact]
    public void A_run_that_diverges_has_an_infinite_loss_and_keeps_its_history()
    {
        var results = Trial.Compare([new Trial { Name = "wild", Adam = false, Rate = 1e12, Clip = null, WarmUp = 0, Steps = 30, Norm = NormPlacement.None }], seeds: 1);

        results.Median("wild").ShouldBe(double.PositiveInfinity);
        results.Runs("wild")[0].Losses.Count.ShouldBeLessThan(30);
        results.ToText().ShouldContain("diverged");
    }

    [Fact]
    public void A_layer_of_ReLU_multiplies_the_mean_square_by_half_of_n_times_the_variance()
    {
        var signals = Signals.ThroughDepth();
        foreach (var (scheme, factor) in new[] { (InitialisationScheme.SmallNormal, 128 * 0.0004 / 2), (InitialisationScheme.Xavier, 0.5), (InitialisationScheme.He, 1.0) })
        {
            signals.Activation(scheme).ShouldBe(factor, 0.05 * factor);
            signals.Gradient(scheme).ShouldBe(factor, 0.05 * factor);
        }
    }
}
