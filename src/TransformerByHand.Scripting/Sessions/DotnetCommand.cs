using System.Runtime.InteropServices;

namespace TransformerByHand.Scripting;

/// <summary>The <c>dotnet</c> command.</summary>
public static class DotnetCommand
{
    /// <summary>The command of the runtime that this process runs on, in full: the PATH need not hold it. Its bare name where it is not in its place.</summary>
    public static string OfThisRuntime()
    {
        string command = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        // <root>/shared/Microsoft.NETCore.App/<version>/
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string ofThisRuntime = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", command));
        return File.Exists(ofThisRuntime) ? ofThisRuntime : command;
    }
}
