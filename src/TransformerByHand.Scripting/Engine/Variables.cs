using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>The variables that the cells have declared.</summary>
/// <param name="submissions">The instances of the submissions, oldest first.</param>
internal sealed class Variables(IEnumerable<object> submissions)
{
    // A later declaration hides an earlier one of the same name.
    private readonly SortedDictionary<string, (FieldInfo Field, object Owner)> fields = Fields(submissions);

    public IReadOnlyCollection<string> Names => fields.Keys;

    /// <summary>A table of names, types and values.</summary>
    public IReadOnlyDictionary<string, string> ToTable()
    {
        var html = new StringBuilder("<table><thead><tr><th>Variable</th><th>Type</th><th>Value</th></tr></thead><tbody>");
        var text = new StringBuilder();
        foreach ((string name, (FieldInfo field, object owner)) in fields)
        {
            string type = ((object)field.FieldType).ToDisplayString(PlainTextFormatter.MimeType);
            string value = field.GetValue(owner).ToDisplayString(PlainTextSummaryFormatter.MimeType);
            html.Append("<tr>");
            foreach (string cell in (string[])[name, type, value]) html.Append("<td>").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
            html.Append("</tr>");
            text.Append(name).Append(": ").Append(type).Append(" = ").Append(value).Append('\n');
        }

        html.Append("</tbody></table>");
        return new Dictionary<string, string> { [HtmlFormatter.MimeType] = html.ToString(), [PlainTextFormatter.MimeType] = text.ToString().TrimEnd('\n') };
    }

    private static SortedDictionary<string, (FieldInfo, object)> Fields(IEnumerable<object> submissions)
    {
        var found = new SortedDictionary<string, (FieldInfo, object)>(StringComparer.Ordinal);
        foreach (object submission in submissions)
        {
            foreach (FieldInfo field in submission.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.Name.StartsWith('<')) found[field.Name] = (field, submission);
            }
        }

        return found;
    }
}
