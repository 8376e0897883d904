using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace TransformerByHand.Course.ClientTests;

/// <summary>Classic Notebook in a headless browser, used as a learner uses it.</summary>
internal sealed class ClassicNotebook : IAsyncDisposable
{
    private const float Patience = 120_000;

    private readonly Process server;
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private int screenshots;

    private ClassicNotebook(Process server, IPlaywright playwright, IBrowser browser, IPage page)
    {
        (this.server, this.playwright, this.browser, Page) = (server, playwright, browser, page);
    }

    public IPage Page { get; }

    /// <summary>Starts a server in a folder and opens one of its notebooks.</summary>
    public static async Task<ClassicNotebook> OpenAsync(string folder, string notebook, IReadOnlyDictionary<string, string> environment)
    {
        int port = FreePort();
        Process server = Tool.Start(
            Tool.Python,
            ["-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", "--NotebookApp.token=", $"--notebook-dir={folder}"],
            environment, folder);
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        await ReadyAsync(new Uri($"http://127.0.0.1:{port}/api"));

        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
        });
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1200, Height = 1000 } });
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync($"http://127.0.0.1:{port}/notebooks/{Uri.EscapeDataString(notebook)}");
        var opened = new ClassicNotebook(server, playwright, browser, page);
        await page.WaitForFunctionAsync("() => window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()");
        await opened.IdleAsync();
        return opened;
    }

    /// <summary>The index of the cell whose text contains some words.</summary>
    public async Task<int> CellWithAsync(string words)
    {
        int index = await Page.EvaluateAsync<int>("words => Jupyter.notebook.get_cells().findIndex(cell => cell.cell_type === 'code' && cell.get_text().includes(words))", words);
        index.ShouldBeGreaterThanOrEqualTo(0, $"no cell contains '{words}'");
        return index;
    }

    public ILocator Cell(int index) => Page.Locator("#notebook-container > .cell").Nth(index);

    /// <summary>What a cell shows below its code.</summary>
    public ILocator Output(int index) => Cell(index).Locator(".output_wrapper");

    /// <summary>Clicks into a code cell and replaces its text.</summary>
    public async Task WriteAsync(int index, string code)
    {
        await Cell(index).Locator(".CodeMirror").ClickAsync();
        await Page.Keyboard.PressAsync("Control+a");
        await Page.Keyboard.InsertTextAsync(code);
    }

    /// <summary>Presses Shift+Enter in the selected cell and waits until it has run.</summary>
    public async Task ShiftEnterAsync(bool wait = true)
    {
        await Page.Keyboard.PressAsync("Shift+Enter");
        if (wait) await IdleAsync();
    }

    /// <summary>Selects a cell in command mode, as a click beside it does.</summary>
    public async Task SelectAsync(int index)
    {
        await Page.Keyboard.PressAsync("Escape");
        await Page.EvaluateAsync("index => { Jupyter.notebook.select(index); Jupyter.notebook.focus_cell(); }", index);
    }

    /// <summary>The index of the selected cell.</summary>
    public Task<int> SelectedAsync() => Page.EvaluateAsync<int>("() => Jupyter.notebook.get_selected_index()");

    /// <summary>Waits until no cell is running or waiting to run.</summary>
    public Task IdleAsync() => Page.WaitForFunctionAsync(
        "() => Jupyter.notebook.get_cells().every(cell => cell.element[0].className.indexOf('running') < 0) && document.querySelector('#kernel_indicator_icon.kernel_idle_icon') !== null");

    /// <summary>Keeps a picture of the page, named after the step.</summary>
    public async Task ScreenshotAsync(string step, int? cell = null)
    {
        // Not scrollIntoView: that moves the page's own header out of the picture too.
        if (cell is { } index)
            await Cell(index).EvaluateAsync(
                """
                element => {
                    const page = document.getElementById('site'), cell = element.getBoundingClientRect(), frame = page.getBoundingClientRect();
                    page.scrollTop += cell.top + cell.height / 2 - frame.top - frame.height / 2;
                }
                """);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(CourseBuild.Screenshots, $"notebook-{++screenshots:00}-{step}.png") });
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        // Asked first, so that the server takes its kernels with it.
        Process.Start("kill", ["-TERM", server.Id.ToString()]).WaitForExit();
        if (!server.WaitForExit(TimeSpan.FromSeconds(15))) server.Kill(entireProcessTree: true);
        server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ReadyAsync(Uri address)
    {
        using var http = new HttpClient();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await http.GetStringAsync(address);
                return;
            }
            catch (HttpRequestException) when (attempt < 120)
            {
                await Task.Delay(500);
            }
        }
    }
}
