using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Words errors for the reader of a notebook: what, and in which line of which cell.</summary>
/// <remarks>
/// Frames of the framework and of this host are left out: they say nothing about the cell, and differ between machines.
/// </remarks>
internal static partial class ErrorReport
{
    public static ErrorOutput OfCompilation(CompilationFailedException failure, TextName text)
    {
        var lines = new List<string>();
        int? cellLine = null;
        foreach (Diagnostic error in failure.Errors.Distinct())
        {
            FileLinePositionSpan span = error.Location.GetMappedLineSpan();
            int line = span.StartLinePosition.Line + 1;
            string place = span.Path.Length == 0 || span.Path == text.Name
                ? text.Place(line, span.StartLinePosition.Character + 1)
                : $"{Path.GetFileName(span.Path)}({line},{span.StartLinePosition.Character + 1})";
            if (span.Path == text.Name) cellLine ??= line;
            lines.Add($"{place}: error {error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }

        return new ErrorOutput("CompilationError", string.Join("\n", lines), lines, cellLine);
    }

    public static ErrorOutput OfException(Exception thrown, TextName text)
    {
        var lines = new List<string>();
        int? cellLine = null;
        Exception headline = Unwrapped(thrown, out _);
        for (Exception? next = thrown; next is not null; next = next.InnerException)
        {
            next = Unwrapped(next, out IReadOnlyList<Exception> wrappers);
            lines.Add($"{(next == headline ? "" : " ---> ")}{TypeName(next.GetType())}: {next.Message}");
            foreach (StackFrame frame in wrappers.Reverse().Prepend(next).SelectMany(e => new StackTrace(e, fNeedFileInfo: true).GetFrames()))
            {
                if (Describe(frame) is not { } described) continue;
                lines.Add($"   at {described}");
                if (Path.GetFileName(frame.GetFileName()) == text.Name && frame.GetFileLineNumber() > 0) cellLine ??= frame.GetFileLineNumber();
            }
        }

        return new ErrorOutput(TypeName(headline.GetType()), headline.Message, lines, cellLine);
    }

    /// <summary>The cause, where an exception only says that a call made by reflection has thrown, as the formatters' calls do.</summary>
    /// <param name="thrown">What was thrown.</param>
    /// <param name="wrappers">What was around the cause, outermost first: its frames are the callers of the cause's.</param>
    private static Exception Unwrapped(Exception thrown, out IReadOnlyList<Exception> wrappers)
    {
        var around = new List<Exception>();
        while (thrown is TargetInvocationException { InnerException: { } cause })
        {
            around.Add(thrown);
            thrown = cause;
        }

        wrappers = around;
        return thrown;
    }

    public static ErrorOutput OfMessage(string name, string message, int? line) => new(name, message, [message], line);

    private static string? Describe(StackFrame frame)
    {
        if (frame.GetMethod() is not { DeclaringType: { } type } method || IsOfFramework(type)) return null;
        string place = frame.GetFileName() is { Length: > 0 } file && frame.GetFileLineNumber() > 0
            ? $"{Path.GetFileName(file)}, line {frame.GetFileLineNumber()}"
            : "";
        string name = MethodName(method, type);
        if (name.Length == 0) return place.Length == 0 ? null : place;
        return place.Length == 0 ? name : $"{name} in {place}";
    }

    private static bool IsOfFramework(Type type)
    {
        Assembly assembly = type.Assembly;
        if (assembly == typeof(ErrorReport).Assembly) return true;
        string location = assembly.Location;
        // What cells declare has no file.
        return location.Length > 0 && (Path.GetDirectoryName(location) == Path.GetDirectoryName(typeof(object).Assembly.Location)
            || location.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal));
    }

    /// <summary>A method as it was written: local functions, lambdas and async methods are renamed by the compiler. Empty for a cell's top level.</summary>
    private static string MethodName(MethodBase method, Type type)
    {
        string name = method.Name;
        if (name == "MoveNext" && CompilerMade().Match(type.Name) is { Success: true } stateMachine)
        {
            name = stateMachine.Groups["local"] is { Success: true } local ? local.Value : stateMachine.Groups["method"].Value;
            type = type.DeclaringType ?? type;
        }
        else if (CompilerMade().Match(name) is { Success: true } made)
        {
            name = made.Groups["local"] is { Success: true, Length: > 0 } local ? local.Value : $"a lambda of {made.Groups["method"].Value}";
        }

        name = name.Replace("a lambda of <Initialize>", "a lambda", StringComparison.Ordinal);
        if (name is "<Initialize>" or "<Factory>") return "";
        while (type.IsNested && type.Name.StartsWith('<')) type = type.DeclaringType!;
        if (type.Name.StartsWith("Submission#", StringComparison.Ordinal)) return Call(name, method);
        string typeName = TypeName(type);
        int submission = typeName.IndexOf('+', StringComparison.Ordinal);
        if (typeName.StartsWith("Submission#", StringComparison.Ordinal) && submission > 0) typeName = typeName[(submission + 1)..];
        return $"{typeName}.{Call(name, method)}";
    }

    private static string Call(string name, MethodBase method) =>
        method.Name == "MoveNext" || name.StartsWith("a lambda", StringComparison.Ordinal)
            ? name
            : $"{name}({string.Join(", ", method.GetParameters().Select(parameter => $"{parameter.ParameterType.Name} {parameter.Name}"))})";

    private static string TypeName(Type type)
    {
        string name = type.FullName ?? type.Name;
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        if (generic >= 0) name = name[..generic];
        // A type declared in a cell is nested in the cell's submission.
        return name.StartsWith("Submission#", StringComparison.Ordinal) && name.Contains('+', StringComparison.Ordinal)
            ? name[(name.IndexOf('+', StringComparison.Ordinal) + 1)..]
            : name;
    }

    [GeneratedRegex("""^<(?<method><?[\w.]*>?)>(g__(?<local>\w+)\||[a-z]__)""")]
    private static partial Regex CompilerMade();
}
