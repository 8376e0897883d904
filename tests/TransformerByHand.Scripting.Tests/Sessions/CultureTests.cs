using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class CultureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_session_starts_in_the_culture_asked_for()
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder) with { Culture = "de-DE" });
        (await session.ExecuteAsync("$\"{1.5}\"")).Value("text/plain").ShouldBe("1,5");
    }

    [Fact]
    public async Task A_notebook_that_sets_its_culture_gives_the_same_outputs_everywhere()
    {
        folder.Write("lesson.csx",
            "using System.Globalization;\nCultureInfo.CurrentCulture = CultureInfo.InvariantCulture; CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;");
        string[] cells =
        [
            "#!import lesson.csx",
            "Console.WriteLine($\"{1234.5:n2} {DateTime.UnixEpoch:d}\"); await Task.Run(() => Console.WriteLine(0.25));",
            "new[] { 0.5, 1e-7, double.NaN }",
            "new { Mean = 1.25, Text = $\"{2.5}\" }",
            "2.75",
            "display(3.5, \"text/plain\"); double.Parse(\"1.5\") / 0.3",
            "throw new Exception($\"{4.5}\");",
            "missing();",
        ];

        var invariant = await OutputsAsync("", cells);
        var german = await OutputsAsync("de-DE", cells);
        german.ShouldBe(invariant);
        german.ShouldContain(output => output.Contains("1,234.50 01/01/1970", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> OutputsAsync(string culture, IEnumerable<string> cells)
    {
        await using CellSession session = await CellSession.StartAsync(CellHost.OptionsFor(folder) with { Culture = culture });
        var outputs = new List<string>();
        foreach (string cell in cells)
        {
            foreach (CellOutput output in (await session.ExecuteAsync(cell)).Outputs) outputs.Add(OutputJson.ToJson(output).ToJsonString(new() { WriteIndented = true }));
        }

        return outputs;
    }
}
