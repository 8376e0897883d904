using System.Text;

namespace TransformerByHand.Scripting.Tests.Notebooks;

/// <summary>Files that are called notebooks and cannot be read as such: what is wrong with each, and the sentence that a reader gets.</summary>
public static class DamagedNotebooks
{
    private const string Cell = """{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": ["1 + 1"]}""";

    private const string FromACopy = "take it from a copy: 'git restore' gives the committed one back, and Jupyter keeps one in .ipynb_checkpoints.";

    private const string SaveAsUtf8 = "save it as UTF-8 (in VS Code: click the encoding in the status bar).";

    private const string ClearOutputs = "clear the cell's outputs, and run it again.";

    /// <summary>The damage, the file's bytes, and what is said of it after its name.</summary>
    public static IReadOnlyList<(string Damage, byte[] Bytes, string Sentence)> All { get; } =
    [
        .. Texts().Select(each => (each.Damage, Encoding.UTF8.GetBytes(each.Text), each.Sentence)),
        ("UTF-16", Encoding.Unicode.GetBytes(Whole(Cell)), $"it is written in UTF-16, and notebooks are UTF-8; {SaveAsUtf8}"),
        ("UTF-16 with a byte order mark", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Whole(Cell))], $"it is written in UTF-16, and notebooks are UTF-8; {SaveAsUtf8}"),
        ("Latin-1", Encoding.Latin1.GetBytes("{\"nbformat\": 4, \"cells\": [\n" + Cell.Replace("1 + 1", "// Größe", StringComparison.Ordinal) + "]}"),
            $"line 2 holds bytes that are not UTF-8, as in a file that was saved in Latin-1; reopen it in the encoding it was saved in, then {SaveAsUtf8}"),
        ("zeros, as after a crash of the machine", new byte[512], $"it is empty but for zeros; {FromACopy}"),
    ];

    private static IEnumerable<(string Damage, string Text, string Sentence)> Texts() =>
    [
        ("empty", "", $"it is empty; {FromACopy}"),
        ("white space", " \n\n", $"it is empty; {FromACopy}"),
        ("cut off in a list", "{\"nbformat\": 4,\n \"cells\": [\n  {", $"it ends in the middle, on line 3, as a file does that was cut off while it was saved or copied; {FromACopy}"),
        ("cut off in a text", Whole(Cell)[..^40], $"it ends in the middle, on line 2, as a file does that was cut off while it was saved or copied; {FromACopy}"),
        ("a web page", "<!DOCTYPE html>\n<html></html>", "it is a web page and not the notebook itself; download the notebook in its raw form."),
        ("a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12\n", "it is a pointer of Git LFS and not the notebook itself; 'git lfs pull' fetches that."),
        ("a merge's conflict", "{\n<<<<<<< HEAD\n \"nbformat\": 4,\n=======\n \"nbformat\": 5,\n>>>>>>> other\n \"cells\": []}", "two edits of it were merged, and the marks of their conflict still stand in it, the first on line 2; keep one side of each, and delete the marks."),
        ("a merge's conflict on the first line", "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", "two edits of it were merged, and the marks of their conflict still stand in it, the first on line 1; keep one side of each, and delete the marks."),
        ("NaN", "{\"nbformat\": 4, \"metadata\": {\n\"loss\": NaN}, \"cells\": []}", "line 2 holds NaN, which JSON has no word for; write null in its place."),
        ("minus infinity", "{\"nbformat\": 4, \"metadata\": {\"loss\": -Infinity}, \"cells\": []}", "line 1 holds -Infinity, which JSON has no word for; write null in its place."),
        ("a comma too many", "{\"nbformat\": 4,\n \"cells\": [],\n}", $"it is not valid JSON (line 3, position 1); mend that place in a text editor, or {FromACopy}"),
        ("no JSON at all", "a few words", $"it is not valid JSON (line 1, position 1); mend that place in a text editor, or {FromACopy}"),
        ("a name that stands twice", "{\"nbformat\": 4,\n \"cells\": [],\n \"cells\": []}", "\"cells\" stands twice in one object, the second time on line 3, as after a merge; delete the one that is not wanted."),
        ("half a character", Whole(Cell.Replace("1 + 1", @"// \ud83d", StringComparison.Ordinal)), @"line 2 holds half a character (a \ud… without its partner); delete it, or clear the output that holds it."),
        ("nested far too deep", "{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"x\": \n" + new string('[', 1001) + new string(']', 1001) + "}}", "line 2 is nested more than 1000 levels deep; clear the output that holds it in another program."),
        ("a list", "[]", "it should be a JSON object with a list of cells, and is a list."),
        ("other JSON", "{}", "it has no number 'nbformat'; a notebook of version 4 has \"nbformat\": 4."),
        ("nbformat 3", """{"nbformat": 3, "worksheets": []}""", "its nbformat is 3, and this program reads 4; 'jupyter nbconvert --to notebook --nbformat 4 FILE' converts it."),
        ("nbformat 5", """{"nbformat": 5, "cells": []}""", "its nbformat is 5, which is newer than the 4 that this program reads; save it as version 4 in the program that wrote it."),
        ("nbformat as a text", """{"nbformat": "4", "cells": []}""", "its 'nbformat' is the text \"4\"; it should be the number 4, without quotes."),
        ("no cells", """{"nbformat": 4}""", "it has no list 'cells'; it is JSON of another kind, or was cut off."),
        ("cells in an object", """{"nbformat": 4, "cells": {}}""", "its 'cells' are an object; they should be a list."),
        ("metadata that is a list", """{"nbformat": 4, "metadata": [], "cells": []}""", "its metadata is a list; it should be a JSON object, {} for none."),
        ("a cell that is a number", Whole("1"), "cell 1 is the number 1; it should be a JSON object."),
        ("an unknown kind of cell", Whole($$"""{{Cell}}, {"cell_type": "heading", "source": "x"}"""), "cell 2 has cell_type the text \"heading\"; it should be code, markdown or raw."),
        ("no kind of cell", Whole("""{"source": "x"}"""), "cell 1 has cell_type null; it should be code, markdown or raw."),
        ("a number as source", Whole("""{"cell_type": "code", "source": 5}"""), "cell 1 has the source the number 5; it should be a text or a list of lines, [] for an empty cell."),
        ("null as source", Whole("""{"cell_type": "code", "source": null}"""), "cell 1 has the source null; it should be a text or a list of lines, [] for an empty cell."),
        ("no source", Whole("""{"cell_type": "markdown", "metadata": {}}"""), "cell 1 has no source; it should be a text or a list of lines, [] for an empty cell."),
        ("a number among the lines", Whole("""{"cell_type": "code", "source": ["a", 1]}"""), "cell 1 has the source a list; it should be a text or a list of lines, [] for an empty cell."),
        ("a text as metadata of a cell", Whole("""{"cell_type": "code", "metadata": "x", "source": ""}"""), "cell 1: its metadata is the text \"x\"; it should be a JSON object, {} for none."),
        ("a text as outputs", Whole("""{"cell_type": "code", "source": "", "outputs": "none"}"""), "cell 1 has the outputs the text \"none\"; they should be a list, [] for none."),
        ("a number as output", Whole("""{"cell_type": "code", "source": "", "outputs": [7]}"""), $"cell 1, output 1 is the number 7 and no JSON object; {ClearOutputs}"),
        ("an unknown kind of output", Whole("""{"cell_type": "code", "source": "", "outputs": [{"output_type": "pyout"}]}"""), $"cell 1, output 1 has output_type the text \"pyout\"; {ClearOutputs}"),
        ("a stream without text", Whole("""{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "name": "stdout"}]}"""), $"cell 1, output 1 has the text null; {ClearOutputs}"),
        ("a display without data", Whole("""{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": []}]}"""), $"cell 1, output 1 has the data a list; {ClearOutputs}"),
        ("plain text that is a number", Whole("""{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": {"text/plain": 1}}]}"""), $"cell 1, output 1 has as text/plain the number 1; {ClearOutputs}"),
    ];

    private static string Whole(string cells) => "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [\n" + cells + "]}\n";
}
