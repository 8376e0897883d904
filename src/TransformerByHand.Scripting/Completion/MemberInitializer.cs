using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TransformerByHand.Scripting;

/// <summary>What can be set between the braces of <c>new T { … }</c>.</summary>
internal static class MemberInitializer
{
    /// <summary>The members that can be set at a place, without those set already; null outside such braces.</summary>
    public static IEnumerable<ISymbol>? Members(SemanticModel model, SyntaxNode root, int position)
    {
        SyntaxToken before = root.FindToken(Math.Max(position - 1, 0));
        while (before.SpanStart >= position && before.SpanStart > 0) before = before.GetPreviousToken();
        if (before.Kind() is not (SyntaxKind.OpenBraceToken or SyntaxKind.CommaToken)
            || before.Parent is not InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax creation } braces
            || model.GetTypeInfo(creation).Type is not { } type)
            return null;

        HashSet<string> set = [.. braces.Expressions.OfType<AssignmentExpressionSyntax>().Select(assignment => assignment.Left.ToString())];
        ISymbol[] members = [.. BaseTypes(type)
            .SelectMany(@base => @base.GetMembers())
            .Where(member => member is IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public, IsStatic: false } or IFieldSymbol { DeclaredAccessibility: Accessibility.Public, IsReadOnly: false, IsStatic: false })
            .Where(member => !set.Contains(member.Name))];
        // A collection's braces hold its elements.
        return members.Length == 0 ? null : members;
    }

    private static IEnumerable<ITypeSymbol> BaseTypes(ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType) yield return current;
    }
}
