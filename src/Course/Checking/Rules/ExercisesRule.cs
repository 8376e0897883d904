using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Course.Solving;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>The exercises in a notebook are those that are declared, each once, each as its stub, with its hints in reach.</summary>
internal sealed class ExercisesRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        NotebookCell[] cells = [.. lesson.CodeCells];
        var found = new Dictionary<string, NotebookCell>();
        foreach (NotebookCell cell in cells)
        {
            if (StubRewriter.ExerciseId(cell.Source) is not { } id)
            {
                if (cell.Source.Contains("NotImplementedException", StringComparison.Ordinal))
                    yield return lesson.Violation(cell, "it holds a stub, but its first comment is not '// Exercise NN.n'.");
                continue;
            }
            if (course.Exercises.FirstOrDefault(exercise => exercise.Id == id) is not { } declared)
            {
                yield return lesson.Violation(cell, $"exercise {id} is declared nowhere; Lesson{id[..2]} has {List(course.Exercises.Where(exercise => exercise.Lesson == id[..2]))}.");
                continue;
            }
            if (!found.TryAdd(id, cell))
                yield return lesson.Violation(cell, $"exercise {id} stands in this lesson twice; the first time in cell {found[id].Id}.");
            if (declared.Lesson != lesson.Lesson.Number)
                yield return lesson.Violation(cell, $"exercise {id} belongs to lesson {declared.Lesson}.");

            foreach (string problem in Stub(cell.Source, declared)) yield return lesson.Violation(cell, problem);
            if (!HasHelp(cells, declared))
                yield return lesson.Violation(cell, $"no cell after it offers '// {Member(declared)}.Hint()' and '// {Member(declared)}.Solution()'.");
        }

        // An exercise stands in the lesson or in a laboratory beside it, never in both; what stands in neither is the lesson's to mend.
        Dictionary<string, string> elsewhere = lesson.Lesson.Family().Where(other => other.Path != lesson.Lesson.Path)
            .SelectMany(other => Exercises(other).Select(id => (Id: id, other.Label))).DistinctBy(place => place.Id).ToDictionary(place => place.Id, place => place.Label);
        foreach (string id in found.Keys.Where(elsewhere.ContainsKey))
            yield return lesson.Violation(found[id], $"exercise {id} stands in {elsewhere[id]} as well.");
        if (lesson.Lesson.IsLab) yield break;
        foreach (Exercise missing in course.Exercises.Where(exercise =>
            exercise.Lesson == lesson.Lesson.Number && !found.ContainsKey(exercise.Id) && !elsewhere.ContainsKey(exercise.Id)))
            yield return lesson.Violation(null, $"exercise {missing.Id}, {missing.Title}, is declared but has no cell.");
    }

    private static IEnumerable<string> Exercises(Lesson lesson)
    {
        try
        {
            return [.. Notebook.Read(lesson.Path).Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => StubRewriter.ExerciseId(cell.Source)).OfType<string>()];
        }
        catch (NotebookFormatException)
        {
            // It is named where it is checked itself.
            return [];
        }
    }

    private static IEnumerable<string> Stub(string source, Exercise declared)
    {
        MethodDeclarationSyntax[] functions = [.. CellSyntax.Parse(source).Members.OfType<MethodDeclarationSyntax>()];
        if (functions is not [{ } function])
        {
            yield return $"it should declare one function, {declared.Header}; it declares {functions.Length}.";
            yield break;
        }
        string header = Header(function);
        if (header != Header(SyntaxFactory.ParseMemberDeclaration(declared.Header + " { }") as MethodDeclarationSyntax))
            yield return $"the function's header is '{header}', but exercise {declared.Id} is declared as '{declared.Header}'.";
        if (StubRewriter.Find(source) is null)
            yield return "it is not a stub: the body should be nothing but 'throw new NotImplementedException();'.";
        string check = $"{Member(declared)}.Check({declared.Name})";
        if (!source.TrimEnd().EndsWith(check, StringComparison.Ordinal))
            yield return $"its last line should be '{check}', without a semicolon, so that the verdict shows.";
    }

    /// <summary>The function's header on one line, however it is spaced.</summary>
    private static string Header(MethodDeclarationSyntax? function) => function is null ? "" :
        $"{function.ReturnType.NormalizeWhitespace()} {function.Identifier.Text}{function.ParameterList.NormalizeWhitespace()}";

    private static bool HasHelp(IEnumerable<NotebookCell> cells, Exercise exercise) => cells.Any(cell =>
        cell.Source.Contains($"// {Member(exercise)}.Hint()", StringComparison.Ordinal)
        && cell.Source.Contains($"// {Member(exercise)}.Solution()", StringComparison.Ordinal));

    private static string Member(Exercise exercise) => $"Lesson{exercise.Lesson}.{exercise.Name}";

    private static string List(IEnumerable<Exercise> exercises) =>
        string.Join(", ", exercises.Select(exercise => exercise.Id)) is { Length: > 0 } ids ? ids : "none";
}
