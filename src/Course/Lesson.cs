using TransformerByHand.Scripting;

namespace TransformerByHand.Course;

/// <summary>A notebook on disk.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Name">Its file name without extension, such as <c>01-layernorm</c>.</param>
internal sealed record Lesson(string Path, string Name)
{
    public static Lesson At(string path) => new(path, System.IO.Path.GetFileNameWithoutExtension(path));

    /// <summary>The number a lesson is called by (<c>01</c>), or the whole name where it has none.</summary>
    public string Number => Name.Split('-')[0] is { Length: 2 } number && number.All(char.IsAsciiDigit) ? number : Name;

    /// <summary>What the executed notebook and its page are called, without extension: the name, unless another of the same run has it.</summary>
    public string OutputName { get; init; } = Name;

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

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
