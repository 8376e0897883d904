using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 12, measured again.</summary>
internal static class ThreeObjectivesMeasurements
{
    [Measures("T4")]
    public static (string, double)[] Three_objectives() => Lesson12.ThreeObjectives(ThreeModels.Train());

    [Measures("T7")]
    public static (string, double)[] Smaller_numbers_and_parts()
    {
        Random random = SeededRandom.Create(9);
        var block = FeedForward.Random(random, 6, 8, Activation.ReLU);
        using var two = TwoWorkers.Start();
        two.Processes.Distinct().Count().ShouldBe(2);
        two.Processes.ShouldNotContain(Environment.ProcessId);
        return Lesson12.SmallerNumbersAndParts(two, block, random.NormalMatrix(5, 6), Lesson12.Precisions());
    }
}
