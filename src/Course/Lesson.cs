using TransformerByHand.Scripting;

namespace TransformerByHand.Course;

/// <summary>A notebook on disk: a lesson of the main line, a laboratory beside one, or a notebook of the reader's own.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Name">Its file name without extension, such as <c>01-layernorm</c>.</param>
internal sealed record Lesson(string Path, string Name)
{
    /// <summary>The folder, among the notebooks, in which the laboratories lie.</summary>
    public const string Labs = "labs";

    public static Lesson At(string path) => new(path, System.IO.Path.GetFileNameWithoutExtension(path));

    /// <summary>The number a lesson is called by (<c>01</c>), or the whole name where it has none. A laboratory has its lesson's.</summary>
    public string Number => Name.Split('-')[0] is { Length: 2 } number && number.All(char.IsAsciiDigit) ? number : Name;

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Whether it is a laboratory: a notebook in the folder <c>labs</c>.</summary>
    public bool IsLab => System.IO.Path.GetFileName(Folder) == Labs;

    /// <summary>What it is called where lessons and laboratories stand together: <c>01-layernorm</c>, <c>labs/01-layernorm</c>.</summary>
    public string Label => IsLab ? $"{Labs}/{Name}" : Name;

    /// <summary>The lesson and the laboratories that share its number, itself among them. Their exercises and predictions are numbered as one.</summary>
    public IReadOnlyList<Lesson> Family()
    {
        string notebooks = IsLab ? System.IO.Path.GetDirectoryName(Folder)! : Folder;
        return [.. In(notebooks).Concat(In(System.IO.Path.Combine(notebooks, Labs))).Where(other => other.Number == Number)];
    }

    /// <summary>The notebooks of a folder, in the order of their numbers; none where there is no such folder.</summary>
    public static IReadOnlyList<Lesson> In(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.ipynb").Select(At).OrderBy(lesson => lesson.Name, StringComparer.Ordinal)]
        : [];

    /// <summary>Reads the notebook.</summary>
    /// <exception cref="NotebookFormatException">It is no notebook, or a damaged one; the message is the whole report, remedy included.</exception>
    /// <exception cref="FileNotFoundException">It is not there (any more).</exception>
    public Notebook Read() => System.IO.Path.GetExtension(Path).ToLowerInvariant() switch
    {
        ".ipynb" => Notebook.Read(Path),
        ".dib" => throw new NotebookFormatException(
            $"'{Path}' is a .dib, .NET Interactive's own format, and no .ipynb; open it in VS Code with the Polyglot Notebooks extension, choose Save As, and give it a name that ends in .ipynb."),
        ".csx" or ".cs" => throw new NotebookFormatException(
            $"'{Path}' is a script and no notebook; put the line '#!import {System.IO.Path.GetFileName(Path)}' into a cell of a notebook beside it, and run that."),
        _ => throw new NotebookFormatException($"'{Path}' is no notebook: the name of one ends in .ipynb."),
    };
}
