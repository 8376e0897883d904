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

    /// <summary>The main line: every lesson, in the order of their numbers.</summary>
    public IReadOnlyList<Lesson> Lessons() => Lesson.In(Notebooks);

    /// <summary>The laboratories, in the order of their lessons' numbers.</summary>
    public IReadOnlyList<Lesson> Labs() => Lesson.In(Path.Combine(Notebooks, Lesson.Labs));

    /// <summary>The notebooks a command is about: those that are named, each once, or where none is named the whole main line.</summary>
    /// <param name="names">What was written on the command line.</param>
    /// <param name="labs">Whether the laboratories are meant as well where nothing is named.</param>
    /// <exception cref="CourseException">A name fits nothing, or there are no notebooks.</exception>
    public IReadOnlyList<Lesson> Select(IReadOnlyList<string> names, bool labs)
    {
        IReadOnlyList<Lesson> chosen = names.Count > 0 ? [.. names.SelectMany(Resolve).Distinct()] : labs ? [.. Lessons(), .. Labs()] : Lessons();
        return chosen.Count > 0 ? chosen : throw new CourseException($"There are no notebooks in {Notebooks}.");
    }

    /// <summary>
    /// Resolves what was written on the command line: a lesson's number or name (<c>01</c>, <c>01-layernorm</c>), the same of the
    /// laboratories (<c>labs/01</c>, which are all of lesson 01; <c>labs</c>, which are all there are), or the path of any notebook.
    /// </summary>
    /// <exception cref="CourseException">Nothing fits; the message lists what there is.</exception>
    public IReadOnlyList<Lesson> Resolve(string argument)
    {
        string[] parts = argument.Replace('\\', '/').TrimEnd('/').Split('/');
        IReadOnlyList<Lesson> found = parts switch
        {
            [Lesson.Labs] => Labs(),
            [Lesson.Labs, var name] => Named(Labs(), name),
            [var name] => [.. Named(Lessons(), name).Take(1)],
            _ => [],
        };
        if (found.Count > 0) return found;

        // What is there is taken as it is: whoever reads it can say best what is wrong with it.
        if (Path.Exists(argument) || new FileInfo(argument).LinkTarget is not null) return [Lesson.At(Path.GetFullPath(argument))];
        throw new CourseException(argument.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase)
            ? $"There is no notebook at '{argument}'. A path is taken relative to the folder the command runs in: {Directory.GetCurrentDirectory()}"
            : $"There is no lesson '{argument}'. Lessons here: {List(Lessons())}. Laboratories: {List(Labs())}. " +
              "A notebook of your own is named by its path, ending in .ipynb.");
    }

    /// <summary>Whether a notebook is one of this course, and is to have the form of its lessons.</summary>
    public bool Holds(Lesson lesson) =>
        FilePath.Real(lesson.Path).StartsWith(FilePath.Real(Notebooks) + Path.DirectorySeparatorChar, FilePath.Comparison);

    private static IReadOnlyList<Lesson> Named(IReadOnlyList<Lesson> notebooks, string name)
    {
        string number = int.TryParse(name, out int n) ? n.ToString("00") : name;
        return [.. notebooks.Where(notebook => notebook.Number == number || notebook.Name == name)];
    }

    private static string List(IReadOnlyList<Lesson> notebooks) =>
        notebooks.Count == 0 ? "none" : string.Join(", ", notebooks.Select(notebook => notebook.IsLab ? $"{Lesson.Labs}/{notebook.Number}" : notebook.Number).Distinct());
}
