using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting.Engine;

/// <summary>A cell does not compile.</summary>
internal sealed class CompilationFailedException(ImmutableArray<Diagnostic> errors) : Exception("The cell does not compile.")
{
    public ImmutableArray<Diagnostic> Errors { get; } = errors;
}
