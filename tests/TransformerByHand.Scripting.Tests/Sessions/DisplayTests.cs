using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class DisplayTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task The_value_of_a_trailing_expression_is_shown_as_html()
    {
        CellResult result = await host.RunAsync("6 * 7");
        var shown = result.Outputs.ShouldHaveSingleItem().ShouldBeOfType<ResultOutput>();
        shown.Data.Keys.ShouldBe(["text/html"]);
        shown.Data["text/html"].ShouldStartWith("<div class=\"dni-plaintext\"><pre>42</pre></div>");
        shown.ExecutionCount.ShouldBe(result.ExecutionCount);
    }

    [Fact]
    public async Task A_string_is_shown_as_plain_text() => (await host.RunAsync("\"a <b> c\"")).Value("text/plain").ShouldBe("a <b> c");

    [Fact]
    public async Task A_semicolon_silences_the_value() => (await host.RunAsync("1.ToString(); _ = 1 + 1;")).ShouldSucceed().Outputs.ShouldBeEmpty();

    [Fact]
    public async Task A_returned_value_is_shown() => (await host.RunAsync("if (1 < 2) { return 3; } return 4;")).PlainValue().ShouldBe("3");

    [Fact]
    public async Task A_trailing_call_without_value_shows_nothing() =>
        (await host.RunAsync("Console.Write(\"only this\")")).ShouldSucceed().Outputs.ShouldBe([new StreamOutput("stdout", "only this")]);

    [Fact]
    public async Task A_trailing_await_without_value_shows_nothing() => (await host.RunAsync("await Task.Delay(1)")).ShouldSucceed().Outputs.ShouldBeEmpty();

    [Fact]
    public async Task A_return_inside_a_function_is_not_the_value_of_the_cell() =>
        (await host.RunAsync("int Seven() { return 7; } var unused = Seven();")).ShouldSucceed().Outputs.ShouldBeEmpty();

    [Fact]
    public async Task Null_is_shown_as_such() => (await host.RunAsync("(object)null")).PlainValue().ShouldBe("&lt;null&gt;");

    [Fact]
    public async Task Objects_show_their_properties()
    {
        string html = (await host.RunAsync("new { Name = \"gamma\", Size = 3 }")).Value()!;
        html.ShouldContain("<td>Name</td>");
        html.ShouldContain("gamma");
    }

    [Fact]
    public async Task Display_shows_values_in_order_between_text()
    {
        CellResult result = await host.RunAsync("Console.Write(\"a\"); display(1); Console.Write(\"b\"); 2.Display(); 3");
        result.Outputs.Select(output => output.GetType()).ShouldBe(
            [typeof(StreamOutput), typeof(DisplayOutput), typeof(StreamOutput), typeof(DisplayOutput), typeof(ResultOutput)]);
    }

    [Fact]
    public async Task Display_takes_the_mime_types_asked_for()
    {
        CellResult result = await host.RunAsync("display(new[] { 1, 2 }, \"text/plain\"); new[] { 3 }.Display(\"text/plain\", \"text/html\"); \"# head\".DisplayAs(\"text/markdown\");");
        IReadOnlyList<DisplayOutput> shown = result.ShouldSucceed().Displays();
        shown[0].Data.ShouldBe(new Dictionary<string, string> { ["text/plain"] = "[ 1, 2 ]" });
        shown[1].Data.Keys.ShouldBe(["text/plain", "text/html"]);
        shown[2].Data["text/markdown"].ShouldBe("# head");
    }

    [Fact]
    public async Task Html_is_shown_as_it_is()
    {
        (await host.RunAsync("HTML(\"<b>bold</b>\")")).Value().ShouldBe("<b>bold</b>");
        (await host.RunAsync("display(HTML(\"<i>x</i>\"))")).Displays()[0].Data["text/html"].ShouldBe("<i>x</i>");
    }

    [Fact]
    public async Task PocketView_tags_can_be_imported() => (await host.RunAsync("using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags; div[@class: \"c\"](b(\"x\"))")).Value().ShouldBe("<div class=\"c\"><b>x</b></div>");

    [Fact]
    public async Task A_registered_formatter_is_used_in_later_cells()
    {
        await host.RunAsync(
            """
            using Microsoft.DotNet.Interactive.Formatting;
            class Temperature { public double Degrees; }
            Formatter.Register(typeof(Temperature), (object value, System.IO.TextWriter writer) => writer.Write($"<t>{((Temperature)value).Degrees}</t>"), "text/html");
            Formatter.Register<Temperature>(value => $"{value.Degrees} degrees", "text/plain");
            Formatter.SetPreferredMimeTypesFor(typeof(Temperature), "text/html", "text/plain");
            """);
        CellResult result = await host.RunAsync("new Temperature { Degrees = 20 }");
        result.Outputs.OfType<ResultOutput>().Single().Data.ShouldBe(
            new Dictionary<string, string> { ["text/html"] = "<t>20</t>", ["text/plain"] = "20 degrees" });
    }

    [Fact]
    public async Task A_formatter_that_throws_fails_the_cell_and_not_the_session()
    {
        await host.RunAsync("using Microsoft.DotNet.Interactive.Formatting; class Broken { } Formatter.Register<Broken>((Func<Broken, string>)(_ => throw new InvalidOperationException(\"no picture\")), \"text/html\");");
        CellResult result = await host.RunAsync("new Broken()");
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldContain("no picture");
        (await host.RunAsync("1")).ShouldSucceed();
    }

    [Theory]
    [InlineData("1.Display()")]
    [InlineData("display(1)")]
    [InlineData("HTML(\"<b>x</b>\").Display()")]
    [InlineData("\"# x\".DisplayAs(\"text/markdown\")")]
    [InlineData("new[] { 1 }.DisplayTable()")]
    [InlineData("var again = 1.Display();\nagain")]
    public async Task A_last_line_that_displays_shows_what_it_displays_and_nothing_more(string cell) =>
        (await host.RunAsync(cell)).ShouldSucceed().Outputs.ShouldHaveSingleItem().ShouldBeOfType<DisplayOutput>();

    [Fact]
    public async Task A_value_that_is_formatted_already_is_shown_as_it_is() =>
        (await host.RunAsync("new Microsoft.DotNet.Interactive.Formatting.FormattedValue(\"text/html\", \"<b>q</b>\")"))
            .Outputs.OfType<ResultOutput>().Single().Data.ShouldBe(new Dictionary<string, string> { ["text/html"] = "<b>q</b>" });

    [Fact]
    public async Task An_update_replaces_the_display_it_belongs_to()
    {
        var live = new List<CellOutput>();
        CellResult result = await host.Session.ExecuteAsync(
            "var shown = display(\"first\"); display(\"between\"); shown.Update(\"second\");", live.Add);
        result.ShouldSucceed().Displays().Select(display => display.Data["text/plain"]).ShouldBe(["second", "between"]);
        var update = live.OfType<DisplayOutput>().Last();
        update.IsUpdate.ShouldBeTrue();
        update.DisplayId.ShouldBe(live.OfType<DisplayOutput>().First().DisplayId);
    }

    [Fact]
    public async Task An_endless_sequence_is_cut_by_the_formatter()
    {
        CellResult result = await host.RunAsync("IEnumerable<int> Forever() { int i = 0; while (true) yield return i++; } Forever()");
        result.ShouldSucceed().Value()!.ShouldContain("[ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 ... (more) ]");
    }

    [Theory]
    [InlineData("a record that holds itself", "record Loop(int A) { public Loop Me => this; }", "new Loop(7)", "Loop { ... }")]
    [InlineData("a record without end", "record Chain(int A) { public Chain Next => new(A + 1); }", "new Chain(7)", "Chain { ... }")]
    [InlineData("an array in itself", "object[] self = [7, null]; self[1] = self;", "self", "[ ... ]")]
    [InlineData("a dictionary in itself", "var map = new Dictionary<string, object> { [\"seven\"] = 7 }; map[\"me\"] = map;", "map", "seven")]
    [InlineData("an endless sequence of endless sequences", "IEnumerable<object> Nest() { while (true) yield return Nest(); }", "Nest()", "... (more)")]
    [InlineData("a class that is an endless sequence of itself", "class Many : IEnumerable<Many> { public IEnumerator<Many> GetEnumerator() { while (true) yield return new Many(); } IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); }", "new Many()", "... (more)")]
    [InlineData("a tree with a way back", "class Node { public int Value = 7; public List<Node> Children = new(); public Node Parent; } var root = new Node(); root.Children.Add(new Node { Parent = root });", "root", "Children")]
    public async Task What_holds_itself_is_shown_to_a_depth(string what, string declarations, string value, string expected)
    {
        (await host.RunAsync(declarations)).ShouldSucceed();
        CellResult result = await host.RunAsync(value);
        result.ShouldSucceed().StateLost.ShouldBeFalse(what);
        result.Value()!.ShouldContain(expected, Case.Sensitive, what);
        (await host.RunAsync($"display({value}, \"text/plain\");")).ShouldSucceed().Displays().ShouldHaveSingleItem().Data["text/plain"].ShouldNotBeEmpty(what);
    }

    [Fact]
    public async Task What_has_an_end_is_shown_as_before()
    {
        (await host.RunAsync("new[] { new[] { 1, 2 }, new[] { 3 } }")).Value()!.ShouldContain("<td>1</td><td><div class=\"dni-plaintext\"><pre>[ 3 ]</pre></div></td>");
        (await host.RunAsync("Enumerable.Range(0, 25).ToArray()")).PlainValue().ShouldBe("[ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 ... (5 more) ]");
        (await host.RunAsync("record Pair(int A, string B); new Pair(1, \"x\")")).Value()!.ShouldContain("<code>Pair { A = 1, B = x }</code>");
    }
}
