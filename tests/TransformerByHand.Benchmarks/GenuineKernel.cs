using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace TransformerByHand.Benchmarks;

/// <summary>.NET Interactive, spoken to as its editor extension does: one JSON object a line, over standard input and output.</summary>
internal sealed class GenuineKernel : IDisposable
{
    private readonly Process process;
    private int commands;

    private GenuineKernel(Process process) => this.process = process;

    /// <summary>Starts a kernel for C# in a folder.</summary>
    /// <param name="tool">The command, <c>dotnet-interactive</c>.</param>
    /// <param name="folder">The notebook's folder.</param>
    public static async Task<GenuineKernel> StartAsync(string tool, string folder)
    {
        var start = new ProcessStartInfo(tool, ["stdio", "--default-kernel", "csharp", "--working-dir", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{tool}' could not be started.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var kernel = new GenuineKernel(process);
        while ((string?)(await kernel.ReadAsync())["eventType"] != "KernelReady")
        {
        }

        return kernel;
    }

    /// <summary>Runs one cell to its end and returns what it wrote to standard output.</summary>
    public async Task<string> ExecuteAsync(string code)
    {
        string token = $"benchmark-{++commands}";
        var command = new JsonObject
        {
            ["commandType"] = "SubmitCode",
            ["command"] = new JsonObject { ["code"] = code, ["targetKernelName"] = "csharp" },
            ["token"] = token,
        };
        await process.StandardInput.WriteLineAsync(command.ToJsonString());
        await process.StandardInput.FlushAsync();
        var written = new StringBuilder();
        while (true)
        {
            JsonNode message = await ReadAsync();
            if ((string?)message["command"]?["token"] != token) continue;
            switch ((string?)message["eventType"])
            {
                case "StandardOutputValueProduced":
                    written.Append((string?)message["event"]!["formattedValues"]![0]!["value"]);
                    break;
                case "CommandSucceeded" or "CommandFailed":
                    return written.ToString();
            }
        }
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<JsonNode> ReadAsync()
    {
        while (true)
        {
            string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The kernel has ended.");
            if (line.StartsWith('{') && JsonNode.Parse(line) is { } message) return message;
        }
    }
}
