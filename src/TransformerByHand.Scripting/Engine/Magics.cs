namespace TransformerByHand.Scripting.Engine;

/// <summary>What is said about lines that start with <c>#!</c>.</summary>
internal static class Magics
{
    private const string OneKernel = "This host runs C#, Markdown, HTML and Mermaid, and has no other kernel";

    /// <summary>.NET Interactive's magics that mean nothing here, with what to do instead.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        ["share"] = $"{OneKernel} to take a value from. In C# every cell sees the variables of those before it: write the name.",
        ["value"] = $"{OneKernel} to keep a text for. Assign it to a variable in C#: var text = \"…\";",
        ["connect"] = $"{OneKernel} to connect to.",
    };

    private static readonly HashSet<string> OtherKernels = new(StringComparer.OrdinalIgnoreCase)
    {
        "fsharp", "f#", "pwsh", "powershell", "javascript", "js", "python", "r", "sql", "kql", "http", "vscode",
    };

    /// <summary>The magics that this host knows.</summary>
    public const string Help =
        """
        #!csharp  #!markdown  #!html  #!mermaid   what follows is in that language
        #!import FILE                             runs a .csx, .cs or .ipynb; its using lines stay in force
        #!set --name NAME --value TEXT            makes a variable that holds a text; with @OTHER, what the variable OTHER holds
        #!time                                    shows how long the cell took
        #!who  #!whos                             shows the variables' names; with types and values
        #!about                                   shows what runs the cells
        #!lsmagic                                 shows this list
        #r "FILE.dll"  #r "nuget: NAME, VERSION"  refers to an assembly or a package
        #i "nuget: SOURCE"                        adds a place to look for packages
        #load "FILE.csx"                          includes a script; its using lines are lost
        """;

    /// <summary>The names of the magics, as they are written.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["#!about", "#!csharp", "#!html", "#!import", "#!lsmagic", "#!markdown", "#!mermaid", "#!set", "#!time", "#!who", "#!whos"];

    /// <summary>What runs the cells.</summary>
    public static string About => FormattableString.Invariant(
        $"C# 14 on .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}. The cells run in the course's own script host, with the formatters of .NET Interactive.");

    /// <summary>The sentence about a magic that cannot be run.</summary>
    public static string Refuse(string name) =>
        Refused.TryGetValue(name, out string? instead) ? $"'#!{name}' cannot be run. {instead}"
        : OtherKernels.Contains(name) ? $"This host runs C#, Markdown, HTML and Mermaid, not '#!{name}'."
        : $"Unknown magic command '#!{name}'. '#!lsmagic' lists those this host knows.";
}
