using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Notebooks;

public sealed class NotebookRoundTripTests
{
    /// <summary>What other programs write: every oddity in one notebook, laid out as Jupyter does.</summary>
    private const string Foreign =
        """
        {
         "nbformat_minor": 5,
         "cells": [
          {
           "cell_type": "markdown",
           "id": "intro-1",
           "attachments": {
            "image.png": {
             "image/png": "iVBORw0KGgo="
            }
           },
           "metadata": {
            "zebra": [
             1,
             2.50,
             1e-7,
             null,
             true
            ],
            "apple": {}
           },
           "source": [
            "# Größe \u00fc \ud835\udc65 𝑥\n",
            "a/b <tag> & \"quotes\" \\\\ back\t\u0007"
           ]
          },
          {
           "source": "display(1)\n# one string",
           "outputs": [
            {
             "output_type": "execute_result",
             "metadata": {
              "isolated": true
             },
             "execution_count": 7,
             "data": {
              "text/plain": "1",
              "application/json": {
               "a": [],
               "b": 12345678901234567890
              }
             }
            }
           ],
           "metadata": {
            "tags": [
             "raises-exception"
            ],
            "collapsed": false
           },
           "execution_count": 7,
           "cell_type": "code",
           "unknown_member": {
            "x": "\/"
           }
          },
          {
           "cell_type": "raw",
           "metadata": {},
           "source": []
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "language": "C#",
           "name": ".net-csharp"
          },
          "custom": {
           "deep": {
            "deeper": []
           }
          }
         },
         "nbformat": 4
        }

        """;

    [Fact]
    public void A_foreign_notebook_is_written_as_it_was_read() => Notebook.Parse(Foreign).ToJson().ShouldBe(Foreign);

    [Theory]
    [InlineData("two spaces", "  ", "\n", "\n")]
    [InlineData("a tab", "\t", "\n", "\n")]
    [InlineData("four spaces, Windows line breaks", "    ", "\r\n", "\r\n")]
    [InlineData("no line break at the end", " ", "\n", "")]
    [InlineData("several line breaks at the end", " ", "\n", "\n\n")]
    public void The_layout_is_kept(string layout, string indent, string newLine, string end)
    {
        string json = Relaid(indent, newLine, end);
        Notebook.Parse(json).ToJson().ShouldBe(json, layout);
    }

    [Theory]
    [InlineData("""{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}""")]
    [InlineData("""{"cells": [], "metadata": {"a": [1, 2]}, "nbformat": 4, "nbformat_minor": 5}""")]
    public void A_notebook_on_one_line_stays_on_one_line(string json) => Notebook.Parse(json).ToJson().ShouldBe(json);

    [Fact]
    public void Reading_and_writing_a_file_keeps_every_byte_also_a_byte_order_mark()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "marked.ipynb");
        byte[] bytes = [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Foreign)];
        File.WriteAllBytes(path, bytes);
        Notebook.Read(path).Write(path);
        File.ReadAllBytes(path).ShouldBe(bytes);
        Directory.GetFiles(folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void Reading_every_part_of_a_cell_changes_nothing()
    {
        Notebook notebook = Notebook.Parse(Foreign);
        foreach (NotebookCell cell in notebook.Cells)
        {
            _ = (cell.Id, cell.Source, cell.Tags, cell.Language, cell.Metadata.Count);
            if (cell.Kind == CellKind.Code) _ = (cell.Outputs.Count, cell.ExecutionCount);
            cell.Source = cell.Source;
        }

        _ = (notebook.Metadata.Count, notebook.Language);
        notebook.ToJson().ShouldBe(Foreign);
    }

    [Fact]
    public void New_outputs_change_the_outputs_and_nothing_else()
    {
        Notebook notebook = Notebook.Parse(Foreign);
        NotebookCell cell = notebook.Cells[1];
        cell.SetOutputs([new StreamOutput("stdout", "né\n𝑥")]);
        cell.ExecutionCount = 8;

        JsonNode expected = JsonNode.Parse(Foreign)!;
        expected["cells"]![1]!["outputs"] = JsonNode.Parse("""[{"name": "stdout", "output_type": "stream", "text": ["né\n", "𝑥"]}]""");
        expected["cells"]![1]!["execution_count"] = 8;
        JsonNode.DeepEquals(JsonNode.Parse(notebook.ToJson()), expected).ShouldBeTrue();

        string untouchedBefore = Foreign[..Foreign.IndexOf("\"outputs\"", StringComparison.Ordinal)];
        string untouchedAfter = Foreign[Foreign.IndexOf("   \"metadata\": {\n    \"tags\"", StringComparison.Ordinal)..].Replace("\"execution_count\": 7", "\"execution_count\": 8", StringComparison.Ordinal);
        notebook.ToJson().ShouldStartWith(untouchedBefore);
        notebook.ToJson().ShouldEndWith(untouchedAfter);
        notebook.ToJson().ShouldContain("né");
        notebook.ToJson().ShouldContain("𝑥");
    }

    [Fact]
    public void Setting_the_source_keeps_its_form()
    {
        Notebook notebook = Notebook.Parse(Foreign);
        notebook.Cells[0].Source = "one\ntwo";
        notebook.Cells[1].Source = "three\nfour";
        JsonNode json = JsonNode.Parse(notebook.ToJson())!;
        JsonNode.DeepEquals(json["cells"]![0]!["source"], JsonNode.Parse("""["one\n", "two"]""")).ShouldBeTrue();
        json["cells"]![1]!["source"]!.GetValue<string>().ShouldBe("three\nfour");
    }

    [Fact]
    public void A_clone_is_independent()
    {
        Notebook notebook = Notebook.Parse(Foreign);
        Notebook clone = notebook.Clone();
        clone.Cells[1].SetOutputs([]);
        clone.Metadata["added"] = true;
        notebook.ToJson().ShouldBe(Foreign);
        clone.ToJson().ShouldNotBe(Foreign);
    }

    [Fact]
    public void Any_text_survives_as_source_and_as_output() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            // Half of a surrogate pair is no text; a file cannot hold it either.
            string value = new UTF8Encoding(false).GetString(Encoding.UTF8.GetBytes(text.Get));
            Notebook notebook = Notebook.Parse(Foreign);
            notebook.Cells[0].Source = value;
            notebook.Cells[1].SetOutputs([new StreamOutput("stdout", value + "."), new ErrorOutput("E", value, [value])]);
            Notebook again = Notebook.Parse(notebook.ToJson());
            return again.Cells[0].Source == value
                && string.Concat(again.Cells[1].Outputs[0]!["text"]!.AsArray().Select(line => line!.GetValue<string>())) == value + "."
                && again.Cells[1].Outputs[1]!["evalue"]!.GetValue<string>() == value;
        }).Check(Config.QuickThrowOnFailure.WithReplay(20261120, 1));

    private static string Relaid(string indent, string newLine, string end)
    {
        IEnumerable<string> lines = Foreign.TrimEnd('\n').Split('\n').Select(line =>
        {
            string text = line.TrimStart(' ');
            return string.Concat(Enumerable.Repeat(indent, line.Length - text.Length)) + text;
        });
        return string.Join(newLine, lines) + end;
    }
}
