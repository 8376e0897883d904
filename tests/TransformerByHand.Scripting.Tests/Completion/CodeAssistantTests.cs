namespace TransformerByHand.Scripting.Tests.Completion;

public sealed class CodeAssistantTests : IDisposable
{
    private readonly CodeAssistant assistant = new(Path.GetTempPath());

    public void Dispose() => assistant.Dispose();

    [Fact]
    public async Task Members_are_listed_after_a_dot()
    {
        CompletionList list = await CompleteAsync("Math.Sq|");

        list.Items.ShouldHaveSingleItem().ShouldBe(new CompletionItem("Sqrt", "method", "double Math.Sqrt(double d)"));
        (list.Start, list.End).ShouldBe((5, 7));
    }

    [Fact]
    public async Task What_earlier_cells_declared_is_listed()
    {
        assistant.Declare(new CellDeclarations("int answer = 42;\nint Twice(int x) => 2 * x;", []));

        (await NamesAsync("ans|")).ShouldContain("answer");
        (await CompleteAsync("Twi|")).Items.ShouldContain(new CompletionItem("Twice", "method", "int Twice(int x)"));
    }

    [Fact]
    public async Task A_using_line_of_an_earlier_cell_stays_in_force()
    {
        (await NamesAsync("StringBui|")).ShouldContain("StringBuilder");
        (await NamesAsync("Regex|")).ShouldNotContain("Regex");

        assistant.Declare(new CellDeclarations("using System.Text.RegularExpressions;", []));

        (await NamesAsync("Regex|")).ShouldContain("Regex");
    }

    [Fact]
    public async Task A_later_declaration_hides_an_earlier_one()
    {
        assistant.Declare(new CellDeclarations("int value = 1;", []));
        assistant.Declare(new CellDeclarations("""string value = "a";""", []));

        (await NamesAsync("value.|")).ShouldContain("Length");
    }

    [Fact]
    public async Task A_fresh_engine_knows_nothing_of_the_one_before()
    {
        assistant.Declare(new CellDeclarations("int answer = 42;", []));

        assistant.Forget();

        (await NamesAsync("ans|")).ShouldNotContain("answer");
    }

    [Fact]
    public async Task An_assembly_that_a_cell_refers_to_is_known()
    {
        string library = typeof(CodeAssistantTests).Assembly.Location;
        assistant.Declare(new CellDeclarations($"#r \"{library}\"\nusing TransformerByHand.Scripting.Tests.Completion;", []));

        (await NamesAsync("CodeAssistantT|")).ShouldContain(nameof(CodeAssistantTests));
    }

    [Fact]
    public async Task Members_that_can_be_set_are_listed_between_the_braces_of_an_object()
    {
        assistant.Declare(new CellDeclarations("class Chart { public string Title { get; set; } = \"\"; public double Width { get; init; } public int Computed => 1; }", []));

        (await NamesAsync("new Chart { |")).ShouldBe(["Title", "Width"]);
        (await NamesAsync("new Chart { Title = \"a\", |")).ShouldBe(["Width"]);
    }

    [Fact]
    public async Task Arguments_can_be_named() => (await NamesAsync("Math.Round(2.5, dig|")).ShouldContain("digits: ");

    [Fact]
    public async Task A_variable_is_listed_as_such_with_its_type()
    {
        assistant.Declare(new CellDeclarations("double[] weights = [1];", []));

        (await CompleteAsync("weig|")).Items.ShouldHaveSingleItem().ShouldBe(new CompletionItem("weights", "variable", "double[] weights"));
        (await InspectAsync("weig|hts"))!.Text.ShouldStartWith("double[] weights");
    }

    [Fact]
    public async Task The_other_versions_of_a_function_are_counted() =>
        (await InspectAsync("Math.Ab|s(1)"))!.Text.ShouldMatch(@"^int Math\.Abs\(int value\) \(\+ \d+ overloads\)\n");

    [Fact]
    public async Task Inside_the_brackets_of_a_new_object_inspection_shows_the_constructor() =>
        (await InspectAsync("new System.Text.StringBuilder(|"))!.Text.ShouldStartWith("StringBuilder.StringBuilder(");

