namespace TransformerByHand.Course.Running;

/// <summary>The folder that a run writes to, and where in it each notebook's copy and page lie.</summary>
/// <remarks>
/// A lesson lies at the top, a laboratory in <c>labs</c>, as among the notebooks. Of several notebooks with one name, the second
/// gets <c>-2</c> after it, and so on: none overwrites another's.
/// </remarks>
internal sealed class OutputFolder
{
    private readonly Dictionary<Lesson, string> _names = [];

    /// <summary>Makes the folder and settles the places.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="lessons">The notebooks of the run.</param>
    public OutputFolder(string path, IReadOnlyList<Lesson> lessons)
    {
        Path = path;
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Lesson lesson in lessons)
        {
            string name = lesson.Label;
            for (int n = 2; !taken.Add(name); n++) name = $"{lesson.Label}-{n}";
            _names[lesson] = name;
        }
        Directory.CreateDirectory(path);
        if (lessons.Any(lesson => lesson.IsLab)) Directory.CreateDirectory(System.IO.Path.Combine(path, Lesson.Labs));
    }

    public string Path { get; }

    /// <summary>The path of the executed copy.</summary>
    public string NotebookOf(Lesson lesson) => Full(_names[lesson], ".ipynb");

    /// <summary>The path of a notebook's page: the one that this run writes or an earlier one has written; null where there is none.</summary>
    public string? PageOf(Lesson lesson) =>
        _names.TryGetValue(lesson, out string? name) ? Full(name, ".html")
        : File.Exists(Full(lesson.Label, ".html")) ? Full(lesson.Label, ".html")
        : null;

    private string Full(string name, string extension) => System.IO.Path.Combine([Path, .. (name + extension).Split('/')]);
}
