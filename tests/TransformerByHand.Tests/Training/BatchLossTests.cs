using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using TransformerByHand.Training;

namespace TransformerByHand.Tests.Training;

public class BatchLossTests
{
    private static readonly LayerOptions Tiny = new() { DModel = 4, Heads = 2, DFF = 4 };

    private static readonly (IReadOnlyList<int>, IReadOnlyList<int>)[] Batch =
    [
        ([0, 1, 2], [1, 2, 3]),
        ([3], [4]),
        ([2, 2, 4, 1], [2, CrossEntropy.Ignored, 1, 0]),
    ];

    private static CausalLanguageModel Model => CausalLanguageModel.Random(SeededRandom.Create(1), 5, 4, 1, Tiny);

    [Fact]
    public void Every_counted_position_weighs_the_same()
    {
        var model = Model;
        double sum = Batch.Sum(example => CrossEntropy.Forward(model.Forward(example.Item1).Logits, example.Item2).Trace is { N: var n, Loss: var mean } ? n * mean : 0);

        BatchLoss.Of(model, Batch).Loss.ShouldBe(sum / 7, 1e-14);
    }

    [Fact]
    public void Shuffling_a_batch_changes_nothing_but_rounding()
    {
        var model = Model;
        var (loss, gradients) = BatchLoss.Of(model, Batch);
        var (shuffledLoss, shuffled) = BatchLoss.Of(model, [Batch[2], Batch[0], Batch[1]]);

        shuffledLoss.ShouldBe(loss, 1e-14);
        foreach (var gradient in gradients)
            Compare.MustBeClose(gradient.Name, shuffled[gradient.Name].ToMatrix(), gradient.ToMatrix(), 1e-12);
    }

    [Fact]
    public void The_sequences_of_a_batch_do_not_see_each_other()
    {
        // The logits of one sequence are the same alone and in any company: each goes through the model by itself.
        var model = Model;
        var (_, alone) = BatchLoss.Of(model, [Batch[0]]);
        var (_, doubled) = BatchLoss.Of(model, [Batch[0], Batch[0]]);

        foreach (var gradient in alone)
            Compare.MustBeClose(gradient.Name, doubled[gradient.Name].ToMatrix(), gradient.ToMatrix(), 1e-12);
    }

    [Fact]
    public void The_gradient_of_the_loss_agrees_with_differences()
    {
        var model = CausalLanguageModel.Random(SeededRandom.Create(2), 5, 4, 1, Tiny with { DModel = 2, Activation = Activation.GELU });
        var report = GradientCheck.Run(
            model.Parameters,
            () => Matrix<double>.Build.Dense(1, 1, BatchLoss.Of(model, Batch, smoothing: 0.1).Loss),
            _ => BatchLoss.Of(model, Batch, smoothing: 0.1).Gradients,
            new() { Projection = Matrix<double>.Build.Dense(1, 1, 1), Steps = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7] });

        report.Verdict.ShouldBe(GradientVerdict.Agrees, report.Sentence);
    }

    [Fact]
    public void The_gradient_of_the_transformers_loss_agrees_with_differences()
    {
        var model = Transformer.Random(SeededRandom.Create(3), 4, 3, 1, new LayerOptions { DModel = 2, DFF = 2, Activation = Activation.GELU });
        (IReadOnlyList<int>, IReadOnlyList<int>, IReadOnlyList<int>)[] batch = [([0, 3], [0, 1], [1, 2]), ([1], [0], [2])];
        var report = GradientCheck.Run(
            model.Parameters,
            () => Matrix<double>.Build.Dense(1, 1, BatchLoss.Of(model, batch).Loss),
            _ => BatchLoss.Of(model, batch).Gradients,
            new() { Projection = Matrix<double>.Build.Dense(1, 1, 1), Steps = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7] });

        report.Verdict.ShouldBe(GradientVerdict.Agrees, report.Sentence);
    }

    [Fact]
    public void An_empty_batch_is_refused() => Should.Throw<ArgumentException>(() => BatchLoss.Of(Model, [])).Message.ShouldContain("batch is empty");
}
