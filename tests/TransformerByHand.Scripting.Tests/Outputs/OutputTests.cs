using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting.Tests.Outputs;

public sealed class OutputTests
{
    [Fact]
    public void Pieces_of_one_stream_become_one_output_and_streams_are_not_mixed()
    {
        var list = new OutputList();
        foreach ((string name, string text) in (ReadOnlySpan<(string, string)>)[("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")])
            list.Add(new StreamOutput(name, text));
        list.Items.ShouldBe([new StreamOutput("stdout", "ab"), new StreamOutput("stderr", "c"), new StreamOutput("stdout", "d")]);
    }

    [Fact]
    public void Reading_the_list_in_between_does_not_split_a_stream()
    {
        var list = new OutputList();
        list.Add(new StreamOutput("stdout", "a"));
        list.Items.Count.ShouldBe(1);
        list.Add(new StreamOutput("stdout", "b"));
        list.Items.ShouldBe([new StreamOutput("stdout", "ab")]);
    }

    [Fact]
    public void An_update_takes_the_place_of_the_display_with_its_id()
    {
        var list = new OutputList();
        list.Add(Shown("1", "first"));
        list.Add(Shown("2", "second"));
        list.Add(Shown("1", "changed") with { IsUpdate = true });
        list.Add(Shown("elsewhere", "unknown") with { IsUpdate = true });
        list.Items.Cast<DisplayOutput>().Select(display => display.Data["text/plain"]).ShouldBe(["changed", "second"]);
        list.Items.Cast<DisplayOutput>().ShouldAllBe(display => !display.IsUpdate);
    }

    [Fact]
    public void Outputs_are_stored_as_nbformat_says()
    {
        Notebook notebook = Notebook.Parse("""{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": [], "execution_count": null}]}""");
        notebook.Cells[0].SetOutputs(
        [
            new StreamOutput("stdout", "a\nb"),
            new DisplayOutput(new Dictionary<string, string> { ["text/html"] = "<p>\n</p>", ["application/json"] = """{"x":[1]}""", ["application/vnd.x+json"] = "broken{" }, "display-1"),
            new ResultOutput(new Dictionary<string, string> { ["text/plain"] = "" }, 3),
            new ErrorOutput("Name", "message", ["line 1", "line 2"], 1),
        ]);
        JsonNode expected = JsonNode.Parse(
            """
            [
              {"name": "stdout", "output_type": "stream", "text": ["a\n", "b"]},
              {"data": {"text/html": ["<p>\n", "</p>"], "application/json": {"x": [1]}, "application/vnd.x+json": ["broken{"]}, "metadata": {}, "output_type": "display_data"},
              {"data": {"text/plain": []}, "execution_count": 3, "metadata": {}, "output_type": "execute_result"},
              {"ename": "Name", "evalue": "message", "output_type": "error", "traceback": ["line 1", "line 2"]}
            ]
            """)!;
        notebook.Cells[0].Outputs.ToJsonString().ShouldBe(expected.ToJsonString());
    }

    private static DisplayOutput Shown(string id, string text) => new(new Dictionary<string, string> { ["text/plain"] = text }, id);
}
