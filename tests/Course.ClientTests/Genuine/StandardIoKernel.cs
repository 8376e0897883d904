using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary><c>dotnet interactive stdio</c>: commands go in and events come out, a line of JSON each.</summary>
internal sealed class StandardIoKernel : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private int count;

    public StandardIoKernel(string program, string folder, IReadOnlyDictionary<string, string> environment)
    {
        process = Tool.Start(program, ["stdio", "--default-kernel", "csharp", "--working-dir", folder], environment, folder);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Runs a cell to its end and returns its events.</summary>
    public async Task<IReadOnlyList<JsonNode>> SubmitAsync(string code)
    {
        string token = $"cell-{++count}";
        var command = new JsonObject
        {
            ["token"] = token, ["commandType"] = "SubmitCode", ["command"] = new JsonObject { ["code"] = code, ["targetKernelName"] = "csharp" }, ["routingSlip"] = new JsonArray(),
        };
        await process.StandardInput.WriteLineAsync(command.ToJsonString());
        await process.StandardInput.FlushAsync();

        var events = new List<JsonNode>();
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (JsonNode.Parse(line) is not { } said || (string?)said["command"]?["token"] != token) continue;
            events.Add(said);
            if ((string?)said["eventType"] is "CommandSucceeded" or "CommandFailed") return events;
        }

        throw new InvalidOperationException("The tool ended before the cell did.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
