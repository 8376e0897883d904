using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>nbformat's multi-line strings: one string, or a list of lines that each keep their line break.</summary>
internal static class MultilineText
{
    public static string Join(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(line => line?.GetValue<string>())),
        JsonValue value => value.GetValue<string>(),
        _ => "",
    };

    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        for (int start = 0; start < text.Length;)
        {
            int lineBreak = text.IndexOf('\n', start);
            int end = lineBreak < 0 ? text.Length : lineBreak + 1;
            lines.Add(JsonValue.Create(text[start..end]));
            start = end;
        }

        return lines;
    }
}
