using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Exercises;

/// <summary>A predicted or measured answer: a number, or a choice such as "a". Exactly one of the two is not null.</summary>
/// <param name="Number">The number, finite.</param>
/// <param name="Choice">The choice.</param>
[JsonConverter(typeof(AsOneJsonValue))]
public sealed record Guess(double? Number, string? Choice)
{
    /// <summary>Writes the guess with at most six digits, a choice in quotation marks.</summary>
    public override string ToString() => Number is double number ? ValueText.Number(number) : $"\"{Choice}\"";

    /// <summary>Keeps the file short and readable: <c>"guess": 0.1</c> or <c>"guess": "b"</c>.</summary>
    private sealed class AsOneJsonValue : JsonConverter<Guess>
    {
        public override Guess Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => new Guess(reader.GetDouble(), null),
            JsonTokenType.String => new Guess(null, reader.GetString()),
            _ => throw new JsonException("A prediction is a number or a string."),
        };

        public override void Write(Utf8JsonWriter writer, Guess value, JsonSerializerOptions options)
        {
            if (value.Number is double number) writer.WriteNumberValue(number);
            else writer.WriteStringValue(value.Choice);
        }
    }
}
