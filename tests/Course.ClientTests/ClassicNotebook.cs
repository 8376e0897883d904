using Microsoft.Playwright;

namespace TransformerByHand.Course.ClientTests;

/// <summary>Classic Notebook in a headless browser, used as a learner uses it.</summary>
internal sealed class ClassicNotebook : IAsyncDisposable
{
    private readonly JupyterServer server;
    private readonly Browser browser;

    private ClassicNotebook(JupyterServer server, Browser browser)
    {
        (this.server, this.browser) = (server, browser);
    }

    public IPage Page => browser.Page;

    /// <summary>Starts a server in a folder and opens one of its notebooks.</summary>
    public static async Task<ClassicNotebook> OpenAsync(string folder, string notebook, IReadOnlyDictionary<string, string> environment)
    {
        JupyterServer server = await JupyterServer.StartAsync(
            port => ["-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", "--NotebookApp.token=", $"--notebook-dir={folder}"],
            environment, folder);
        Browser browser = await Browser.OpenAsync("notebook", new Uri(server.Address, $"notebooks/{Uri.EscapeDataString(notebook)}"));
        var opened = new ClassicNotebook(server, browser);
        await opened.Page.WaitForFunctionAsync("() => window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()");
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
        await browser.PictureAsync(step);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await server.DisposeAsync();
    }
}
