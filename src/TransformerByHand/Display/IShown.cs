namespace TransformerByHand.Display;

/// <summary>A value that knows how it looks in a notebook.</summary>
/// <remarks>
/// A type that implements this interface and carries
/// <c>[TypeFormatterSource(typeof(ShownFormatterSource))]</c> is shown as HTML with a readable plain text beside it, in
/// every notebook host that follows .NET Interactive's formatting convention, without this library referencing any of them.
/// </remarks>
public interface IShown
{
    /// <summary>Returns the value as an HTML fragment that is legible without any style sheet of the page around it.</summary>
    string ToHtml();

    /// <summary>Returns the value as plain text, numbers included, lines separated by <c>\n</c>.</summary>
    string ToText();
}
