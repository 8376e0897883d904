namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>Short ways to read a cell's result.</summary>
internal static class CellResultReading
{
    /// <summary>Everything the cell wrote to standard output.</summary>
    public static string Out(this CellResult result) => Stream(result, StreamOutput.Out);

    /// <summary>Everything the cell wrote to standard error.</summary>
    public static string Err(this CellResult result) => Stream(result, StreamOutput.Error);

    /// <summary>The value of the last expression in one MIME type; null if there was none.</summary>
    public static string? Value(this CellResult result, string mimeType = "text/html") =>
        result.Outputs.OfType<ResultOutput>().SingleOrDefault()?.Data.GetValueOrDefault(mimeType);

    /// <summary>The value of the last expression as the formatter's plain block shows it, without the style sheet that follows.</summary>
    public static string? PlainValue(this CellResult result)
    {
        const string open = "<pre>", close = "</pre>";
        string? html = result.Value();
        if (html is null) return null;
        int start = html.IndexOf(open, StringComparison.Ordinal) + open.Length;
        return html[start..html.IndexOf(close, StringComparison.Ordinal)];
    }

    public static IReadOnlyList<DisplayOutput> Displays(this CellResult result) => [.. result.Outputs.OfType<DisplayOutput>()];

    /// <summary>Fails the test with the cell's own error if the cell did not succeed.</summary>
    public static CellResult ShouldSucceed(this CellResult result)
    {
        result.Status.ShouldBe(CellStatus.Succeeded, string.Join("\n", result.Error?.Traceback ?? []));
        return result;
    }

    private static string Stream(CellResult result, string name) =>
        string.Concat(result.Outputs.OfType<StreamOutput>().Where(stream => stream.Name == name).Select(stream => stream.Text));
}
