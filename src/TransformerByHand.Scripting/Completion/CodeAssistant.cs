using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Recommendations;

namespace TransformerByHand.Scripting;

/// <summary>Helps with a cell that is being typed: what could follow, and what a name means.</summary>
/// <remarks>It knows what it is told through <see cref="Declare"/>, and never runs anything. Calls may come from any thread.</remarks>
public sealed partial class CodeAssistant : IDisposable
{
    private static readonly string[] Magics = ["#!csharp", "#!html", "#!import", "#!lsmagic", "#!markdown", "#!mermaid", "#!time", "#!who", "#!whos"];

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
            IEnumerable<string> fitting = Magics.Where(name => name.StartsWith(magic.Groups["typed"].Value, StringComparison.OrdinalIgnoreCase));
            return new CompletionList(magic.Groups["typed"].Index, cursor, [.. fitting.Select(name => new CompletionItem(name, "magic", ""))]);
        }

        string code = CellCode.Of(source);
        int start = cursor;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[start - 1])) start--;
        string typed = code[start..cursor];
        Document document = workspace.Document(code);
        var root = (await document.GetSyntaxRootAsync(ct))!;
        if (code[..cursor].Trim().Length == 0 && source[..cursor].Trim().Length > 0 || IsInText(root, cursor) || char.IsAsciiDigit(typed.FirstOrDefault()))
            return new CompletionList(start, cursor, []);

        SemanticModel model = (await document.GetSemanticModelAsync(ct))!;
        IEnumerable<ISymbol> symbols = MemberInitializer.Members(model, root, start) is { } members
            ? members
            : await Recommender.GetRecommendedSymbolsAtPositionAsync(document, cursor, options: null, ct);
        var items = new SortedDictionary<string, CompletionItem>(StringComparer.Ordinal);
        foreach (ISymbol symbol in symbols.Where(symbol => symbol.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && SymbolText.IsForReaders(symbol)))
            items.TryAdd(symbol.Name, new CompletionItem(symbol.Name, SymbolText.Kind(symbol), SymbolText.Signature(symbol)));
        if (typed.Length > 0 && !IsAfterDot(code, start))
        {
            foreach (string keyword in Keywords().Where(keyword => keyword.StartsWith(typed, StringComparison.Ordinal)))
                items.TryAdd(keyword, new CompletionItem(keyword, "keyword", ""));
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
        SemanticModel model = (await document.GetSemanticModelAsync(ct))!;
        return InspectedSymbol.At(model, root, cursor) is { } symbol ? SymbolText.Describe(symbol, model.Compilation) : null;
    }

    public void Dispose() => workspace.Dispose();

    private static IEnumerable<string> Keywords() =>
        SyntaxFacts.GetReservedKeywordKinds()
            .Concat([SyntaxKind.AwaitKeyword, SyntaxKind.VarKeyword, SyntaxKind.RecordKeyword, SyntaxKind.WhenKeyword, SyntaxKind.WithKeyword, SyntaxKind.NameOfKeyword])
            .Select(SyntaxFacts.GetText);

    private static bool IsAfterDot(string code, int start) => start > 0 && code[..start].TrimEnd().EndsWith('.');

    /// <summary>True inside comments and string literals, where nothing is suggested.</summary>
    private static bool IsInText(SyntaxNode root, int position)
    {
        SyntaxTrivia trivia = root.FindTrivia(position > 0 ? position - 1 : 0);
        if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia) return true;
        SyntaxToken token = root.FindToken(position > 0 ? position - 1 : 0);
        return token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            && token.SpanStart < position && (position < token.Span.End || token.ContainsDiagnostics);
    }

    [GeneratedRegex("""(^|\n)[ \t]*(?<typed>#!\w*)$""")]
    private static partial Regex MagicBefore();
}
