using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting.Tests.Engine;

public sealed class CellTextTests
{
    [Fact]
    public void Plain_code_is_one_part() => CellText.Split("int x = 1;\nx").ShouldBe([new TextPart("csharp", "int x = 1;\nx", 1)]);

    [Fact]
    public void Code_after_a_magic_line_keeps_its_line_numbers() =>
        CellText.Split("#!time\n\nx").ShouldBe([new MagicPart("time", "", 1), new TextPart("csharp", "\n\nx", 2)]);

    [Fact]
    public void A_magic_line_in_the_middle_divides_the_code() =>
        CellText.Split("a();\n  #!import \"my file.csx\"\nb();").ShouldBe(
            [new TextPart("csharp", "a();\n", 1), new MagicPart("import", "\"my file.csx\"", 2), new TextPart("csharp", "\n\nb();", 3)]);

    [Theory]
    [InlineData("#r \"nuget: Some.Package, 1.2.3\"", "Some.Package", "1.2.3")]
    [InlineData("#r \"nuget:Some.Package,1.2.3-beta.1\"", "Some.Package", "1.2.3-beta.1")]
    [InlineData("  #r \"nuget: Some.Package\"", "Some.Package", null)]
    [InlineData("#r \"nuget: Some.Package, *\" // newest", "Some.Package", "*")]
    public void A_package_line_is_taken_out_of_the_code(string line, string name, string? version)
    {
        IReadOnlyList<CellPart> parts = CellText.Split($"{line}\nx");
        parts[0].ShouldBe(new PackagePart(name, version, 1));
        parts[1].ShouldBe(new TextPart("csharp", "\nx", 1));
    }

    [Fact]
    public void A_package_source_is_taken_out_too() =>
        CellText.Split("#i \"nuget: https://example.org/feed\"").ShouldBe([new PackageSourcePart("https://example.org/feed", 1)]);

    [Theory]
    [InlineData("#r \"../lib.dll\"")]
    [InlineData("#load \"x.csx\"")]
    [InlineData("#nullable enable")]
    [InlineData("#region a")]
    [InlineData("// #!time")]
    public void What_the_compiler_understands_is_left_to_it(string line) => CellText.Split(line).ShouldBe([new TextPart("csharp", line, 1)]);

    [Fact]
    public void In_prose_only_a_language_switches() =>
        CellText.Split("#!markdown\n#!bash is a line\n#!csharp\n1").ShouldBe(
            [new TextPart("markdown", "#!bash is a line", 2), new TextPart("csharp", "\n\n\n1", 4)]);

    [Fact]
    public void Windows_line_breaks_count_as_one() => CellText.Split("#!time\r\nx\r\n").ShouldBe([new MagicPart("time", "", 1), new TextPart("csharp", "\nx\n", 2)]);
}
