using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Tags;
using TransformerByHand.Scripting.Engine;
using Found = Microsoft.CodeAnalysis.Completion.CompletionItem;

namespace TransformerByHand.Scripting;

/// <summary>Helps with a cell that is being typed: what could follow, and what a name means.</summary>
/// <remarks>It knows what it is told through <see cref="Declare"/>, and never runs anything. Calls may come from any thread.</remarks>
public sealed partial class CodeAssistant : IDisposable
{
    // To describe an item costs about as much as to find it: in a long list nobody reads all.
    private const int MostDescribed = 64;

    private readonly SubmissionWorkspace workspace;

    /// <summary>Makes an assistant that knows the framework.</summary>
    /// <param name="baseDirectory">The notebook's folder.</param>
    public CodeAssistant(string baseDirectory) => workspace = new SubmissionWorkspace(baseDirectory);

    /// <summary>Adds what a cell has declared.</summary>
    public void Declare(CellDeclarations declarations)
    {
        ArgumentNullException.ThrowIfNull(declarations);
        workspace.Append(declarations);
    }

    /// <summary>Forgets everything that was declared: the engine is a fresh one.</summary>
    public void Forget() => workspace.Clear();

    /// <summary>Lists what can be written at a place in a cell.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="cursor">The place: an index into the text.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<CompletionList> CompleteAsync(string source, int cursor, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cursor, source.Length);
        if (MagicBefore().Match(source[..cursor]) is { Success: true } magic)
        {
            IEnumerable<string> names = Magics.Names.Where(name => name.StartsWith(magic.Groups["typed"].Value, StringComparison.OrdinalIgnoreCase));
            return new CompletionList(magic.Groups["typed"].Index, cursor, [.. names.Select(name => new CompletionItem(name, "magic", ""))]);
        }

        string code = CellCode.Of(source);
        // Prose has no completions, nor has what stands before the first code.
        if (code[..cursor].Trim().Length == 0 && source[..cursor].Trim().Length > 0) return new CompletionList(cursor, cursor, []);
        Document document = workspace.Document(code);
        // The service takes of the chain only what has been computed.
        await document.GetSemanticModelAsync(ct);
        CompletionService service = CompletionService.GetService(document)!;
        Microsoft.CodeAnalysis.Completion.CompletionList found = await service.GetCompletionsAsync(document, cursor, cancellationToken: ct);
        int start = found.Span.Start;
        if (found.ItemsList.Count == 0 || start > cursor) return new CompletionList(cursor, cursor, []);

        string typed = code[start..cursor];
        Found[] fitting = [.. found.ItemsList.Where(item => item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && !item.Tags.Contains(WellKnownTags.Snippet))];
        bool isMember = start > 0 && code[start - 1] == '.';
        var items = new SortedDictionary<string, CompletionItem>(StringComparer.Ordinal);
        foreach (Found item in fitting)
        {
            if (await TextAsync(service, document, item, start, cursor, ct) is not { } text || items.ContainsKey(text)) continue;
            string kind = Kind(item, isMember);
            string signature = kind != "keyword" && fitting.Length <= MostDescribed && await service.GetDescriptionAsync(document, item, ct) is { } description
                ? SymbolText.Declaration(description.Text)
                : "";
            items.Add(text, new CompletionItem(text, kind, signature));
        }

        return new CompletionList(start, cursor, [.. items.Values]);
    }

    /// <summary>Says what is known about the name at a place in a cell, or about the function whose arguments are being written there.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="cursor">The place: an index into the text.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where there is nothing to say.</returns>
    public async Task<CellInspection?> InspectAsync(string source, int cursor, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cursor, source.Length);
        Document document = workspace.Document(CellCode.Of(source));
        SyntaxNode root = (await document.GetSyntaxRootAsync(ct))!;
        return await DescribeAsync(document, cursor, ct)
            ?? (FunctionAround(root, cursor) is { } name ? await DescribeAsync(document, name, ct) : null);
    }

    public void Dispose() => workspace.Dispose();

    /// <summary>What an item puts in the place of what is typed; null for one that would change more than that.</summary>
    private static async Task<string?> TextAsync(CompletionService service, Document document, Found item, int start, int cursor, CancellationToken ct)
    {
        // 'digits' with ':' names an argument; other suffixes, such as '<>', are for the eye.
        if (!item.IsComplexTextEdit) return item.DisplayTextSuffix == ":" ? $"{item.DisplayText}: " : item.DisplayText;
        CompletionChange change = await service.GetChangeAsync(document, item, cancellationToken: ct);
        return change.TextChange.Span.Start == start && change.TextChange.Span.End == cursor ? change.TextChange.NewText : null;
    }

    /// <summary>One word for what an item is, as editors name it.</summary>
    private static string Kind(Found item, bool isMember) => item.Tags.FirstOrDefault() switch
    {
        WellKnownTags.ExtensionMethod => "method",
        WellKnownTags.EnumMember => "enum member",
        WellKnownTags.TypeParameter => "type parameter",
        WellKnownTags.Structure => "struct",
        WellKnownTags.Local or WellKnownTags.RangeVariable => "variable",
        // What the cells declare at their top level.
        WellKnownTags.Field when !isMember => "variable",
        { } tag => tag.ToLowerInvariant(),
        null => "name",
    };

    private static async Task<CellInspection?> DescribeAsync(Document document, int position, CancellationToken ct) =>
        await QuickInfoService.GetService(document)!.GetQuickInfoAsync(document, position, ct) is { } info
        && info.Sections.FirstOrDefault(section => section.Kind == QuickInfoSectionKinds.Description) is { } declaration
        && await SymbolFinder.FindSymbolAtPositionAsync(document, position, ct) is { } symbol
            ? SymbolText.Describe(SymbolText.Declaration(declaration.Text), symbol, (await document.Project.GetCompilationAsync(ct))!)
            : null;

    /// <summary>Where the name of the function stands whose arguments are being written at a place; null if none are.</summary>
    private static int? FunctionAround(SyntaxNode root, int position)
    {
        SyntaxToken at = root.FindToken(position);
        SyntaxToken near = at.SpanStart < position ? at : at.GetPreviousToken();
        return near.Parent?.AncestorsAndSelf().FirstOrDefault(node => node is BaseArgumentListSyntax)?.Parent switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name.SpanStart,
            InvocationExpressionSyntax call => call.Expression.SpanStart,
            ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax type } => type.Right.SpanStart,
            ObjectCreationExpressionSyntax { Type: var type } => type.SpanStart,
            _ => null,
        };
    }

    [GeneratedRegex("""(^|\n)[ \t]*(?<typed>#!\w*)$""")]
    private static partial Regex MagicBefore();
}
