using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>Writes JSON so that what was read and not changed comes out as it was.</summary>
/// <remarks>
/// <see cref="JsonSerializer"/> would escape characters beyond the basic plane and rewrite escapes it finds; notebooks are
/// diffed by people, so values that came from a file keep their very spelling, numbers included.
/// </remarks>
internal static class JsonText
{
    public static string Write(JsonNode node, JsonLayout layout)
    {
        var text = new StringBuilder(layout.Leading);
        Write(node, layout, 0, text);
        return text.Append(layout.Trailing).ToString();
    }

    private static void Write(JsonNode? node, JsonLayout layout, int depth, StringBuilder text)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                text.Append("[]");
                break;
            case JsonObject members:
                text.Append('{');
                int written = 0;
                foreach ((string name, JsonNode? value) in members)
                {
                    if (written++ > 0) text.Append(layout.Comma);
                    BreakLine(layout, depth + 1, text);
                    WriteString(name, text);
                    text.Append(layout.Colon);
                    Write(value, layout, depth + 1, text);
                }

                BreakLine(layout, depth, text);
                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(layout.Comma);
                    BreakLine(layout, depth + 1, text);
                    Write(items[i], layout, depth + 1, text);
                }

                BreakLine(layout, depth, text);
                text.Append(']');
                break;
            case JsonValue value when value.TryGetValue(out JsonElement read):
                text.Append(read.GetRawText());
                break;
            case JsonValue value when value.TryGetValue(out string? made):
                WriteString(made, text);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void BreakLine(JsonLayout layout, int depth, StringBuilder text)
    {
        if (layout.Indent is null) return;
        text.Append(layout.NewLine);
        for (int i = 0; i < depth; i++) text.Append(layout.Indent);
    }

    /// <summary>Escapes what JSON requires and nothing else, as Jupyter and VS Code do.</summary>
    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                default:
                    bool pair = char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]);
                    if (pair) text.Append(c).Append(value[++i]);
                    else if (c < ' ' || char.IsSurrogate(c)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    else text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }
}
