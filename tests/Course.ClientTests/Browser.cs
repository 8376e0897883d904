using Microsoft.Playwright;

namespace TransformerByHand.Course.ClientTests;

/// <summary>A headless Chromium with one page, and pictures of it.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const float Patience = 120_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly string name;
    private int pictures;

    private Browser(string name, IPlaywright playwright, IBrowser browser, IPage page)
    {
        (this.name, this.playwright, this.browser, Page) = (name, playwright, browser, page);
    }

    public IPage Page { get; }

    /// <param name="name">The first word of the pictures' names.</param>
    /// <param name="address">The page to open.</param>
    public static async Task<Browser> OpenAsync(string name, Uri address)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
        });
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1200, Height = 1000 } });
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync(address.AbsoluteUri);
        return new Browser(name, playwright, browser, page);
    }

    /// <summary>Keeps a picture of the page, named after the step.</summary>
    public Task PictureAsync(string step) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(CourseBuild.Screenshots, $"{name}-{++pictures:00}-{step}.png") });

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
