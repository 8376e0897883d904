using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TransformerByHand.Course.ClientTests;

/// <summary>A learner's afternoon with lesson 01, in classic Notebook.</summary>
[Collection(JupyterCollection.Name)]
public sealed class ClassicNotebookTests(JupyterInstallation jupyter)
{
    internal const string SampleVariance =
        """
        // Exercise 01.1
        double Variance(double[] x)
        {
            double mean = x.Average();
            return x.Sum(v => (v - mean) * (v - mean)) / (x.Length - 1);
        }

        Lesson01.Variance.Check(Variance)
        """;

    [Fact]
    public async Task Lesson_01_from_the_first_cell_to_restart_and_run_all()
    {
        using var copy = new CheckoutCopy();
        Dictionary<string, string> environment = new(jupyter.Environment) { ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(copy.Parent, "progress") };
        await using ClassicNotebook notebook = await ClassicNotebook.OpenAsync(copy.Notebooks, "01-layernorm.ipynb", environment);
        IPage page = notebook.Page;
        (await page.Locator("#kernel_indicator").InnerTextAsync()).ShouldContain(".NET (C#)");
        await page.EvaluateAsync("() => Jupyter.notebook.clear_all_output()");
        await notebook.ScreenshotAsync("opened");

        // Cell by cell as far as the exercise on the variance, the calculation by hand and its picture.
        int exercise = await notebook.CellWithAsync("// Exercise 01.1");
        int byHand = await notebook.CellWithAsync("double σ2 =");
        int picture = await notebook.CellWithAsync("Title = \"LayerNorm of three numbers\"");
        int last = new[] { exercise, byHand, picture }.Max();
        await notebook.SelectAsync(0);
        for (int i = 0; i <= last; i++)
        {
            (await notebook.SelectedAsync()).ShouldBe(i);
            await notebook.ShiftEnterAsync();
        }

        await Expect(notebook.Output(byHand).Locator("table")).ToBeVisibleAsync();
        await Expect(notebook.Output(byHand).Locator("table")).ToContainTextAsync("σ² = 0.006667");
        await notebook.ScreenshotAsync("table", byHand);

        ILocator figure = notebook.Output(picture).Locator("img");
        await Expect(figure).ToBeVisibleAsync();
        (await figure.EvaluateAsync<int>("image => image.naturalWidth")).ShouldBeGreaterThan(100);
        (await figure.GetAttributeAsync("alt"))!.ShouldContain("0.2");
        await notebook.ScreenshotAsync("figure", picture);

        await Expect(notebook.Output(exercise)).ToContainTextAsync("not attempted", new() { IgnoreCase = true });
        await notebook.ScreenshotAsync("not-attempted", exercise);

        // The mistake that nearly everybody makes is named.
        await notebook.WriteAsync(exercise, SampleVariance);
        await notebook.ShiftEnterAsync();
        await Expect(notebook.Output(exercise)).ToContainTextAsync("sample variance, which divides by N − 1");
        await notebook.ScreenshotAsync("mistake-named", exercise);

        int help = exercise + 1;
        await notebook.WriteAsync(help, "Lesson01.Variance.Hint()");
        await notebook.ShiftEnterAsync();
        await Expect(notebook.Output(help)).ToContainTextAsync("First the mean of x");
        await notebook.ScreenshotAsync("hint", help);

        await notebook.WriteAsync(exercise, SampleVariance.Replace("(x.Length - 1)", "x.Length", StringComparison.Ordinal));
        await notebook.ShiftEnterAsync();
        await Expect(notebook.Output(exercise)).ToContainTextAsync("Passed · Exercise 01.1");
        await notebook.ScreenshotAsync("passed", exercise);

        // Tab, and Shift+Tab.
        await notebook.WriteAsync(help, "new LayerNorm(3).Backw");
        await page.Keyboard.PressAsync("Tab");
        await page.WaitForFunctionAsync("index => Jupyter.notebook.get_cell(index).get_text() === 'new LayerNorm(3).Backward'", help);
        await page.Keyboard.PressAsync("Shift+Tab");
        ILocator tooltip = page.Locator("#tooltip");
        await Expect(tooltip).ToContainTextAsync("LayerNorm.Backward");
        await Expect(tooltip).ToContainTextAsync("tokens × d");
        await Expect(tooltip).ToHaveCSSAsync("opacity", "1");
        await notebook.ScreenshotAsync("tooltip", help);
        await page.Keyboard.PressAsync("Escape");

        // A loop without end, stopped with the button; the variables are still there.
        await notebook.WriteAsync(help, "while(true){}");
        await notebook.ShiftEnterAsync(wait: false);
        await Expect(notebook.Cell(help)).ToContainClassAsync("running");
        await Task.Delay(1000);
        await page.Locator("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").ClickAsync();
        await notebook.IdleAsync();
        await Expect(notebook.Output(help)).ToContainTextAsync("was stopped. Variables are kept.");
        await notebook.ScreenshotAsync("interrupted", help);
        await notebook.WriteAsync(help, "σ2");
        await notebook.ShiftEnterAsync();
        await Expect(notebook.Output(help)).ToContainTextAsync("0.00666");
        await notebook.WriteAsync(help, "// tried");   // it stands above the cell that declares σ2

        // Opt-in cells need packages that this machine may lack: like 'run', the learner leaves them alone.
        await page.EvaluateAsync(
            "() => Jupyter.notebook.get_cells().filter(cell => (cell.metadata.tags || []).some(tag => tag.startsWith('requires:'))).forEach(cell => cell.set_text('// left out'))");
        await page.GetByText("Kernel", new() { Exact = true }).First.ClickAsync();
        await page.Locator("#restart_run_all a").ClickAsync();
        await page.Locator(".modal-dialog .btn-danger").ClickAsync();
        await page.WaitForFunctionAsync("() => Jupyter.notebook.get_cells().filter(cell => cell.cell_type === 'code').every(cell => Number.isInteger(cell.input_prompt_number))");
        await notebook.IdleAsync();
        await Expect(page.Locator(".output_error")).ToHaveCountAsync(0);
        (await page.EvaluateAsync<int>("() => Jupyter.notebook.get_cells().filter(cell => cell.cell_type === 'code')[0].input_prompt_number")).ShouldBe(1);
        await Expect(notebook.Output(exercise)).ToContainTextAsync("Passed · Exercise 01.1");
        await notebook.ScreenshotAsync("restarted-and-run-all", exercise);
        await notebook.ScreenshotAsync("last-cells", await page.EvaluateAsync<int>("() => Jupyter.notebook.ncells() - 1"));
    }
}
