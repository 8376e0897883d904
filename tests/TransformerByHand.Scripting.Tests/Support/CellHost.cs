namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>One session that the tests of a class share. Each test uses names of its own.</summary>
public class CellHost : IAsyncLifetime
{
    // No test may hang. Far longer than any cell here takes, so that a busy machine fails nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public TemporaryFolder Folder { get; } = new();

    public CellSession Session { get; private set; } = null!;

    /// <summary>Options for a session in a folder, patient with a busy machine.</summary>
    public static SessionOptions OptionsFor(TemporaryFolder folder) =>
        new() { WorkingDirectory = folder.Path, CellTimeout = Longest, StopGrace = TimeSpan.FromSeconds(60) };

    public async Task InitializeAsync() => Session = await CellSession.StartAsync(OptionsFor(Folder));

    public Task<CellResult> RunAsync(string source) => Session.ExecuteAsync(source);

    public async Task DisposeAsync()
    {
        await Session.DisposeAsync();
        Folder.Dispose();
    }
}
