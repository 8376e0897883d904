using System.Text;

namespace TransformerByHand.Scripting;

/// <summary>Collects outputs as a notebook keeps them: pieces of one stream joined, updated displays in their first place.</summary>
public sealed class OutputList
{
    private readonly List<CellOutput> items = [];
    private readonly StringBuilder stream = new();
    private string? streamName;
    private bool clearNext;

    /// <summary>The outputs so far.</summary>
    public IReadOnlyList<CellOutput> Items
    {
        get
        {
            CloseStream();
            return items;
        }
    }

    /// <summary>Takes the next output.</summary>
    public void Add(CellOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output is ClearOutput clear)
        {
            if (clear.Wait) clearNext = true;
            else Clear();
            return;
        }

        if (clearNext) Clear();
        if (output is StreamOutput piece)
        {
            if (streamName != piece.Name) CloseStream();
            streamName = piece.Name;
            stream.Append(piece.Text);
            return;
        }

        CloseStream();
        if (output is DisplayOutput { IsUpdate: true } update)
        {
            int first = items.FindIndex(item => item is DisplayOutput shown && shown.DisplayId == update.DisplayId);
            // An update of a display in an earlier cell has no place here; a client applies it there.
            if (first >= 0) items[first] = update with { IsUpdate = false };
            return;
        }

        items.Add(output);
    }

    private void Clear()
    {
        CloseStream();
        items.Clear();
        clearNext = false;
    }

    private void CloseStream()
    {
        if (streamName is null) return;
        if (items.LastOrDefault() is StreamOutput last && last.Name == streamName)
            items[^1] = last with { Text = last.Text + stream };
        else if (stream.Length > 0)
            items.Add(new StreamOutput(streamName, stream.ToString()));
        stream.Clear();
        streamName = null;
    }
}
