namespace TransformerByHand.Exercises.Tests;

public class SolutionSourceTests
{
    private static SolutionSource Of(string lambda) => SolutionSource.OfLambda("int F(int x)", lambda);

    [Fact]
    public void A_block_loses_its_braces_and_the_indentation_of_the_declaration() =>
        Of("x =>\n        {\n            if (x > 0)\n            {\n                return 1;\n            }\n\n            return x;\n        }").Body
            .ShouldBe("if (x > 0)\n{\n    return 1;\n}\n\nreturn x;");

    [Fact]
    public void An_expression_becomes_a_return_statement() => Of("x => x + 1").Body.ShouldBe("return x + 1;");

    [Fact]
    public void An_expression_over_several_lines_keeps_its_inner_indentation() =>
        Of("x => x\n            .Select(y => y)\n                .Sum()").Body.ShouldBe("return x\n.Select(y => y)\n    .Sum();");

    [Fact]
    public void Parameters_are_found_with_and_without_types()
    {
        Of("x => 1").Parameters.ShouldBe(["x"]);
        Of("(x, W) => 1").Parameters.ShouldBe(["x", "W"]);
        Of("static (double[,] x, Func<int, (int, int)> f) => 1").Parameters.ShouldBe(["x", "f"]);
        Of("() => 1").Parameters.ShouldBeEmpty();
    }

    [Fact]
    public void Windows_line_ends_make_no_difference() => Of("x =>\r\n{\r\n    return x;\r\n}").Body.ShouldBe("return x;");

    [Fact]
    public void The_text_is_the_whole_function() => Of("x => x").Text.ShouldBe("int F(int x)\n{\n    return x;\n}");

    [Fact]
    public void What_is_not_a_lambda_is_refused() => Should.Throw<FormatException>(() => Of("Reference"));

    [Fact]
    public void The_solution_shown_is_the_source_of_the_one_that_is_tested() =>
        Samples.Doubled.Solution().ToText().ShouldContain("    double[] Doubled(double[] x)\n    {\n        return [.. x.Select(value => 2 * value)];\n    }");
}
