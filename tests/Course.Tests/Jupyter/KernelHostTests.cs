using System.IO.Pipelines;
using System.Text.Json.Nodes;
using TransformerByHand.Course.Jupyter;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Jupyter;

/// <summary>The .NET side of the kernel, asked in lines of JSON as <c>kernel.py</c> asks.</summary>
public sealed class KernelHostTests : IAsyncLifetime
{
    private readonly Pipe toHost = new();
    private readonly Pipe fromHost = new();
    private readonly KernelHost host;
    private readonly StreamReader answers;
    private readonly StreamWriter requests;
    private Task running = Task.CompletedTask;
    private int ids;

    public KernelHostTests()
    {
        host = new KernelHost(fromHost.Writer.AsStream(), new SessionOptions { WorkingDirectory = Path.GetTempPath(), Culture = "" });
        requests = new StreamWriter(toHost.Writer.AsStream()) { AutoFlush = true };
        answers = new StreamReader(fromHost.Reader.AsStream());
    }

    public async Task InitializeAsync()
    {
        running = host.RunAsync(new StreamReader(toHost.Reader.AsStream()));
        (await NextAsync()).ToJsonString().ShouldBe($$"""{"hello":{{KernelHost.Protocol}}}""");
    }

    public async Task DisposeAsync()
    {
        requests.Close();
        await running;
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_cell_answers_with_its_messages_and_then_its_reply()
    {
        (List<JsonNode> messages, JsonNode reply) = await AskAsync(new() { ["ask"] = "execute", ["code"] = """Console.Write("a"); 5""", ["count"] = 3 });

        messages.Select(message => (string?)message["message"]).ShouldBe(["stream", "execute_result"]);
        ((int)messages[1]["content"]!["execution_count"]!).ShouldBe(3);
        ((string?)reply["status"]).ShouldBe("ok", reply.ToJsonString());
        ((int)reply["execution_count"]!).ShouldBe(3);
    }

    [Fact]
    public async Task An_error_is_shown_and_is_the_reply_too()
    {
        (List<JsonNode> messages, JsonNode reply) = await AskAsync(new() { ["ask"] = "execute", ["code"] = """throw new Exception("as asked");""", ["count"] = 1 });

        messages.ShouldHaveSingleItem()["message"]!.GetValue<string>().ShouldBe("error");
        ((string?)reply["status"]).ShouldBe("error");
        ((string?)reply["evalue"]).ShouldBe("as asked");
    }

    [Fact]
    public async Task A_silent_cell_runs_and_shows_nothing()
    {
        (List<JsonNode> messages, _) = await AskAsync(new() { ["ask"] = "execute", ["code"] = "int seen = 1; Console.Write(1); seen", ["silent"] = true });

        messages.ShouldBeEmpty();
        (await AskAsync(new() { ["ask"] = "execute", ["code"] = "seen", ["count"] = 1 })).Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Expressions_are_evaluated_after_the_cell()
    {
        (_, JsonNode reply) = await AskAsync(new()
        {
            ["ask"] = "execute", ["code"] = "var word = \"yes\";", ["count"] = 1,
            ["expressions"] = new JsonObject { ["good"] = "word", ["bad"] = "missing" },
        });

        ((string?)reply["user_expressions"]!["good"]!["data"]!["text/plain"]).ShouldBe("yes");
        ((string?)reply["user_expressions"]!["bad"]!["status"]).ShouldBe("error");
    }

    [Fact]
    public async Task An_interrupt_on_the_next_line_stops_the_cell()
    {
        int id = await SendAsync(new() { ["ask"] = "execute", ["code"] = "while (true) { }", ["count"] = 1 });
        await SendAsync(new() { ["ask"] = "interrupt" });

        (_, JsonNode reply) = await AnswerAsync(id);

        ((string?)reply["ename"]).ShouldBe("Interrupted");
    }

    [Fact]
    public async Task An_interrupt_while_nothing_runs_does_not_touch_the_next_cell()
    {
        await SendAsync(new() { ["ask"] = "interrupt" });

        (_, JsonNode reply) = await AskAsync(new() { ["ask"] = "execute", ["code"] = "1", ["count"] = 1 });

        ((string?)reply["status"]).ShouldBe("ok", reply.ToJsonString());
    }

    [Fact]
    public async Task Completion_is_answered_while_a_cell_runs()
    {
        await AskAsync(new() { ["ask"] = "execute", ["code"] = "int answer = 42;", ["count"] = 1 });
        int cell = await SendAsync(new() { ["ask"] = "execute", ["code"] = "while (true) { }", ["count"] = 2 });

        (_, JsonNode reply) = await AskAsync(new() { ["ask"] = "complete", ["code"] = "answ", ["cursor"] = 4 });

        reply["matches"]!.ToJsonString().ShouldBe("""["answer"]""");
        await SendAsync(new() { ["ask"] = "interrupt" });
        await AnswerAsync(cell);
    }

    [Fact]
    public async Task A_question_mark_opens_the_help_on_a_name()
    {
        (_, JsonNode reply) = await AskAsync(new() { ["ask"] = "execute", ["code"] = "?Math.Sqrt", ["count"] = 1 });

        ((string?)reply["payload"]![0]!["data"]!["text/plain"])!.ShouldStartWith("static double Math.Sqrt(double d)");
    }

    [Fact]
    public async Task Lines_that_are_no_requests_are_passed_over()
    {
        await requests.WriteLineAsync("not json");
        await requests.WriteLineAsync("[1, 2]");

        (_, JsonNode reply) = await AskAsync(new() { ["ask"] = "isComplete", ["code"] = "if (true) {" });

        ((string?)reply["status"]).ShouldBe("incomplete");
    }

    [Fact]
    public async Task An_unknown_question_is_answered_with_an_error()
    {
        (_, JsonNode reply) = await AskAsync(new() { ["ask"] = "dance" });

        ((string?)reply["status"]).ShouldBe("error");
        ((string?)reply["evalue"])!.ShouldContain("dance");
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_answered_if_it_has_a_number()
    {
        // Half a character, which is no text to .NET.
        await requests.WriteLineAsync($$"""{"id": {{++ids}}, "ask": "execute", "code": "\ud83d"}""");

        (_, JsonNode reply) = await AnswerAsync(ids);

        ((string?)reply["ename"]).ShouldBe("UnreadableRequest");
    }

    private async Task<(List<JsonNode> Messages, JsonNode Reply)> AskAsync(JsonObject request) => await AnswerAsync(await SendAsync(request));

    private async Task<int> SendAsync(JsonObject request)
    {
        request["id"] = ++ids;
        await requests.WriteLineAsync(request.ToJsonString());
        return ids;
    }

    private async Task<(List<JsonNode> Messages, JsonNode Reply)> AnswerAsync(int id)
    {
        var messages = new List<JsonNode>();
        while (true)
        {
            JsonNode line = await NextAsync();
            if ((int?)line["id"] != id) continue;
            if (line["reply"] is { } reply) return (messages, reply);
            messages.Add(line);
        }
    }

    private async Task<JsonNode> NextAsync()
    {
        while (true)
        {
            string line = await answers.ReadLineAsync() ?? throw new EndOfStreamException("The host said nothing more.");
            if (line.Length > 0) return JsonNode.Parse(line)!;
        }
    }
}
