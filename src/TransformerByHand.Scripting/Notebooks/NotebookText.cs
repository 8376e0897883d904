using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TransformerByHand.Scripting;

/// <summary>The text of a notebook file before it is taken apart: what damages such files, found and named with the remedy that fits.</summary>
internal static partial class NotebookText
{
    /// <summary>How deep lists may be nested: Vega charts and their like go beyond the usual 64.</summary>
    public const int MaxDepth = 1000;

    private const string FromACopy = "take it from a copy: 'git restore' gives the committed one back, and Jupyter keeps one in .ipynb_checkpoints";
    private const string SaveAsUtf8 = "save it as UTF-8 (in VS Code: click the encoding in the status bar)";

    /// <summary>Decodes a file. A byte order mark stays part of the text, so that it is written back.</summary>
    /// <exception cref="NotebookFormatException">The bytes are not UTF-8.</exception>
    public static string Decode(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, (byte)'{', ..] or [(byte)'{', 0, ..])
            throw new NotebookFormatException($"it is written in UTF-16, and notebooks are UTF-8; {SaveAsUtf8}.");
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            int line = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            throw new NotebookFormatException($"line {Number(line)} holds bytes that are not UTF-8, as in a file that was saved in Latin-1; reopen it in the encoding it was saved in, then {SaveAsUtf8}.", e);
        }
    }

    /// <summary>Reads through a text, and stops at the first thing that keeps it from being the JSON of one object.</summary>
    /// <exception cref="NotebookFormatException">It is not.</exception>
    public static void Check(string text)
    {
        string body = text.TrimStart('\uFEFF').Trim();
        if (body.Trim('\0').Length == 0)
            throw new NotebookFormatException($"it is empty{(body.Length > 0 ? " but for zeros" : "")}; {FromACopy}.");
        if (body.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            throw new NotebookFormatException("it is a pointer of Git LFS and not the notebook itself; 'git lfs pull' fetches that.");
        if (body[0] == '<' && !Conflict().IsMatch(body))
            throw new NotebookFormatException("it is a web page and not the notebook itself; download the notebook in its raw form.");

        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        try
        {
            Read(bytes);
        }
        catch (JsonException e)
        {
            throw Damage(text, bytes, e);
        }
    }

    private static void Read(byte[] bytes)
    {
        // As if more could follow: what then still waits for its end was cut off.
        var json = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth + 1 }));
        var names = new Stack<HashSet<string>>();
        bool closed = false;
        while (json.Read())
        {
            closed = json.CurrentDepth == 0 && json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (json.CurrentDepth >= MaxDepth)
                        throw new NotebookFormatException($"line {Line(json.TokenStartIndex)} is nested more than {Number(MaxDepth)} levels deep; clear the output that holds it in another program.");
                    names.Push([]);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String:
                    string value = Text(ref json);
                    if (json.TokenType == JsonTokenType.PropertyName && !names.Peek().Add(value))
                        throw new NotebookFormatException($"\"{value}\" stands twice in one object, the second time on line {Line(json.TokenStartIndex)}, as after a merge; delete the one that is not wanted.");
                    break;
            }
        }

        if (!closed) throw new NotebookFormatException($"it ends in the middle, on line {Line(bytes.Length)}, as a file does that was cut off while it was saved or copied; {FromACopy}.");

        string Text(ref Utf8JsonReader json)
        {
            try
            {
                return json.GetString()!;
            }
            catch (InvalidOperationException e)
            {
                throw new NotebookFormatException($"line {Line(json.TokenStartIndex)} holds half a character (a \\ud… without its partner); delete it, or clear the output that holds it.", e);
            }
        }

        string Line(long index) => Number(bytes.AsSpan(0, (int)index).Count((byte)'\n') + 1);
    }

    private static NotebookFormatException Damage(string text, byte[] bytes, JsonException e)
    {
        if (Conflict().Match(text) is { Success: true } mark)
            return new NotebookFormatException(
                $"two edits of it were merged, and the marks of their conflict still stand in it, the first on line {Number(text.AsSpan(0, mark.Index).Count('\n') + 1)}; keep one side of each, and delete the marks.", e);

        long line = e.LineNumber ?? 0, position = e.BytePositionInLine ?? 0;
        if (NotANumber().Match(Around(bytes, line, position)) is { Success: true } name)
            return new NotebookFormatException($"line {Number(line + 1)} holds {name.Groups[1].Value}, which JSON has no word for; write null in its place.", e);
        return new NotebookFormatException($"it is not valid JSON (line {Number(line + 1)}, position {Number(position + 1)}); mend that place in a text editor, or {FromACopy}.", e);
    }

    /// <summary>The text at a place that could not be read, from a few characters before it.</summary>
    private static string Around(byte[] bytes, long line, long position)
    {
        int start = 0;
        for (long skipped = 0; skipped < line; skipped++) start += bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        int from = Math.Clamp(start + (int)position - 1, 0, bytes.Length);
        return Encoding.UTF8.GetString(bytes.AsSpan(from, Math.Min(12, bytes.Length - from)));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(<<<<<<<|=======|>>>>>>>)(?= |\r?$)", RegexOptions.Multiline)]
    private static partial Regex Conflict();

    [GeneratedRegex("^[^-]?(NaN|-?Infinity)")]
    private static partial Regex NotANumber();
}
