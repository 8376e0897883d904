namespace TransformerByHand.Scripting;

/// <summary>How a JSON file is laid out: what a rewrite has to keep so that only changed values change.</summary>
/// <param name="Indent">White space of one level; null when the whole document stands on one line.</param>
/// <param name="NewLine">The line break in use.</param>
/// <param name="Comma">What separates the items of a one-line document.</param>
/// <param name="Colon">What separates a name from its value.</param>
/// <param name="Leading">What stands before the document (a byte order mark, white space).</param>
/// <param name="Trailing">What stands after it (usually one line break, or nothing).</param>
internal sealed record JsonLayout(string? Indent, string NewLine, string Comma, string Colon, string Leading, string Trailing)
{
    /// <summary>What Jupyter writes.</summary>
    public static JsonLayout Default { get; } = new(" ", "\n", ",", ": ", "", "\n");

    /// <summary>Reads the layout off a document.</summary>
    public static JsonLayout Of(string json)
    {
        int start = 0;
        while (start < json.Length && (json[start] == '\uFEFF' || char.IsWhiteSpace(json[start]))) start++;
        int end = json.Length;
        while (end > start && char.IsWhiteSpace(json[end - 1])) end--;

        string body = json[start..end];
        int lineBreak = body.IndexOf('\n');
        string newLine = lineBreak > 0 && body[lineBreak - 1] == '\r' ? "\r\n" : "\n";
        string? indent = null;
        if (lineBreak >= 0)
        {
            int text = lineBreak + 1;
            while (text < body.Length && body[text] is ' ' or '\t') text++;
            indent = body[(lineBreak + 1)..text];
        }

        return new JsonLayout(indent, newLine, SeparatorAfter(body, ','), SeparatorAfter(body, ':'), json[..start], json[end..])
            .WithoutSpaceBeforeLineBreak();
    }

    private JsonLayout WithoutSpaceBeforeLineBreak() => Indent is null ? this : this with { Comma = "," };

    /// <summary>Finds the first separator outside a string, with the blank that may follow it.</summary>
    private static string SeparatorAfter(string body, char separator)
    {
        bool inString = false;
        for (int i = 0; i < body.Length; i++)
        {
            if (inString && body[i] == '\\') i++;
            else if (body[i] == '"') inString = !inString;
            else if (!inString && body[i] == separator)
                return i + 1 < body.Length && body[i + 1] == ' ' ? $"{separator} " : $"{separator}";
        }

        return separator == ':' ? ": " : ",";
    }
}
