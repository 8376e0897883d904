using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Formats values with the genuine formatters of .NET Interactive, in the forms they prefer.</summary>
internal static class ValueFormat
{
    /// <summary>Formats a value, in the given forms or those that its formatter prefers.</summary>
    public static IReadOnlyList<FormattedValue> Format(object? value, params string[] mimeTypes) =>
        FormattedValue.CreateManyFromObject(value, [.. mimeTypes.Distinct()]);

    /// <summary>The value of a cell's last line in the forms in which it is shown. One that is formatted already is taken as it is.</summary>
    public static IReadOnlyDictionary<string, string> OfResult(object? value) => ByMimeType(value switch
    {
        FormattedValue formatted => [formatted],
        IEnumerable<FormattedValue> formatted => formatted,
        _ => Format(value),
    });

    public static IReadOnlyDictionary<string, string> ByMimeType(IEnumerable<FormattedValue> formatted)
    {
        var data = new Dictionary<string, string>();
        foreach (FormattedValue form in formatted) data[form.MimeType] = form.Value ?? "";
        return data;
    }
}
