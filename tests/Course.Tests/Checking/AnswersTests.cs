using TransformerByHand.Course.Checking;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>An answer that stands above its exercise is caught, under other names too; an ordinary lesson is not accused.</summary>
public class AnswersTests
{
    public delegate double SpreadFunction(double[] x);

    public delegate double ScaleFunction(double a, double b);

    private static readonly FunctionExercise<SpreadFunction> Spread = new(
        id: "00.1", title: "Spread", statement: "…",
        solution: x =>
        {
            double mean = x.Average();
            return x.Sum(v => (v - mean) * (v - mean)) / x.Length;
        },
        cases: [[new[] { 1.0, 2 }]], randomCase: _ => [new[] { 1.0, 2 }], hints: [], mistakes: [], name: "Spread")
    {
        Formulas = [@"\sigma^2 = \frac{1}{N}\sum_j (x_j - \mu)^2"],
    };

    private static readonly FunctionExercise<ScaleFunction> Scale = new(
        id: "00.2", title: "Scale", statement: "…", solution: (a, b) => a / Math.Sqrt(b), cases: [[1.0, 2.0]], randomCase: _ => [1.0, 2.0], hints: [], mistakes: [], name: "Scale");

    private static readonly FunctionExercise<SpreadFunction> Again = new(
        id: "00.3", title: "Again", statement: "…",
        solution: x =>
        {
            double mean = x.Average();
            double variance = x.Sum(v => (v - mean) * (v - mean)) / x.Length;
            return variance / (variance + mean * mean);
        },
        cases: [[new[] { 1.0, 2 }]], randomCase: _ => [new[] { 1.0, 2 }], hints: [], mistakes: [], name: "Again");

    private static MadeUpLesson Lesson(Action<MadeUpLesson>? above = null)
    {
        MadeUpLesson lesson = new("00-made-up");
        above?.Invoke(lesson);
        return lesson.Code("ex-spread", Spread.Stub)
            .Markdown("discussion", @"It is $$\sigma^2 = \frac{1}{N}\sum_j(x_j-\mu)^2$$")
            .Code("written-out", "double m = x.Average();\nx.Sum(u => (u - m) * (u - m)) / x.Length")
            .Code("ex-again", Again.Stub)
            .Code("ex-scale", Scale.Stub);
    }

    private static Violation[] Found(MadeUpLesson lesson)
    {
        using (lesson) return [.. lesson.Check(exercises: [Spread, Again, Scale]).Where(violation => violation.Message.Contains("gives away") || violation.Message.Contains("names the formula"))];
    }

    [Fact]
    public void An_ordinary_lesson_is_not_accused() => Found(Lesson(lesson => lesson
        .Markdown("question", "How far are the numbers from their mean $\\mu$? Take $x / 2$ or `x.Sum() / x.Length`.")
        .Code("by-hand", "double[] x = [0.2, 0.1, 0.3];\ndouble mean = x.Sum() / x.Length;\nx.Select(v => v - mean)"))).ShouldBeEmpty();

    [Theory]
    [InlineData("double variance = x.Sum(v => (v - mean) * (v - mean)) / x.Length;")]
    [InlineData("var s2 = numbers.Sum( t=>( t-average )*( t-average ) )/numbers.Length;")]
    [InlineData("double Var(double[] a)\n{\n    double μ = a.Average();\n    return Math.Sqrt(a.Sum(q => (q - μ) * (q - μ)) / a.Length);\n}")]
    public void The_solution_s_code_above_under_any_names(string code)
    {
        Violation violation = Found(Lesson(lesson => lesson.Code("early", code))).ShouldHaveSingleItem();

        violation.Cell.ShouldBe("early");
        violation.Message.ShouldContain("exercise 00.1, which stands below it in ex-spread");
    }

    [Fact]
    public void The_solution_s_code_above_in_prose() =>
        Found(Lesson(lesson => lesson.Markdown("early", "Write\n```csharp\nx.Sum(e => (e - m) * (e - m)) / x.Length\n```"))).ShouldHaveSingleItem().Cell.ShouldBe("early");

    [Fact]
    public void A_short_answer_is_caught_letter_for_letter()
    {
        Found(Lesson(lesson => lesson.Code("early", "double c = a / Math.Sqrt( b );"))).ShouldHaveSingleItem().Message.ShouldContain("exercise 00.2");
        Found(Lesson(lesson => lesson.Markdown("early", "That is `a / Math.Sqrt(b)`."))).ShouldHaveSingleItem().Message.ShouldContain("exercise 00.2");
        Found(Lesson(lesson => lesson.Code("early", "double c = p / Math.Sqrt(q);"))).ShouldBeEmpty();
    }

    [Fact]
    public void The_formula_above() =>
        Found(Lesson(lesson => lesson.Markdown("early", @"Here $\sigma^2=\frac{1}{N}\sum_j (x_j-\mu)^2$ is the variance."))).ShouldHaveSingleItem().Message.ShouldContain("the formula");

    [Fact]
    public void A_formula_that_is_named_and_shown_nowhere()
    {
        using MadeUpLesson lesson = Lesson();

        lesson.Check(json => json.Cell("discussion")["source"] = "It is what it is.", exercises: [Spread, Again, Scale])
            .ShouldContain(violation => violation.Cell == "ex-spread" && violation.Message.Contains("which no cell below it shows"));
    }
}
