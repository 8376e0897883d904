namespace TransformerByHand.Course.Jupyter;

/// <summary>Jupyter counts Unicode characters, .NET counts UTF-16 units: outside the basic plane (𝐗) these differ.</summary>
internal static class CursorText
{
    /// <summary>From a count of characters to an index into the text; a place past the end is the end.</summary>
    public static int ToIndex(string text, int characters)
    {
        int index = 0;
        for (int i = 0; i < characters && index < text.Length; i++) index += IsPair(text, index) ? 2 : 1;
        return index;
    }

    /// <summary>From an index into the text to a count of characters.</summary>
    public static int FromIndex(string text, int index)
    {
        int characters = 0;
        for (int i = 0; i < index; characters++) i += IsPair(text, i) ? 2 : 1;
        return characters;
    }

    private static bool IsPair(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
}
