using System.Diagnostics;

namespace TransformerByHand.Scripting;

/// <summary>Keeps the first lines that a process writes to its own standard error: what it died of.</summary>
internal sealed class ErrorLines
{
    private const int MaxLines = 8;
    private readonly List<string> lines = [];

    public ErrorLines(Process process)
    {
        process.ErrorDataReceived += (_, line) =>
        {
            lock (lines)
            {
                if (!string.IsNullOrWhiteSpace(line.Data) && lines.Count < MaxLines) lines.Add(line.Data.Trim());
            }
        };
        process.BeginErrorReadLine();
    }

    public string Text
    {
        get
        {
            lock (lines) return string.Join(" ", lines);
        }
    }
}
