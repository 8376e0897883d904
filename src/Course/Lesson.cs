namespace TransformerByHand.Course;

/// <summary>A notebook on disk.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Name">Its file name without extension, such as <c>01-layernorm</c>.</param>
internal sealed record Lesson(string Path, string Name)
{
    public static Lesson At(string path) => new(path, System.IO.Path.GetFileNameWithoutExtension(path));

    /// <summary>The number a lesson is called by (<c>01</c>), or the whole name where it has none.</summary>
    public string Number => Name.Split('-')[0] is { Length: 2 } number && number.All(char.IsAsciiDigit) ? number : Name;

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;
}
