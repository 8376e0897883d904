using System.Reflection;
using System.Text.RegularExpressions;

namespace TransformerByHand.Exercises;

/// <summary>Every exercise of the course, found where it is declared.</summary>
public static partial class ExerciseCatalog
{
    private static readonly Lazy<IReadOnlyList<Exercise>> Found = new(() => In(typeof(ExerciseCatalog).Assembly));

    /// <summary>The exercises of all lessons, in the order of their ids.</summary>
    public static IReadOnlyList<Exercise> All => Found.Value;

    /// <summary>Returns the exercise of that id, or null.</summary>
    public static Exercise? Find(string id) => All.FirstOrDefault(exercise => exercise.Id == id);

    /// <summary>Finds the exercises that the assembly's classes Lesson00, Lesson01, … hold in public static members.</summary>
    internal static IReadOnlyList<Exercise> In(Assembly assembly)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public;
        IEnumerable<Type> lessons = assembly.GetTypes().Where(type => LessonClass().IsMatch(type.Name));
        IEnumerable<object?> members = lessons.SelectMany(lesson => lesson.GetProperties(Static).Select(property => property.GetValue(null))
            .Concat(lesson.GetFields(Static).Select(field => field.GetValue(null))));
        return [.. members.OfType<Exercise>().OrderBy(exercise => exercise.Lesson, StringComparer.Ordinal).ThenBy(exercise => exercise.Number)];
    }

    [GeneratedRegex("^Lesson[0-9]{2}$")]
    private static partial Regex LessonClass();
}
