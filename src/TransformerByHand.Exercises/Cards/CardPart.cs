using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>One piece of a <see cref="Card"/>. Text may hold `code` between backticks.</summary>
internal abstract record CardPart
{
    /// <summary>A sentence or two.</summary>
    internal sealed record Paragraph(string Text) : CardPart;

    /// <summary>A sentence that the reader should not miss: what the mistake is.</summary>
    internal sealed record Advice(string Text) : CardPart;

    /// <summary>Numbers or source text, shown exactly as given, under a label.</summary>
    internal sealed record Listing(string Label, string Text) : CardPart;

    /// <summary>Sentences of equal rank, one to a line.</summary>
    internal sealed record Items(IReadOnlyList<string> Texts) : CardPart;

    /// <summary>A table or figure.</summary>
    internal sealed record Shown(IShown Content) : CardPart;

    /// <summary>A remark in smaller type, such as where progress is kept.</summary>
    internal sealed record Note(string Text) : CardPart;
}
