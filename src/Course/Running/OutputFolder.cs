using TransformerByHand.Course.Pages;

namespace TransformerByHand.Course.Running;

/// <summary>Where a run puts executed notebooks and pages: nothing there that a run did not make is written over.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder, and gives each lesson a name in it that no other has.</summary>
    /// <returns>The lessons, with their <see cref="Lesson.OutputName"/>.</returns>
    /// <exception cref="CourseException">The folder cannot be written to, or holds something that the outputs would replace.</exception>
    public static IReadOnlyList<Lesson> Prepare(string folder, IReadOnlyList<Lesson> lessons)
    {
        Lesson[] named = [.. Named(lessons)];
        try
        {
            // Before anything is made: a run's own folder is known by what lies beside its pages.
            bool isOurs = Directory.Exists(Path.Combine(folder, CoursePages.Assets));
            string[] outputs = [.. named.Select(lesson => lesson.OutputName + ".ipynb"), .. named.Select(lesson => lesson.OutputName).Concat(CoursePages.OwnNames).Select(name => name + ".html")];
            foreach (string file in outputs.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            {
                if (!isOurs || lessons.Any(lesson => FilePath.IsSame(lesson.Path, file)))
                    throw new CourseException(
                        $"--out {folder} would write over {Path.GetFileName(file)}, which no run has made. Name another folder{(file.EndsWith(".ipynb", StringComparison.Ordinal) ? "; --write stores the outputs in the notebooks themselves" : "")}.");
            }

            Directory.CreateDirectory(folder);
            // Asked now and not after minutes of running.
            string probe = Path.Combine(folder, $".{Environment.ProcessId}.tmp");
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"--out {folder} cannot be written to: {e.Message} Name another folder.");
        }

        return named;
    }

    /// <summary>Two notebooks of one name are told apart by their folders, and if those are alike too, by a number.</summary>
    private static IEnumerable<Lesson> Named(IReadOnlyList<Lesson> lessons)
    {
        var taken = new HashSet<string>(CoursePages.OwnNames, StringComparer.OrdinalIgnoreCase);
        HashSet<string> shared = lessons.GroupBy(lesson => lesson.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (Lesson lesson in lessons)
        {
            string name = shared.Contains(lesson.Name) || taken.Contains(lesson.Name) ? $"{Path.GetFileName(lesson.Folder)}-{lesson.Name}" : lesson.Name;
            string free = name;
            for (int number = 2; !taken.Add(free); number++) free = $"{name}-{number}";
            yield return lesson with { OutputName = free };
        }
    }
}
