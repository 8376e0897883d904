using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting;

/// <summary>Words symbols for a reader: how they are declared, what their documentation says, and the shapes in their attributes.</summary>
internal static partial class SymbolText
{
    /// <summary>The declaration, on one line, from what the compiler's services say: without the word in brackets before it, and what follows.</summary>
    public static string Declaration(string described) => KindBefore().Replace(described.ReplaceLineEndings("\n").Split('\n')[0], "");

    /// <summary>The declaration and everything that the documentation says.</summary>
    public static CellInspection Describe(string declaration, ISymbol symbol, Compilation compilation)
    {
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

    /// <summary>The attributes that say something about a value, such as its shape, as they are written in code.</summary>
    private static IEnumerable<string> Attributes(ISymbol symbol) => symbol is not (IPropertySymbol or IFieldSymbol or IParameterSymbol)
        ? []
        : symbol.GetAttributes()
            .Where(attribute => attribute.AttributeClass is { } type && !type.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal))
            .Where(attribute => attribute.ConstructorArguments.Any(argument => argument.Value is string))
            .Select(attribute => $"[{attribute}]");

    [GeneratedRegex(@"^\([a-z ]+\) ")]
    private static partial Regex KindBefore();
}
