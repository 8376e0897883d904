using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public class RecipeTests
{
    public static TheoryData<string> Names => [.. Recipes.All.Select(recipe => recipe.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_recipe_begins_to_learn_and_can_show_what_it_does(string name)
    {
        var prepared = Recipes.Find(name).Prepare(1, null);
        prepared.Run.Run(8);
        prepared.Run.History.Steps[^1].Loss.ShouldBeLessThan(prepared.Run.History.Steps[0].Loss);
        prepared.Sample().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_there_are() =>
        Should.Throw<ArgumentException>(() => Recipes.Find("novels")).Message.ShouldContain("tales, glimpse, long-glimpse, stories, masked, sequences");
}
