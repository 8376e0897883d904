namespace TransformerByHand.Scripting.Engine;

/// <summary>How messages name a text: places in a cell go without the cell's name, which stands above them anyway.</summary>
/// <param name="Name">The cell, or the file that it imports.</param>
/// <param name="IsCell">True for the cell itself.</param>
internal sealed record TextName(string Name, bool IsCell)
{
    /// <summary>A place in the text; lines and columns are counted from 1.</summary>
    public string Place(int line, int column = 1) => $"{(IsCell ? "" : Name)}({line},{column})";
}
