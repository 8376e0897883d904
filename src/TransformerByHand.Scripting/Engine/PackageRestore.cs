using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Restores packages as any project does: by <c>dotnet restore</c> of a project made for the purpose.</summary>
internal static partial class PackageRestore
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Restores packages, given by name and version (a number, or a range as NuGet writes them).</summary>
    /// <exception cref="PackageRestoreException">A package cannot be restored.</exception>
    /// <exception cref="OperationCanceledException">The cell was stopped.</exception>
    public static RestoredPackages Run(IReadOnlyDictionary<string, string> packages, IReadOnlyList<string> sources, Stopper stopper)
    {
        string folder = Directory.CreateTempSubdirectory("cells-packages-").FullName;
        try
        {
            string project = WriteProject(folder, packages, sources);
            Restore(project, folder, stopper);
            return RestoredPackages.Read(Path.Combine(folder, "obj", "project.assets.json"), RuntimeInformation.RuntimeIdentifier);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string WriteProject(string folder, IReadOnlyDictionary<string, string> packages, IReadOnlyList<string> sources)
    {
        // Empty files of these names keep those of a parent folder out.
        foreach (string name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            File.WriteAllText(Path.Combine(folder, name), "<Project />");

        var project = new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
                new XElement("RuntimeIdentifier", RuntimeInformation.RuntimeIdentifier),
                new XElement("SelfContained", "false"),
                new XElement("NuGetAudit", "false"),
                new XElement("RestoreAdditionalProjectSources", string.Join(";", sources))),
            new XElement("ItemGroup",
                new XElement("FrameworkReference", new XAttribute("Include", "Microsoft.AspNetCore.App")),
                packages.Select(package => new XElement("PackageReference",
                    new XAttribute("Include", package.Key), new XAttribute("Version", package.Value)))));
        string path = Path.Combine(folder, "Packages.csproj");
        project.Save(path);
        return path;
    }

    private static void Restore(string project, string folder, Stopper stopper)
    {
        var start = new ProcessStartInfo(DotnetCommand.OfThisRuntime())
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "restore", project, "--nologo", "--verbosity", "quiet", "--disable-build-servers" },
        };
        // A build that started this host may have left its own settings in the environment.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // Threads of its own and no async: the thread pool is the cells', which may have filled it.
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = ReadToEnd(process.StandardOutput);
        Task<string> errors = ReadToEnd(process.StandardError);
        while (!process.WaitForExit(Poll))
        {
            if (!stopper.Requested) continue;
            process.Kill(entireProcessTree: true);
            stopper.ThrowIfRequested();
        }

        if (process.ExitCode != 0) throw new PackageRestoreException(Reason(output.Result + "\n" + errors.Result));
    }

    private static Task<string> ReadToEnd(StreamReader reader) =>
        Task.Factory.StartNew(reader.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Picks NuGet's own sentences out of the output, without the path of the temporary project.</summary>
    private static string Reason(string output)
    {
        string[] errors = [.. ErrorLine().Matches(output).Select(match => match.Groups["text"].Value.Trim()).Distinct()];
        return errors.Length > 0 ? string.Join(" ", errors) : $"'dotnet restore' failed: {output.Trim()}";
    }

    [GeneratedRegex("""error (?<text>[A-Z]+\d+: [^\[\r\n]*)""")]
    private static partial Regex ErrorLine();
}
