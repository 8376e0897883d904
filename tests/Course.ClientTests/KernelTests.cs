using System.Text.RegularExpressions;

namespace TransformerByHand.Course.ClientTests;

/// <summary>The kernel over Jupyter's own protocol.</summary>
[Collection(JupyterCollection.Name)]
public sealed partial class KernelTests(JupyterInstallation jupyter)
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "python");

    public static TheoryData<string> Behaviours => [.. TestNames("behaviour.py")];

    [Fact]
    public async Task Jupyters_own_kernel_test_passes_and_leaves_nothing_out()
    {
        (int exitCode, string output) = await Tool.RunAsync(Tool.Python, [Path.Combine(Scripts, "conformance.py"), "-v"], jupyter.Environment, Path.GetTempPath());

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Ran 12 tests");
        output.ShouldNotContain("skipped");
    }

    [Theory]
    [MemberData(nameof(Behaviours))]
    public async Task The_kernel_behaves(string test)
    {
        (int exitCode, string output) = await Tool.RunAsync(
            Tool.Python, [Path.Combine(Scripts, "behaviour.py"), $"KernelBehaviour.{test}"], jupyter.Environment, Path.GetTempPath());

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Ran 1 test");
        output.ShouldNotContain("skipped");
    }

    private static IEnumerable<string> TestNames(string script) =>
        TestMethod().Matches(File.ReadAllText(Path.Combine(Scripts, script))).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^    def (?<name>test_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();
}
