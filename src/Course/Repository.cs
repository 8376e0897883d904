namespace TransformerByHand.Course;

/// <summary>Where the course lies on this machine.</summary>
internal sealed class Repository(string root)
{
    /// <summary>The file whose folder is the root.</summary>
    private const string Landmark = "TransformerByHand.slnx";

    public string Root { get; } = root;

    public string Notebooks => Path.Combine(Root, "notebooks");

    public string Images => Path.Combine(Root, "images");

    public string DefaultOutput => Path.Combine(Root, "artifacts", "course");

    /// <summary>Finds the repository that this program was built in, from whatever folder it is called.</summary>
    /// <exception cref="CourseException">The program lies outside any copy of the repository.</exception>
    public static Repository Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Landmark)))
                return new Repository(folder.FullName);

        throw new CourseException(
            $"The course's files were not found: no folder above {AppContext.BaseDirectory} contains {Landmark}. " +
            "Run the command from a clone of the repository: dotnet run --project src/Course");
    }

    /// <summary>Every lesson, in the order of their numbers.</summary>
    public IReadOnlyList<Lesson> Lessons() =>
        Directory.Exists(Notebooks)
            ? [.. Directory.EnumerateFiles(Notebooks, "*.ipynb").Select(Lesson.At).OrderBy(lesson => lesson.Name, StringComparer.Ordinal)]
            : [];

    /// <summary>Whether a notebook is one of this course, and is to have the form of its lessons.</summary>
    public bool Holds(Lesson lesson) =>
        FilePath.Real(lesson.Path).StartsWith(FilePath.Real(Notebooks) + Path.DirectorySeparatorChar, FilePath.Comparison);

    /// <summary>Resolves what was written on the command line: a lesson's number, its name, or the path of any notebook.</summary>
    /// <exception cref="CourseException">Nothing fits; the message lists the lessons there are.</exception>
    public Lesson Resolve(string argument)
    {
        IReadOnlyList<Lesson> lessons = Lessons();
        string number = int.TryParse(argument, out int n) ? n.ToString("00") : argument;
        if (lessons.FirstOrDefault(lesson => lesson.Number == number || lesson.Name == argument) is { } known) return known;

        // What is there is taken as it is: whoever reads it can say best what is wrong with it.
        if (Path.Exists(argument) || new FileInfo(argument).LinkTarget is not null) return Lesson.At(Path.GetFullPath(argument));
        throw new CourseException(argument.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase)
            ? $"There is no notebook at '{argument}'. A path is taken relative to the folder the command runs in: {Directory.GetCurrentDirectory()}"
            : $"There is no lesson '{argument}'. Lessons here: {string.Join(", ", lessons.Select(lesson => lesson.Number))}. " +
            "A notebook of your own is named by its path, ending in .ipynb.");
    }
}
