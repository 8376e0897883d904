using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>What a check, a hint, a solution or a prediction shows: said once, rendered as HTML and as text.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public class Card : IShown
{
    internal Card(Tone tone, string headline, string subject, IEnumerable<CardPart> parts)
    {
        Tone = tone;
        Headline = headline;
        Subject = subject;
        Parts = [.. parts];
    }

    /// <summary>The verdict in a few words, such as "Passed".</summary>
    public string Headline { get; }

    /// <summary>What the card is about, such as "Exercise 00.1, The mean of a vector".</summary>
    public string Subject { get; }

    internal Tone Tone { get; }

    internal IReadOnlyList<CardPart> Parts { get; }

    /// <inheritdoc/>
    public string ToHtml() => CardHtml.Render(this);

    /// <inheritdoc/>
    public string ToText() => CardText.Render(this);

    /// <summary>Returns <see cref="ToText"/>.</summary>
    public override string ToString() => ToText();
}
