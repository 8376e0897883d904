using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting;

/// <summary>The documentation comment of a symbol, in sections.</summary>
/// <param name="Sections">Headings and texts; the first, the summary, has no heading.</param>
internal sealed record SymbolDocumentation(IReadOnlyList<(string Heading, string Body)> Sections)
{
    public static SymbolDocumentation Of(ISymbol symbol, Compilation compilation)
    {
        XElement? comment = Comment(symbol, compilation, depth: 0);
        // A variable has no words of its own; those about its type help.
        if (comment is null && TypeOf(symbol) is { } type) comment = SummaryOnly(Comment(type, compilation, depth: 0));
        // A constructor that says nothing is described by its type.
        if (comment is null && symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { } made }) comment = Comment(made, compilation, depth: 0);
        if (comment is null) return new SymbolDocumentation([]);

        var sections = new List<(string, string)>();
        Add("", comment.Elements("summary"));
        AddList("Parameters", comment.Elements("param"), "name");
        Add("Returns", comment.Elements("returns"));
        Add("Value", comment.Elements("value"));
        AddList("Throws", comment.Elements("exception"), "cref");
        Add("Remarks", comment.Elements("remarks"));
        return new SymbolDocumentation(sections);

        void Add(string heading, IEnumerable<XElement> elements)
        {
            string body = string.Join("\n\n", elements.Select(CommentText.Of).Where(text => text.Length > 0));
            if (body.Length > 0) sections.Add((heading, body));
        }

        void AddList(string heading, IEnumerable<XElement> elements, string name)
        {
            string[] lines = [.. elements.Select(element => $"- {CommentText.Name((string?)element.Attribute(name))}: {CommentText.Of(element)}")];
            if (lines.Length > 0) sections.Add((heading, string.Join("\n", lines)));
        }
    }

    private static XElement? Comment(ISymbol symbol, Compilation compilation, int depth)
    {
        if (Parse(symbol.OriginalDefinition.GetDocumentationCommentXml()) is { } own)
        {
            if (own.Element("inheritdoc") is not { } inherit || depth > 4) return own;
            ISymbol? source = (string?)inherit.Attribute("cref") is { } cref
                ? DocumentationCommentId.GetFirstSymbolForDeclarationId(cref, compilation)
                : Inherited(symbol);
            return source is null ? own : Comment(source, compilation, depth + 1) ?? own;
        }

        // A property of a positional record is documented as the parameter it comes from.
        return symbol is IPropertySymbol { ContainingType: { IsRecord: true } record }
            && Parse(record.OriginalDefinition.GetDocumentationCommentXml())?.Elements("param").FirstOrDefault(param => (string?)param.Attribute("name") == symbol.Name) is { } parameter
            ? new XElement("member", new XElement("summary", parameter.Nodes()))
            : symbol is IParameterSymbol { ContainingSymbol: { } function }
                && Parse(function.OriginalDefinition.GetDocumentationCommentXml())?.Elements("param").FirstOrDefault(param => (string?)param.Attribute("name") == symbol.Name) is { } argument
                ? new XElement("member", new XElement("summary", argument.Nodes()))
                : null;
    }

    private static ISymbol? Inherited(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } overridden } => overridden,
        IPropertySymbol { OverriddenProperty: { } overridden } => overridden,
        INamedTypeSymbol type => type.BaseType is { SpecialType: SpecialType.None } parent ? parent : type.Interfaces.FirstOrDefault(),
        _ => symbol.ContainingType?.AllInterfaces.SelectMany(face => face.GetMembers(symbol.Name))
            .FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol)),
    };

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        IParameterSymbol parameter => parameter.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private static XElement? SummaryOnly(XElement? comment) => comment is null ? null : new XElement("member", comment.Elements("summary"));

    private static XElement? Parse(string? xml)
    {
        if (string.IsNullOrWhiteSpace(xml)) return null;
        try
        {
            XElement root = XElement.Parse(xml.StartsWith("<member", StringComparison.Ordinal) || xml.StartsWith("<doc", StringComparison.Ordinal) ? xml : $"<member>{xml}</member>", LoadOptions.PreserveWhitespace);
            return root.HasElements ? root : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
