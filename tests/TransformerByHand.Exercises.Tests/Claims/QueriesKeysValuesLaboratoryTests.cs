namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>What laboratory 04 shows beyond the claims' figures.</summary>
public class QueriesKeysValuesLaboratoryTests
{
    [Fact]
    public void Words_in_the_tokens_disturb_a_head_that_looks_three_places_further_on()
    {
        ClockHands.LookAhead(oneWord: true).Mean.ShouldBe(20.73, 0.005);
        ClockHands.LookAhead(oneWord: false).Mean.ShouldBe(0.05, 0.0005);
    }

    [Fact]
    public void How_many_tokens_score_highest_with_themselves_under_one_matrix_depends_on_the_sizes()
    {
        AskingAndAnswering.Of(oneMatrix: true, tokens: 100).SelfFirst.ShouldBe(0.12944, 0.0001);
        AskingAndAnswering.Of(oneMatrix: true, dModel: 64, dK: 16).SelfFirst.ShouldBe(0.989, 0.001);
        AskingAndAnswering.Of(oneMatrix: true).SelfWeight.ShouldBe(0.44, 0.001);
    }
}
