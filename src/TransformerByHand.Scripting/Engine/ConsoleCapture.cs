using System.Text;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Console output of the cells: sent on at once, whichever thread writes it.</summary>
internal sealed class ConsoleCapture(string streamName, Action<CellOutput> emit) : TextWriter
{
    // Beyond this a notebook could not be opened any more.
    private const int MaxCharactersPerCell = 4_000_000;

    private char? highSurrogate;
    private int written;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Points the console at the given sink. Done before every cell, since a cell may have pointed it elsewhere.</summary>
    public static void Install(Action<CellOutput> emit)
    {
        Console.SetOut(new ConsoleCapture(StreamOutput.Out, emit));
        Console.SetError(new ConsoleCapture(StreamOutput.Error, emit));
        Console.SetIn(NoInput.Instance);
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine() => Write("\n");

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(string.Concat(buffer, "\n"));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty || written > MaxCharactersPerCell) return;
        string text = string.Concat(highSurrogate?.ToString(), buffer);
        highSurrogate = null;
        if (char.IsHighSurrogate(text[^1]))
        {
            // Half a character: it is sent with its other half.
            highSurrogate = text[^1];
            text = text[..^1];
        }

        if (text.Length == 0) return;
        written += text.Length;
        emit(new StreamOutput(streamName, text));
        if (written > MaxCharactersPerCell)
            emit(new StreamOutput(streamName, $"\n[The rest of this cell's output is left out: more than {MaxCharactersPerCell / 1_000_000} million characters.]\n"));
    }
}
