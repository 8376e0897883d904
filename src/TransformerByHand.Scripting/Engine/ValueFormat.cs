using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Formats values with the genuine formatters of .NET Interactive, in the forms they prefer.</summary>
internal static class ValueFormat
{
    public static IReadOnlyDictionary<string, string> Format(object? value, IReadOnlyList<string> mimeTypes)
    {
        IEnumerable<string> wanted = mimeTypes.Count > 0 ? mimeTypes : Formatter.GetPreferredMimeTypesFor(value?.GetType() ?? typeof(object));
        var data = new Dictionary<string, string>();
        foreach (string mimeType in wanted.Distinct()) data[mimeType] = value.ToDisplayString(mimeType);
        return data;
    }
}
