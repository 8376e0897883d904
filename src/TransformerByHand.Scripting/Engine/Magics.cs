namespace TransformerByHand.Scripting.Engine;

/// <summary>What is said about lines that start with <c>#!</c>.</summary>
internal static class Magics
{
    private static readonly HashSet<string> OtherKernels = new(StringComparer.OrdinalIgnoreCase)
    {
        "fsharp", "f#", "pwsh", "powershell", "javascript", "js", "python", "r", "sql", "kql", "http", "value", "vscode",
    };

    /// <summary>The magics that this host knows.</summary>
    public const string Help =
        """
        #!csharp  #!markdown  #!html  #!mermaid   what follows is in that language
        #!import FILE                             runs a .csx, .cs or .ipynb; its using lines stay in force
        #!time                                    shows how long the cell took
        #!who  #!whos                             shows the variables
        #!lsmagic                                 shows this list
        #r "FILE.dll"  #r "nuget: NAME, VERSION"  refers to an assembly or a package
        #i "nuget: SOURCE"                        adds a place to look for packages
        #load "FILE.csx"                          includes a script; its using lines are lost
        """;

    /// <summary>The sentence about a magic that cannot be run.</summary>
    public static string Refuse(string name) => OtherKernels.Contains(name)
        ? $"This host runs C#, Markdown, HTML and Mermaid, not '#!{name}'."
        : $"Unknown magic command '#!{name}'. '#!lsmagic' lists those this host knows.";
}
