using TransformerByHand.Models;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Tests.Models;

public class RepeatModelTests
{
    [Fact]
    public void Two_layers_go_on_with_a_row_letter_by_letter()
    {
        var model = RepeatModel.Load(2);
        int[] row = RepeatModel.Rows(1)[0];
        int n = Array.IndexOf(row, row[0], 1);
        var logits = model.Forward(row).Logits;
        for (int i = n; i < row.Length - 1; i++) logits.Row(i).MaximumIndex().ShouldBe(row[i + 1]);
    }

    [Fact]
    public void Rows_repeat_after_the_number_that_is_asked_for()
    {
        foreach (int[] row in RepeatModel.Rows(4, n: 12)) Array.IndexOf(row, row[0], 1).ShouldBe(12);
        RepeatModel.Rows(20).Select(row => Array.IndexOf(row, row[0], 1)).ShouldAllBe(n => n >= RepeatModel.Least && n <= RepeatModel.Most);
    }

    [Fact]
    public void A_run_learns_the_rows_of_its_own_number_of_letters()
    {
        var run = RepeatModel.Prepare(layers: 1, seed: 1, n: 8, threads: 1);
        run.Run(150);
        run.History.RecentLoss(10).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Attention_alone_learns_the_rows_in_two_layers()
    {
        var run = RepeatModel.Prepare(layers: 2, seed: 1, threads: 1, feedForward: false, kernels: KernelSet.Vector256);
        run.Run(400);
        run.Model.Shape.HasFeedForward.ShouldBeFalse();
        run.History.RecentLoss(10).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Letters_are_named_from_a() => (RepeatModel.Letter(0) + RepeatModel.Letter(RepeatModel.Letters - 1)).ShouldBe("ax");
}
