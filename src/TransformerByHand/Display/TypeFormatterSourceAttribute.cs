namespace TransformerByHand.Display;

/// <summary>Names the class that formats values of the attributed type.</summary>
/// <remarks>
/// .NET Interactive and the course's own script host find this attribute by its name alone, which is why it can be declared
/// here without a reference to either.
/// </remarks>
/// <param name="formatterSourceType">
/// A type with a parameterless constructor and a public method <c>CreateTypeFormatters()</c>.
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The class that makes the formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The MIME types to emit, in order of preference.</summary>
    public string[] PreferredMimeTypes { get; set; } = ["text/html", "text/plain"];
}
