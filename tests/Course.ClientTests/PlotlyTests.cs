using Microsoft.Playwright;
using TransformerByHand.Course.ClientTests.Genuine;
using static Microsoft.Playwright.Assertions;

namespace TransformerByHand.Course.ClientTests;

/// <summary>Charts made with Plotly.NET, in the clients and on the page, with every way to the network cut: drawn, and answering to the mouse.</summary>
[Collection(JupyterCollection.Name)]
public sealed class PlotlyTests(JupyterInstallation jupyter) : IClassFixture<JupyterLabBuild>
{
    private const string Notebook = "drawings.ipynb";

    private static readonly string[] Cells =
    [
        "#!import lesson.csx",
        """
        #!import plotly.csx
        double[] grid = [.. Enumerable.Range(-60, 81).Select(i => Math.Pow(10, i / 5.0))];
        Titled(Chart.Combine(new[] { 1e-8, 1e-5 }.Select(ε => Chart.Line<double, double, string>(x: grid, y: grid.Select(v => v / (v + ε)), Name: $"ε = {ε}")))
            .WithXAxisStyle<double, double, string>(AxisType: StyleParam.AxisType.Log), "How much of the variance is left", x: "σ²", y: "variance of x̂")
        """,
        """
        #!import plotly.csx
        double[] scores = [.. Enumerable.Range(-10, 21).Select(i => i / 2.5)];
        Titled(Chart.Surface<double, double, double, string>(zData: scores.Select(b => scores.Select(a => Math.Log(1 + Math.Exp(b - a)))), X: scores, Y: scores),
            "The loss over two scores", x: "right", y: "wrong", z: "loss")
        """,
    ];

    [Fact]
    public async Task On_the_page_that_run_writes()
    {
        using CheckoutCopy copy = WithNotebook();
        string pages = Path.Combine(copy.Parent, "pages");
        await Tool.RunWellAsync("dotnet", [CourseBuild.Program, "run", Path.Combine(copy.Notebooks, Notebook), "--write", "--out", pages], jupyter.Environment, copy.Notebooks);
        new FileInfo(Path.Combine(copy.Notebooks, Notebook)).Length.ShouldBeLessThan(100_000, "what is stored does not carry the script");

        await using Browser browser = await Browser.OpenAsync("plotly-page", new Uri(Path.Combine(pages, "drawings.html")));
        await IsDrawnAsync(browser.Page, browser.Page.Locator(".plotly-drawing"));
        await browser.PictureAsync("hovered");
    }

    [Fact]
    public async Task In_classic_Notebook()
    {
        using CheckoutCopy copy = WithNotebook();
        await using ClassicNotebook notebook = await ClassicNotebook.OpenAsync(copy.Notebooks, Notebook, jupyter.Environment);
        await StayOfflineAsync(notebook.Page);
        await notebook.SelectAsync(0);
        foreach (string _ in Cells) await notebook.ShiftEnterAsync();
        await notebook.SelectAsync(0);

        await IsDrawnAsync(notebook.Page, notebook.Page.Locator(".plotly-drawing"));
        await notebook.ScreenshotAsync("plotly", 1);
    }

    [Fact]
    public async Task In_JupyterLab()
    {
        using CheckoutCopy copy = WithNotebook();
        await using JupyterLab lab = await JupyterLab.OpenAsync(copy.Notebooks, Notebook, jupyter.Environment);
        await StayOfflineAsync(lab.Page);
        await lab.SelectAsync(0);
        foreach (string _ in Cells) await lab.ShiftEnterAsync();

        await IsDrawnAsync(lab.Page, lab.Page.Locator(".plotly-drawing"));
        await lab.ScreenshotAsync("plotly", 1);
    }

    private static CheckoutCopy WithNotebook()
    {
        var copy = new CheckoutCopy();
        File.WriteAllText(Path.Combine(copy.Notebooks, Notebook), MadeUpNotebook.Of(Cells));
        return copy;
    }

    /// <summary>Nothing but this machine is reached from now on.</summary>
    private static Task StayOfflineAsync(IPage page) => page.RouteAsync(
        address => !(address.StartsWith("http://127.0.0.1", StringComparison.Ordinal) || address.StartsWith("blob:", StringComparison.Ordinal) || address.StartsWith("data:", StringComparison.Ordinal)),
        route => route.AbortAsync());

    /// <summary>Both charts are there, and the first shows the numbers of the point under the mouse.</summary>
    private static async Task IsDrawnAsync(IPage page, ILocator drawings)
    {
        await Expect(drawings).ToHaveCountAsync(2);
        await Expect(drawings.Nth(0).Locator(".scatterlayer .trace")).ToHaveCountAsync(2);
        await Expect(drawings.Nth(0).Locator(".plotly-note")).ToContainTextAsync("Point at it");
        await drawings.Nth(1).Locator("canvas").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(drawings.Nth(1).Locator(".plotly-note")).ToContainTextAsync("Drag to turn it");

        ILocator plot = drawings.Nth(0).Locator(".nsewdrag").First;
        await plot.ScrollIntoViewIfNeededAsync();
        await plot.HoverAsync();
        await Expect(drawings.Nth(0).Locator(".hoverlayer .hovertext").First).ToBeVisibleAsync();
    }
}
