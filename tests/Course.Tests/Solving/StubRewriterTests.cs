using TransformerByHand.Course.Solving;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Tests.Solving;

public class StubRewriterTests
{
    private const string Cell = """
        // Exercise 00.1
        double Mean(double[] x)
        {
            throw new NotImplementedException();
        }

        Lesson00.Mean.Check(Mean)
        """;

    private static readonly SolutionSource Solution = new("double Mean(double[] x)", ["x"], "return x.Average();");

    [Fact]
    public void The_exercise_is_named_by_the_first_comment()
    {
        StubRewriter.ExerciseId(Cell).ShouldBe("00.1");
        StubRewriter.ExerciseId("// Prediction 00.1").ShouldBeNull();
        StubRewriter.ExerciseId("double y = 1;\n// Exercise 00.1").ShouldBeNull("the id has to be in the first comment");
    }

    [Fact]
    public void A_stub_is_found_with_its_name_and_parameters()
    {
        MethodStub stub = StubRewriter.Find(Cell).ShouldNotBeNull();
        stub.Name.ShouldBe("Mean");
        stub.Parameters.ShouldBe(["x"]);
    }

    [Theory]
    [InlineData("double Mean(double[] x)\n{\n    return x.Average();\n}")]
    [InlineData("double Mean(double[] x) => throw new NotImplementedException();")]
    [InlineData("double Mean(double[] x)\n{\n    if (x.Length == 0) return 0;\n    throw new NotImplementedException();\n}")]
    [InlineData("double Mean(double[] x)\n{\n    throw new InvalidOperationException();\n}")]
    public void What_is_not_a_bare_throw_is_no_stub(string cell) => StubRewriter.Find(cell).ShouldBeNull();

    [Fact]
    public void The_solution_takes_the_place_of_the_body_and_of_nothing_else()
    {
        StubRewriter.Solve(Cell, Solution).ShouldBe("""
            // Exercise 00.1
            double Mean(double[] x)
            {
            return x.Average();
            }

            Lesson00.Mean.Check(Mean)
            """);
    }

    [Fact]
    public void A_cell_without_a_stub_cannot_be_solved()
    {
        CourseException problem = Should.Throw<CourseException>(() => StubRewriter.Solve("// Exercise 00.1\nint a = 1;", Solution));
        problem.Message.ShouldContain("00.1");
        problem.Message.ShouldContain("throw new NotImplementedException();");
    }

    [Fact]
    public void Parameters_that_differ_from_the_declaration_are_named()
    {
        CourseException problem = Should.Throw<CourseException>(() => StubRewriter.Solve(Cell.Replace("double[] x", "double[] values"), Solution));
        problem.Message.ShouldContain("(values)");
        problem.Message.ShouldContain("(x)");
    }
}
