using System.Text;

namespace TransformerByHand.Exercises;

/// <summary>Renders a card as plain text.</summary>
internal static class CardText
{
    public static string Render(Card card)
    {
        var text = new StringBuilder();
        text.Append(card.Headline).Append(": ").Append(card.Subject).Append('\n');
        foreach (CardPart part in card.Parts)
        {
            switch (part)
            {
                case CardPart.Paragraph(string paragraph): text.Append(paragraph).Append('\n'); break;
                case CardPart.Advice(string advice): text.Append("> ").Append(advice).Append('\n'); break;
                case CardPart.Note(string note): text.Append('(').Append(note).Append(")\n"); break;
                case CardPart.Items(var items):
                    foreach (string item in items) text.Append("- ").Append(item).Append('\n');
                    break;
                case CardPart.Listing(string label, string line) when !line.Contains('\n'):
                    text.Append(label).Append(": ").Append(line).Append('\n');
                    break;
                case CardPart.Shown(var content): text.Append(content.ToText().TrimEnd('\n')).Append('\n'); break;
                case CardPart.Listing(string label, string listing):
                    text.Append(label).Append(":\n");
                    foreach (string line in listing.Split('\n')) text.Append(line.Length == 0 ? "" : "    ").Append(line).Append('\n');
                    break;
            }
        }
        return text.ToString().TrimEnd('\n');
    }
}