    [Theory]
    [InlineData("whi|", "while")]
    [InlineData("#!imp|", "#!import")]
    [InlineData("1 + 1;\n#!ti|", "#!time")]
    public async Task Keywords_and_magics_are_listed(string typed, string expected) => (await NamesAsync(typed)).ShouldContain(expected);

    [Theory]
    [InlineData("// Consol|")]
    [InlineData("var s = \"Consol|\";")]
    [InlineData("#!markdown\nConsol|")]
    [InlineData("12|")]
    public async Task Nothing_is_suggested_in_comments_strings_prose_and_numbers(string typed) => (await NamesAsync(typed)).ShouldBeEmpty();

    [Fact]
    public async Task Lines_that_are_not_code_do_not_move_the_rest()
    {
        (await NamesAsync("#!time\n#r \"nuget: Some.Package, 1.0.0\"\nMath.Sq|")).ShouldBe(["Sqrt"]);
    }

    [Fact]
    public async Task Inspection_shows_the_declaration_and_the_documentation_of_the_framework()
    {
        string text = (await InspectAsync("Math.Sq|rt(2)"))!.Text;

        text.ShouldStartWith("double Math.Sqrt(double d)");
        text.ShouldContain("square root");
        text.ShouldContain("Parameters\n  - d: ");
    }

    [Fact]
    public async Task Inside_the_brackets_of_a_call_inspection_shows_the_function()
    {
        (await InspectAsync("Math.Pow(2, |"))!.Text.ShouldStartWith("double Math.Pow(double x, double y)");
    }

    [Fact]
    public async Task Inspection_shows_the_documentation_written_in_a_cell()
    {
        assistant.Declare(new CellDeclarations("/// <summary>Doubles a number.</summary>\n/// <param name=\"x\">Any number.</param>\ndouble Twice(double x) => 2 * x;", []));

        string text = (await InspectAsync("Twi|ce(1)"))!.Text;

        text.ShouldBe("double Twice(double x)\n\nDoubles a number.\n\nParameters\n  - x: Any number.");
    }

    [Fact]
    public async Task A_property_of_a_positional_record_is_described_by_its_parameter()
    {
        assistant.Declare(new CellDeclarations("/// <summary>A trace.</summary>\n/// <param name=\"Q\">The queries (tokens × d_k).</param>\nrecord Trace(double[,] Q);\nTrace trace = null!;", []));

        (await InspectAsync("trace.Q|"))!.Text.ShouldContain("The queries (tokens × d_k).");
    }

    [Fact]
    public async Task Attributes_that_say_something_about_a_value_are_shown()
    {
        assistant.Declare(new CellDeclarations("class ShapeAttribute(string shape) : Attribute { }\nclass Layer { [Shape(\"tokens × d\")] public double[,]? X { get; } }\nvar layer = new Layer();", []));

        (await InspectAsync("layer.X|"))!.Text.ShouldContain("tokens × d");
    }

    [Theory]
    [InlineData("   |")]
    [InlineData("// wor|ds")]
    [InlineData("nowhere|")]
    public async Task There_is_nothing_to_say_about_what_is_no_name(string typed) => (await InspectAsync(typed)).ShouldBeNull();

    [Fact]
    public async Task Long_lines_are_broken_between_words()
    {
        string[] lines = (await InspectAsync("string.Forma|t"))!.Text.Split('\n');

        lines.Skip(1).Select(line => line.Length).Max().ShouldBeLessThanOrEqualTo(76);
    }

    private Task<CompletionList> CompleteAsync(string typed)
    {
        (string code, int cursor) = Cursor(typed);
        return assistant.CompleteAsync(code, cursor);
    }

    private async Task<IEnumerable<string>> NamesAsync(string typed) => (await CompleteAsync(typed)).Items.Select(item => item.Text);

    private Task<CellInspection?> InspectAsync(string typed)
    {
        (string code, int cursor) = Cursor(typed);
        return assistant.InspectAsync(code, cursor);
    }

    /// <summary>The bar stands where the cursor is.</summary>
    private static (string Code, int Cursor) Cursor(string typed)
    {
        int cursor = typed.IndexOf('|', StringComparison.Ordinal);
        return (typed.Remove(cursor, 1), cursor);
    }
}
