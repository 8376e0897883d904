using TransformerByHand.Course.Mutants;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Tests.Mutants;

/// <summary>A run of the tool over a sample of one lesson's mutants.</summary>
public class MutantRunnerTests
{
    private static readonly Lazy<IReadOnlyList<MutantResult>> Sample = new(() => MutantRunner.Run(Repository.Find(), ["00"], sample: 60, (_, _) => { }, CancellationToken.None));

    [Fact]
    public void Checks_turn_mutants_away_and_name_many()
    {
        Sample.Value.Count.ShouldBeGreaterThan(30);
        Sample.Value.ShouldContain(result => result.Fate == MutantFate.Named && result.Sentence != null);
        Sample.Value.ShouldNotContain(result => result.Fate == MutantFate.Survived);
    }

    [Fact]
    public void The_sample_is_the_same_every_time() =>
        MutantRunner.Run(Repository.Find(), ["00"], sample: 60, (_, _) => { }, CancellationToken.None).Select(result => (result.Mutant.Now, result.Fate, result.Sentence))
            .ShouldBe(Sample.Value.Select(result => (result.Mutant.Now, result.Fate, result.Sentence)));

    [Fact]
    public void Implementations_that_a_test_has_to_accept_are_mutated_too() =>
        Sample.Value.ShouldContain(result => result.Mutant.Piece.Implementation != null);

    [Fact]
    public void Every_listed_equivalent_has_a_reason_and_an_exercise()
    {
        EquivalentMutants.All.ShouldAllBe(listed => !string.IsNullOrWhiteSpace(listed.Reason));
        EquivalentMutants.All.ShouldAllBe(listed => ExerciseCatalog.Find(listed.Exercise) != null);
    }
}
