namespace TransformerByHand.Course.Jupyter;

/// <summary>Where Jupyter and VS Code look for kernels, as Jupyter's documentation gives it: the same with and without a Jupyter installed.</summary>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="home">The user's own folder.</param>
internal sealed class JupyterFolders(Func<string, string?> variable, string home)
{
    public static JupyterFolders OfThisMachine { get; } =
        new(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>Where this user's Jupyter files are kept.</summary>
    public string User =>
        Value("JUPYTER_DATA_DIR") is { } named ? named
        : OperatingSystem.IsWindows() ? Path.Combine(Value("APPDATA") ?? Path.Combine(home, "AppData", "Roaming"), "jupyter")
        : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
        : Path.Combine(Value("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter");

    /// <summary>All the folders that are searched for <c>kernels</c>, the user's own among them.</summary>
    public IReadOnlyList<string> SearchPath =>
    [
        .. (Value("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        User,
        .. new[] { "VIRTUAL_ENV", "CONDA_PREFIX" }.Select(Value).OfType<string>().Select(prefix => Path.Combine(prefix, "share", "jupyter")),
        .. OperatingSystem.IsWindows()
            ? [Path.Combine(Value("PROGRAMDATA") ?? @"C:\ProgramData", "jupyter")]
            : new[] { "/usr/local/share/jupyter", "/usr/share/jupyter" },
    ];

    private string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
}
