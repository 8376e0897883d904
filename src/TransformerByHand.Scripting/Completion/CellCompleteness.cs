using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting;

/// <summary>Whether a text can be run as it stands, or is still being typed.</summary>
public enum CellCompleteness
{
    /// <summary>It can be run.</summary>
    Complete,

    /// <summary>It breaks off: more has to follow.</summary>
    Incomplete,

    /// <summary>Nothing that follows can make it right.</summary>
    Invalid,
}

/// <summary>Judges texts by their <see cref="CellCompleteness"/>.</summary>
public static class CellCompletenessCheck
{
    /// <summary>Judges a cell's text.</summary>
    public static CellCompleteness Of(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(CellCode.Of(source), SubmissionChain.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree)) return CellCompleteness.Incomplete;
        return tree.GetDiagnostics().Any(found => found.Severity == DiagnosticSeverity.Error) ? CellCompleteness.Invalid : CellCompleteness.Complete;
    }
}
