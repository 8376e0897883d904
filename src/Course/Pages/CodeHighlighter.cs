using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Classification;
using Microsoft.CodeAnalysis.Text;

namespace TransformerByHand.Course.Pages;

/// <summary>Colours C# by the compiler's own classification of it.</summary>
internal sealed class CodeHighlighter : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();
    private readonly Project _project;

    public CodeHighlighter()
    {
        // A cell is a script: statements at the top level are no errors there.
        var info = ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "cells", "cells", LanguageNames.CSharp,
            parseOptions: new Microsoft.CodeAnalysis.CSharp.CSharpParseOptions(kind: SourceCodeKind.Script),
            metadataReferences: [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        _project = _workspace.AddProject(info);
    }

    /// <summary>Returns the code as HTML, each token in a span that carries its class.</summary>
    public async Task<string> ToHtmlAsync(string code)
    {
        SourceText text = SourceText.From(code);
        DocumentInfo info = DocumentInfo.Create(DocumentId.CreateNewId(_project.Id), "cell.csx", sourceCodeKind: SourceCodeKind.Script,
            loader: TextLoader.From(TextAndVersion.Create(text, VersionStamp.Default)));
        Document document = _project.Solution.AddDocument(info).GetDocument(info.Id)!;

        var html = new StringBuilder();
        int position = 0;
        IEnumerable<ClassifiedSpan> spans = await Classifier.GetClassifiedSpansAsync(document, new TextSpan(0, text.Length));
        foreach (ClassifiedSpan span in spans.OrderBy(span => span.TextSpan.Start))
        {
            // Additive classifications (a static symbol, say) lie on top of another span: the first one wins.
            if (span.TextSpan.Start < position || ClassOf(span.ClassificationType) is not { } style) continue;
            html.Append(Encode(text, position, span.TextSpan.Start));
            html.Append($"<span class=\"{style}\">{Encode(text, span.TextSpan.Start, span.TextSpan.End)}</span>");
            position = span.TextSpan.End;
        }
        return html.Append(Encode(text, position, text.Length)).ToString();
    }

    public void Dispose() => _workspace.Dispose();

    private static string Encode(SourceText text, int start, int end) =>
        WebUtility.HtmlEncode(text.ToString(TextSpan.FromBounds(start, end)));

    private static string? ClassOf(string classification) => classification switch
    {
        ClassificationTypeNames.Keyword or ClassificationTypeNames.ControlKeyword or ClassificationTypeNames.PreprocessorKeyword => "k",
        ClassificationTypeNames.StringLiteral or ClassificationTypeNames.VerbatimStringLiteral => "s",
        ClassificationTypeNames.NumericLiteral => "n",
        ClassificationTypeNames.Comment => "c",
        ClassificationTypeNames.ClassName or ClassificationTypeNames.RecordClassName or ClassificationTypeNames.StructName
            or ClassificationTypeNames.RecordStructName or ClassificationTypeNames.InterfaceName or ClassificationTypeNames.EnumName
            or ClassificationTypeNames.DelegateName => "t",
        ClassificationTypeNames.MethodName or ClassificationTypeNames.ExtensionMethodName => "m",
        _ => null,
    };
}
