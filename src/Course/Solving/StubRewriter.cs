using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Solving;

/// <summary>Finds the stub of an exercise in a cell, and puts a reference solution in its place.</summary>
/// <remarks>
/// A stub is a local function whose body is nothing but <c>throw new NotImplementedException();</c>, in a cell whose first
/// comment is <c>// Exercise</c> followed by the exercise's id.
/// </remarks>
internal static partial class StubRewriter
{
    private static readonly CSharpParseOptions ScriptOptions = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    /// <summary>The id in the cell's first comment, or null where the cell carries no exercise.</summary>
    public static string? ExerciseId(string cell) =>
        FirstComment().Match(cell) is { Success: true } match ? match.Groups["id"].Value : null;

    /// <summary>The stub in the cell, or null where there is none (it may have been filled in).</summary>
    public static MethodStub? Find(string cell)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(cell, ScriptOptions).GetRoot();
        // In a script a function at the top level parses as a method.
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            (BlockSyntax? body, ParameterListSyntax? parameters, SyntaxToken name) = node switch
            {
                MethodDeclarationSyntax method => (method.Body, method.ParameterList, method.Identifier),
                LocalFunctionStatementSyntax function => (function.Body, function.ParameterList, function.Identifier),
                _ => default,
            };
            if (body is not null && parameters is not null && IsUnwritten(body))
                return new MethodStub(name.Text, [.. parameters.Parameters.Select(parameter => parameter.Identifier.Text)], body.SpanStart, body.Span.End);
        }
        return null;
    }

    /// <summary>Returns the cell with the solution's statements under the stub's own header.</summary>
    /// <param name="cell">The text of the cell.</param>
    /// <param name="solution">The reference solution, written for the stub's parameter names.</param>
    /// <exception cref="CourseException">The cell has no stub, or the parameter names differ.</exception>
    public static string Solve(string cell, SolutionSource solution)
    {
        string id = ExerciseId(cell) ?? "without an id";
        MethodStub stub = Find(cell) ?? throw new CourseException(
            $"Exercise {id}: no stub to solve. A stub is a function whose body is only 'throw new NotImplementedException();'.");
        if (!solution.Parameters.SequenceEqual(stub.Parameters))
            throw new CourseException(
                $"Exercise {id}: the stub's parameters are ({string.Join(", ", stub.Parameters)}), the solution's are ({string.Join(", ", solution.Parameters)}). They must be the same.");

        return $"{cell[..stub.BodyStart]}{{\n{solution.Body}\n}}{cell[stub.BodyEnd..]}";
    }

    private static bool IsUnwritten(BlockSyntax body) =>
        body.Statements is [ThrowStatementSyntax { Expression: ObjectCreationExpressionSyntax { Type: var type } }]
        && type.ToString() is "NotImplementedException" or "System.NotImplementedException";

    [GeneratedRegex(@"\A\s*//\s*Exercise\s+(?<id>\d\d\.\d+)\b")]
    private static partial Regex FirstComment();
}

/// <summary>Where a stub stands in its cell.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Parameters">The names of its parameters, in order.</param>
/// <param name="BodyStart">Index of the body's opening brace.</param>
/// <param name="BodyEnd">Index after its closing brace.</param>
internal sealed record MethodStub(string Name, IReadOnlyList<string> Parameters, int BodyStart, int BodyEnd);
