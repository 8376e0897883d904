namespace TransformerByHand.Scripting.Tests.Completion;

public sealed class CellCompletenessTests
{
    [Theory]
    [InlineData("")]
    [InlineData("1 + 1")]
    [InlineData("int x = 1;")]
    [InlineData("double Mean(double[] x)\n{\n    throw new NotImplementedException();\n}\n\nLesson00.Mean.Check(Mean)")]
    [InlineData("#!import lesson.csx")]
    [InlineData("#!markdown\n(an open bracket")]
    [InlineData("#r \"nuget: Some.Package, 1.0.0\"\nusing Some;")]
    public void A_text_that_can_run_is_complete(string source) => CellCompletenessCheck.Of(source).ShouldBe(CellCompleteness.Complete);

    [Theory]
    [InlineData("if (true) {")]
    [InlineData("Console.WriteLine(")]
    [InlineData("/* words")]
    [InlineData("var s = \"\"\"\nraw")]
    public void A_text_that_breaks_off_is_incomplete(string source) => CellCompletenessCheck.Of(source).ShouldBe(CellCompleteness.Incomplete);

    [Theory]
    [InlineData("int = 3;")]
    [InlineData("}")]
    [InlineData("1 + ) 2")]
    public void A_text_that_nothing_can_mend_is_invalid(string source) => CellCompletenessCheck.Of(source).ShouldBe(CellCompleteness.Invalid);
}
