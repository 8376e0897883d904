using System.Reflection;

namespace TransformerByHand.Scripting.Engine;

/// <summary>The variables that the cells have declared.</summary>
internal static class Variables
{
    /// <summary>One row of the list.</summary>
    public sealed record Row(string Name, string Type, string Value);

    public static IReadOnlyList<Row> Of(IEnumerable<object> submissions)
    {
        // A later declaration hides an earlier one of the same name.
        var rows = new SortedDictionary<string, Row>(StringComparer.Ordinal);
        foreach (object submission in submissions)
        {
            foreach (FieldInfo field in submission.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.Name.StartsWith('<'))
                    rows[field.Name] = new Row(field.Name, field.FieldType.Name, ValueFormat.Format(field.GetValue(submission), ["text/plain"])["text/plain"]);
            }
        }

        return [.. rows.Values];
    }
}
