namespace TransformerByHand.Scripting.Engine;

/// <summary>Standard input of the cells: there is nobody to type, so reading says so instead of waiting for ever.</summary>
internal sealed class NoInput : TextReader
{
    public static NoInput Instance { get; } = new();

    public override int Peek() => throw Refusal();

    public override int Read() => throw Refusal();

    public override int Read(char[] buffer, int index, int count) => throw Refusal();

    public override string? ReadLine() => throw Refusal();

    public override string ReadToEnd() => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new("A cell cannot read from the keyboard. Assign the value to a variable in the cell and run it again.");
}
