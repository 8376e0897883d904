using Microsoft.Playwright;

namespace TransformerByHand.Course.ClientTests;

/// <summary>JupyterLab in a headless browser, used as a learner uses it.</summary>
internal sealed class JupyterLab : IAsyncDisposable
{
    // The document in front: its cells, and the kernel behind it.
    private const string Cells = "window.lab.shell.currentWidget.content.widgets";
    private const string Kernel = "window.lab.shell.currentWidget.sessionContext.session?.kernel";

    private readonly JupyterServer server;
    private readonly Browser browser;

    private JupyterLab(JupyterServer server, Browser browser)
    {
        (this.server, this.browser) = (server, browser);
    }

    public IPage Page => browser.Page;

    /// <summary>Starts a server in a folder and opens one of its notebooks.</summary>
    public static async Task<JupyterLab> OpenAsync(string folder, string notebook, IReadOnlyDictionary<string, string> environment)
    {
        JupyterServer server = await JupyterServer.StartAsync(
            port =>
            [
                JupyterLabBuild.Server, JupyterLabBuild.Folder, "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={port}", "--ServerApp.port_retries=0",
                "--ServerApp.token=", "--ServerApp.password=", $"--ServerApp.root_dir={folder}",
            ],
            environment, folder);
        Browser browser = await Browser.OpenAsync("lab", new Uri(server.Address, $"lab/tree/{Uri.EscapeDataString(notebook)}"));
        var opened = new JupyterLab(server, browser);
        await opened.Page.WaitForFunctionAsync($"() => window.lab?.shell.currentWidget?.content?.widgets && {Kernel}?.status === 'idle'");
        return opened;
    }

    /// <summary>The index of the code cell whose text contains some words.</summary>
    public async Task<int> CellWithAsync(string words)
    {
        int index = await Page.EvaluateAsync<int>($"words => {Cells}.findIndex(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(words))", words);
        index.ShouldBeGreaterThanOrEqualTo(0, $"no cell contains '{words}'");
        return index;
    }

    public ILocator Cell(int index) => Page.Locator($".jp-Notebook .jp-Cell[data-windowed-list-index='{index}']");

    /// <summary>What a cell shows below its code.</summary>
    public ILocator Output(int index) => Cell(index).Locator(".jp-Cell-outputArea");

    /// <summary>Clicks into a code cell and replaces its text.</summary>
    public async Task WriteAsync(int index, string code)
    {
        await Cell(index).Locator(".cm-content").ClickAsync();
        await Page.Keyboard.PressAsync("Control+a");
        await Page.Keyboard.InsertTextAsync(code);
    }

    /// <summary>The text of a cell.</summary>
    public Task<string> TextAsync(int index) => Page.EvaluateAsync<string>($"index => {Cells}[index].model.sharedModel.getSource()", index);

    /// <summary>Selects a cell, as a click beside it does.</summary>
    public async Task SelectAsync(int index)
    {
        await Cell(index).Locator(".jp-InputPrompt").First.ClickAsync();
        (await SelectedAsync()).ShouldBe(index);
    }

    /// <summary>The index of the selected cell.</summary>
    public Task<int> SelectedAsync() => Page.EvaluateAsync<int>("() => window.lab.shell.currentWidget.content.activeCellIndex");

    /// <summary>Presses Shift+Enter in the selected cell and waits until it has run.</summary>
    public async Task ShiftEnterAsync(bool wait = true)
    {
        await Page.Keyboard.PressAsync("Shift+Enter");
        if (wait) await IdleAsync();
    }

    /// <summary>Waits until no cell is running or waiting to run.</summary>
    public Task IdleAsync() =>
        Page.WaitForFunctionAsync($"() => {Kernel}?.status === 'idle' && {Cells}.every(cell => cell.inputArea?.promptNode?.textContent?.includes('*') !== true)");

    /// <summary>Writes and presses Tab until the list has a word: on a busy machine the kernel's words may be later than JupyterLab waits.</summary>
    public async Task CompleteAsync(int index, string code, string word)
    {
        ILocator match = Page.Locator(".jp-Completer:not(.lm-mod-hidden)").GetByText(word, new() { Exact = true });
        for (int attempt = 1; ; attempt++)
        {
            await WriteAsync(index, code);
            await Page.Keyboard.PressAsync("Tab");
            try
            {
                await match.First.WaitForAsync(new() { Timeout = 5000 });
                return;
            }
            catch (TimeoutException) when (attempt < 4)
            {
                // Once more, from the start.
            }
        }
    }

    /// <summary>A button above the notebook, by JupyterLab's name for it.</summary>
    public ILocator Button(string name) => Page.Locator($".jp-NotebookPanel-toolbar [data-jp-item-name='{name}'] >> css=jp-button, button").First;

    /// <summary>Runs one of JupyterLab's commands, as its menus do.</summary>
    public Task CommandAsync(string id) => Page.EvaluateAsync("id => window.lab.commands.execute(id)", id);

    /// <summary>Picks a theme, as its Settings menu does, and waits until it is in force.</summary>
    public async Task ThemeAsync(string name)
    {
        await Page.EvaluateAsync("theme => window.lab.commands.execute('apputils:change-theme', { theme })", name);
        await Page.WaitForFunctionAsync("theme => document.body.dataset.jpThemeName === theme", name);
    }

    /// <summary>How many outputs of the notebook are of a type.</summary>
    public Task<int> OutputsOfTypeAsync(string type) => Page.EvaluateAsync<int>(
        $"type => {Cells}.flatMap(cell => cell.model.sharedModel.outputs ?? []).filter(output => (output.output_type ?? output.get?.('output_type')) === type).length", type);

    /// <summary>Waits until every code cell has been run.</summary>
    public Task AllRunAsync() => Page.WaitForFunctionAsync($"() => {Cells}.filter(cell => cell.model.type === 'code').every(cell => cell.model.executionCount > 0)");

    /// <summary>Replaces the text of every cell with a tag that starts so.</summary>
    public Task LeaveOutAsync(string tag) => Page.EvaluateAsync(
        $"tag => {Cells}.filter(cell => (cell.model.getMetadata('tags') ?? []).some(each => each.startsWith(tag))).forEach(cell => cell.model.sharedModel.setSource('// left out'))", tag);

    /// <summary>Keeps a picture of the page with a cell in the middle, named after the step.</summary>
    public async Task ScreenshotAsync(string step, int? cell = null)
    {
        if (cell is { } index) await Page.EvaluateAsync("index => window.lab.shell.currentWidget.content.scrollToItem(index, 'center')", index);
        await Task.Delay(300); // It scrolls softly.
        await browser.PictureAsync(step);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await server.DisposeAsync();
    }
}
