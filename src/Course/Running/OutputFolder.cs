using TransformerByHand.Course.Pages;

namespace TransformerByHand.Course.Running;

/// <summary>The folder that a run writes to, and where in it each notebook's copy and page lie.</summary>
/// <remarks>
/// A lesson lies at the top, a laboratory in <c>labs</c>, as among the notebooks. Of several notebooks with one name, the second
/// gets <c>-2</c> after it, and so on: none overwrites another's, and nothing that no run has made is written over.
/// </remarks>
internal sealed class OutputFolder
{
    private readonly Dictionary<Lesson, string> _names = [];

    /// <summary>Makes the folder and settles the places.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="lessons">The notebooks of the run.</param>
    /// <exception cref="CourseException">The folder cannot be written to, or holds something that the outputs would replace.</exception>
    public OutputFolder(string path, IReadOnlyList<Lesson> lessons)
    {
        Path = path;
        var taken = new HashSet<string>(CoursePages.OwnNames, StringComparer.OrdinalIgnoreCase);
        foreach (Lesson lesson in lessons)
        {
            string name = lesson.Label;
            for (int n = 2; !taken.Add(name); n++) name = $"{lesson.Label}-{n}";
            _names[lesson] = name;
        }

        try
        {
            // Before anything is made: a run's own folder is known by what lies beside its pages.
            bool isOurs = Directory.Exists(System.IO.Path.Combine(path, CoursePages.Assets));
            IEnumerable<string> outputs = _names.Values.SelectMany(name => new[] { Full(name, ".ipynb"), Full(name, ".html") })
                .Concat(CoursePages.OwnNames.Select(name => Full(name, ".html")));
            foreach (string file in outputs.Where(File.Exists))
            {
                if (!isOurs || lessons.Any(lesson => FilePath.IsSame(lesson.Path, file)))
                    throw new CourseException(
                        $"--out {path} would write over {System.IO.Path.GetFileName(file)}, which no run has made. Name another folder{(file.EndsWith(".ipynb", StringComparison.Ordinal) ? "; --write stores the outputs in the notebooks themselves" : "")}.");
            }

            Directory.CreateDirectory(path);
            if (lessons.Any(lesson => lesson.IsLab)) Directory.CreateDirectory(System.IO.Path.Combine(path, Lesson.Labs));
            // Asked now and not after minutes of running.
            string probe = System.IO.Path.Combine(path, $".{Environment.ProcessId}.tmp");
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"--out {path} cannot be written to: {e.Message} Name another folder.");
        }
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
