using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TransformerByHand.Scripting;

/// <summary>Finds what a reader points at.</summary>
internal static class InspectedSymbol
{
    /// <summary>The symbol of the name at a place or just before it; failing that, the function whose arguments surround it.</summary>
    public static ISymbol? At(SemanticModel model, SyntaxNode root, int position)
    {
        SyntaxToken at = root.FindToken(position);
        SyntaxToken before = position > 0 ? root.FindToken(position - 1) : at;
        foreach (SyntaxToken token in (SyntaxToken[])[at, before])
        {
            if (token.Span.Start <= position && position <= token.Span.End && OfName(model, token) is { } symbol) return symbol;
        }

        SyntaxToken near = at.SpanStart < position ? at : at.GetPreviousToken();
        return near.Parent is null ? null : OfCallAround(model, near.Parent);
    }

    private static ISymbol? OfName(SemanticModel model, SyntaxToken token)
    {
        SyntaxNode? node = token.Parent;
        if (token.IsKind(SyntaxKind.NewKeyword) && node is BaseObjectCreationExpressionSyntax created) return Best(model.GetSymbolInfo(created));
        switch (node)
        {
            // new LayerNorm(…): which constructor, rather than that LayerNorm is a class.
            case SimpleNameSyntax { Parent: ObjectCreationExpressionSyntax { ArgumentList: not null } creation } name when creation.Type == name:
                return Best(model.GetSymbolInfo(creation)) ?? model.GetTypeInfo(creation).Type;
            case SimpleNameSyntax or PredefinedTypeSyntax:
                return Best(model.GetSymbolInfo(node)) ?? (model.GetTypeInfo(node).Type is INamedTypeSymbol { TypeKind: not TypeKind.Error } type ? type : null);
            case VariableDeclaratorSyntax or ParameterSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax
                or MemberDeclarationSyntax or LocalFunctionStatementSyntax when token.IsKind(SyntaxKind.IdentifierToken):
                return model.GetDeclaredSymbol(node);
            default:
                return null;
        }
    }

    private static ISymbol? OfCallAround(SemanticModel model, SyntaxNode node)
    {
        SyntaxNode? arguments = node.AncestorsAndSelf().FirstOrDefault(ancestor => ancestor is BaseArgumentListSyntax);
        return arguments?.Parent is { } call ? Best(model.GetSymbolInfo(call)) : null;
    }

    /// <summary>The symbol meant, or the first candidate where the call is not finished and none fits yet.</summary>
    private static ISymbol? Best(SymbolInfo info) => info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
}
