using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace TransformerByHand.Course.ClientTests;

/// <summary>The same afternoon in JupyterLab.</summary>
[Collection(JupyterCollection.Name)]
public sealed class JupyterLabTests(JupyterInstallation jupyter) : IClassFixture<JupyterLabBuild>
{
    [Fact]
    public async Task Lesson_01_from_the_first_cell_to_restart_and_run_all()
    {
        using var copy = new CheckoutCopy();
        Dictionary<string, string> environment = new(jupyter.Environment) { ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(copy.Parent, "progress") };
        await using JupyterLab lab = await JupyterLab.OpenAsync(copy.Notebooks, "01-layernorm.ipynb", environment);
        // It picked the kernel that the lesson asks for, and has not asked which.
        await Expect(lab.Page.Locator(".jp-Toolbar-kernelName").First).ToContainTextAsync(".NET (C#)");
        await Expect(lab.Page.Locator(".jp-Dialog")).ToHaveCountAsync(0);
        await Expect(lab.Cell(2).Locator("mjx-container").First).ToBeVisibleAsync();
        int committed = await lab.OutputsOfTypeAsync("execute_result");
        committed.ShouldBeGreaterThan(10);
        await lab.CommandAsync("editmenu:clear-all");
        await lab.ScreenshotAsync("opened", 0);

        int exercise = await lab.CellWithAsync("// Exercise 01.1");
        int picture = await lab.CellWithAsync("Title = \"LayerNorm of three numbers\"");
        int byHand = await lab.CellWithAsync("double σ2 =");
        int last = new[] { exercise, byHand, picture }.Max();
        await lab.CommandAsync("notebook:enter-command-mode");
        for (int i = await lab.SelectedAsync(); i <= last; i++)
        {
            (await lab.SelectedAsync()).ShouldBe(i);
            await lab.ShiftEnterAsync();
        }

        await lab.ScreenshotAsync("table", byHand);
        await Expect(lab.Output(byHand).Locator("table")).ToContainTextAsync("σ² = 0.006667");

        await lab.ScreenshotAsync("figure", picture);
        (await lab.Output(picture).Locator("img").EvaluateAsync<int>("image => image.naturalWidth")).ShouldBeGreaterThan(100);

        await lab.WriteAsync(exercise, ClassicNotebookTests.SampleVariance);
        await lab.ShiftEnterAsync();
        await Expect(lab.Output(exercise)).ToContainTextAsync("sample variance, which divides by N − 1");
        await lab.ScreenshotAsync("mistake-named", exercise);

        int help = exercise + 1;
        await lab.WriteAsync(help, "Lesson01.Variance.Hint()");
        await lab.ShiftEnterAsync();
        await Expect(lab.Output(help)).ToContainTextAsync("First the mean of x");

        await lab.WriteAsync(exercise, ClassicNotebookTests.SampleVariance.Replace("(x.Length - 1)", "x.Length", StringComparison.Ordinal));
        await lab.ShiftEnterAsync();
        await Expect(lab.Output(exercise)).ToContainTextAsync("Passed · Exercise 01.1");
        await lab.ScreenshotAsync("passed", exercise);

        // Tab, with what each match is beside it, and Shift+Tab.
        await lab.CompleteAsync(help, "new LayerNorm(3).", "Backward");
        await lab.ScreenshotAsync("completion");
        await lab.Page.Keyboard.PressAsync("Enter");
        (await lab.TextAsync(help)).ShouldBe("new LayerNorm(3).Backward");
        await lab.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(lab.Page.Locator(".jp-Tooltip")).ToContainTextAsync("LayerNorm.Backward");
        await Expect(lab.Page.Locator(".jp-Tooltip")).ToContainTextAsync("tokens × d");
        await lab.ScreenshotAsync("tooltip");
        await lab.Page.Keyboard.PressAsync("Escape");

        await lab.WriteAsync(help, "while(true){}");
        await lab.ShiftEnterAsync(wait: false);
        await Expect(lab.Cell(help).Locator(".jp-InputPrompt")).ToContainTextAsync("*");
        await Task.Delay(1000);
        await lab.Button("interrupt").ClickAsync();
        await lab.IdleAsync();
        await Expect(lab.Output(help)).ToContainTextAsync("was stopped. Variables are kept.");
        await lab.ScreenshotAsync("interrupted", help);
        await lab.WriteAsync(help, "σ2");
        await lab.ShiftEnterAsync();
        await Expect(lab.Output(help)).ToContainTextAsync("0.00666");
        await lab.WriteAsync(help, "// tried");   // it stands above the cell that declares σ2

        await lab.LeaveOutAsync("requires:");
        await lab.CommandAsync("editmenu:clear-all");
        await lab.Button("restart-and-run").ClickAsync();
        await lab.Page.Locator(".jp-Dialog .jp-mod-warn").ClickAsync();
        await lab.AllRunAsync();
        await lab.IdleAsync();
        (await lab.OutputsOfTypeAsync("execute_result")).ShouldBe(committed);
        (await lab.OutputsOfTypeAsync("error")).ShouldBe(0);
        await lab.ScreenshotAsync("restarted-and-run-all", exercise);
        await Expect(lab.Output(exercise)).ToContainTextAsync("Passed · Exercise 01.1");
    }

