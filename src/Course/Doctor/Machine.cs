using System.ComponentModel;
using System.Diagnostics;

namespace TransformerByHand.Course.Doctor;

/// <summary>The machine this program runs on.</summary>
internal sealed class Machine : IMachine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public OperatingSystemKind System =>
        OperatingSystem.IsWindows() ? OperatingSystemKind.Windows : OperatingSystem.IsMacOS() ? OperatingSystemKind.MacOS : OperatingSystemKind.Linux;

    public string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public string? Run(string program, params string[] arguments)
    {
        // On Windows many of these programs are .cmd files, which only the command processor finds.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/d", "/c", program, .. arguments]) : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!Task.WhenAll(output, error, process.WaitForExitAsync()).Wait(Patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
            return process.ExitCode == 0 ? output.Result : null;
        }
        catch (Exception problem) when (problem is Win32Exception or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public DateTime? Written(string file) => File.Exists(file) ? File.GetLastWriteTimeUtc(file) : null;

    public string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public IEnumerable<string> Files(string folder, string ending) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + ending, SearchOption.AllDirectories) : [];

    public byte[]? Bytes(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllBytes(file) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool HasFolder(string folder) => Directory.Exists(folder);

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
