namespace TransformerByHand.Display;

/// <summary>Makes the formatters for every type that is <see cref="IShown"/>.</summary>
public sealed class ShownFormatterSource
{
    /// <summary>Returns one formatter for <c>text/html</c> and one for <c>text/plain</c>.</summary>
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new ShownFormatter("text/html", shown => shown.ToHtml()),
        new ShownFormatter("text/plain", shown => shown.ToText()),
    ];

    /// <summary>Writes a shown value in one MIME type. Hosts call its members by name.</summary>
    private sealed class ShownFormatter(string mimeType, Func<IShown, string> show)
    {
        public string MimeType { get; } = mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not IShown shown) return false;
            writer.Write(show(shown));
            return true;
        }
    }
}
