using System.Text;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting;

/// <summary>Words symbols for a reader: what they are, how they are declared, what their documentation says.</summary>
internal static class SymbolText
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeRef)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeNamespaceKeyword)
        .WithGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints)
        .WithLocalOptions(SymbolDisplayLocalOptions.IncludeType | SymbolDisplayLocalOptions.IncludeConstantValue);

    /// <summary>The declaration on one line. What a cell declares is shown without the class that the compiler puts around it.</summary>
    public static string Signature(ISymbol symbol) =>
        symbol.ToDisplayString(symbol.ContainingType is { IsScriptClass: true } ? Format.RemoveMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType) : Format);

    /// <summary>One word for what a symbol is, as editors name it.</summary>
    public static string Kind(ISymbol symbol) => symbol switch
    {
        IMethodSymbol => "method",
        IPropertySymbol => "property",
        IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "enum member",
        IFieldSymbol { ContainingType.IsScriptClass: true } or ILocalSymbol or IRangeVariableSymbol => "variable",
        IFieldSymbol { IsConst: true } => "constant",
        IFieldSymbol => "field",
        IParameterSymbol => "parameter",
        IEventSymbol => "event",
        INamespaceSymbol => "namespace",
        ITypeParameterSymbol => "type parameter",
        INamedTypeSymbol type => type.TypeKind.ToString().ToLowerInvariant(),
        _ => "name",
    };

    /// <summary>False for what the compiler made and for what its author hides from editors.</summary>
    public static bool IsForReaders(ISymbol symbol) =>
        symbol.CanBeReferencedByName
        && !symbol.IsImplicitlyDeclared
        && !symbol.GetAttributes().Any(attribute => attribute is
        {
            AttributeClass.Name: "EditorBrowsableAttribute",
            ConstructorArguments: [{ Value: (int)System.ComponentModel.EditorBrowsableState.Never }],
        });

    /// <summary>The declaration and everything that the documentation says.</summary>
    public static CellInspection Describe(ISymbol symbol, Compilation compilation)
    {
        string declaration = Signature(symbol);
        int others = Overloads(symbol);
        if (others > 0) declaration += $"   (+ {others} overload{(others == 1 ? "" : "s")})";
        string[] attributes = [.. Attributes(symbol)];
        if (attributes.Length > 0) declaration = $"{string.Join("\n", attributes)}\n{declaration}";

        SymbolDocumentation documentation = SymbolDocumentation.Of(symbol, compilation);
        var text = new StringBuilder(declaration);
        var markdown = new StringBuilder($"```csharp\n{declaration}\n```");
        foreach ((string heading, string body) in documentation.Sections)
        {
            string wrapped = PlainLines.Wrap(body, heading.Length == 0 ? "" : "  ");
            text.Append("\n\n").Append(heading.Length == 0 ? wrapped : $"{heading}\n{wrapped}");
            markdown.Append("\n\n").Append(heading.Length == 0 ? body : $"**{heading}**\n\n{body}");
        }

        return new CellInspection(text.ToString(), markdown.ToString());
    }

    private static int Overloads(ISymbol symbol) =>
        symbol is IMethodSymbol { ContainingType: { } type } method
            ? type.GetMembers(method.Name).OfType<IMethodSymbol>().Count(other => other.DeclaredAccessibility == Accessibility.Public) - 1
            : 0;

    /// <summary>The attributes that say something about a value, such as its shape, as they are written in code.</summary>
    private static IEnumerable<string> Attributes(ISymbol symbol) => symbol is not (IPropertySymbol or IFieldSymbol or IParameterSymbol)
        ? []
        : symbol.GetAttributes()
            .Where(attribute => attribute.AttributeClass is { } type && !type.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal))
            .Where(attribute => attribute.ConstructorArguments.Any(argument => argument.Value is string))
            .Select(attribute => $"[{attribute}]");
}