    [Fact]
    public async Task In_the_dark_theme_cards_and_tables_are_dark_and_figures_dimmed()
    {
        using var copy = new CheckoutCopy();
        string[] cells =
        [
            "#!import lesson.csx",
            """new Table("claim", "measured") { Caption = "A table" }.Row("N1", 0.5)""",
            """new double[,] { { 1, -2 }, { 0.5, 0 } }.View("X")""",
            "Lesson00.Mean.Check(x => x.Sum())",
            """new LineChart { Title = "A figure", X = Axis.Linear("x"), Y = Axis.Linear("y"), Series = [new("squares", [1.0, 2, 3], [1.0, 4, 9])] }""",
        ];
        JsonNode notebook = JsonNode.Parse(await File.ReadAllTextAsync(copy.Lesson("00-start-here")))!;
        notebook["cells"] = new JsonArray([.. cells.Select((source, i) => (JsonNode)new JsonObject
        {
            ["cell_type"] = "code", ["execution_count"] = null, ["id"] = $"c{i}", ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = source,
        })]);
        await File.WriteAllTextAsync(copy.Lesson("theme"), notebook.ToJsonString());
        Dictionary<string, string> environment = new(jupyter.Environment) { ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(copy.Parent, "progress") };
        await using JupyterLab lab = await JupyterLab.OpenAsync(copy.Notebooks, "theme.ipynb", environment);
        await lab.CommandAsync("notebook:run-all-cells");
        await lab.AllRunAsync();
        await lab.IdleAsync();
        await Expect(lab.Page.Locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea img")).ToBeVisibleAsync();
        await lab.ScreenshotAsync("theme-light", 1);
        (await GroundsAsync(lab)).ShouldAllBe(ground => ground == "rgb(255, 255, 255)");
        string light = await AroundFigureAsync(lab);

        await lab.ThemeAsync("JupyterLab Dark");
        await lab.ScreenshotAsync("theme-dark", 1);
        await lab.ScreenshotAsync("theme-dark-below", 4);

        (await GroundsAsync(lab)).ShouldAllBe(ground => ground == "rgb(17, 17, 17)");
        (await AroundFigureAsync(lab)).ShouldNotBe(light);
    }

    /// <summary>What is behind each cell of a table, and each paragraph of a card.</summary>
    private static async Task<string[]> GroundsAsync(JupyterLab lab)
    {
        string[] grounds = await lab.Page.EvaluateAsync<string[]>("() => [...window.lab.shell.currentWidget.node.querySelectorAll('.jp-OutputArea td, .jp-OutputArea th, .jp-OutputArea p')].map(each => getComputedStyle(each).backgroundColor)");
        grounds.Length.ShouldBeGreaterThan(10);
        return grounds;
    }

    private static Task<string> AroundFigureAsync(JupyterLab lab) =>
        lab.Page.EvaluateAsync<string>("() => getComputedStyle(window.lab.shell.currentWidget.node.querySelector('.jp-OutputArea img').parentElement).backgroundColor");
}
