using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TransformerByHand.Course.ClientTests;

/// <summary>A server of notebooks on this machine, and what it has started.</summary>
internal sealed class JupyterServer : IAsyncDisposable
{
    private readonly Process process;

    private JupyterServer(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="arguments">Python's arguments, for a port.</param>
    public static async Task<JupyterServer> StartAsync(Func<int, IEnumerable<string>> arguments, IReadOnlyDictionary<string, string> environment, string folder)
    {
        int port = FreePort();
        Process process = Tool.Start(Tool.Python, arguments(port), environment, folder);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new JupyterServer(process, new Uri($"http://127.0.0.1:{port}/"));
        using var http = new HttpClient();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await http.GetStringAsync(new Uri(server.Address, "api"));
                return server;
            }
            catch (HttpRequestException) when (attempt < 120 && !process.HasExited)
            {
                await Task.Delay(500);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Asked first, so that the server takes its kernels with it.
        Process.Start("kill", ["-TERM", process.Id.ToString()]).WaitForExit();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
