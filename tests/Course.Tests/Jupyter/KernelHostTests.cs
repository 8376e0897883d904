using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json.Nodes;
using TransformerByHand.Course.Jupyter;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Jupyter;

/// <summary>The kernel, asked over Jupyter's sockets.</summary>
public sealed class KernelHostTests : IAsyncLifetime
{
    private readonly ConnectionFile connection = KernelClient.FreePorts();
    private readonly KernelHost host;
    private readonly KernelClient client;
    private Task running = Task.CompletedTask;

    public KernelHostTests()
    {
        host = new KernelHost(connection, new SessionOptions { WorkingDirectory = Path.GetTempPath(), Culture = "" });
        client = new KernelClient(connection);
    }

    public Task InitializeAsync()
    {
        running = host.RunAsync();
        client.WaitUntilConnected();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        host.End();
        await running;
        client.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public void A_cell_is_shown_from_busy_to_idle_with_its_input_and_its_outputs_and_then_answered()
    {
        string id = client.Send("execute_request", new JsonObject { ["code"] = """Console.Write("a"); 5""" });

        List<WireMessage> news = client.News(id);
        news.Select(message => message.Type).ShouldBe(["status", "execute_input", "stream", "execute_result", "status"]);
        KernelClient.State(news[0]).ShouldBe("busy");
        ((int)news[3].Content["execution_count"]!).ShouldBe(1);
        JsonObject reply = client.Reply(id).Content;
        ((string?)reply["status"]).ShouldBe("ok", reply.ToJsonString());
        ((int)reply["execution_count"]!).ShouldBe(1);
    }

    [Fact]
    public void An_error_is_shown_and_is_the_reply_too()
    {
        (List<WireMessage> shown, JsonObject reply) = client.Run("""throw new Exception("as asked");""");

        shown.ShouldHaveSingleItem().Type.ShouldBe("error");
        ((string?)reply["status"]).ShouldBe("error");
        ((string?)reply["evalue"]).ShouldBe("as asked");
        ((int)reply["execution_count"]!).ShouldBe(1);
    }

    [Fact]
    public void A_silent_cell_runs_shows_nothing_and_does_not_count()
    {
        string id = client.Send("execute_request", new JsonObject { ["code"] = "int seen = 1; Console.Write(1); seen", ["silent"] = true });

        client.News(id).Select(message => message.Type).ShouldBe(["status", "status"]);
        (List<WireMessage> shown, JsonObject reply) = client.Run("seen");
        shown.ShouldHaveSingleItem();
        ((int)reply["execution_count"]!).ShouldBe(1);
    }

    [Fact]
    public void Expressions_are_evaluated_after_the_cell()
    {
        (_, JsonObject reply) = client.Ask("execute_request", new JsonObject
        {
            ["code"] = "var word = \"yes\";", ["user_expressions"] = new JsonObject { ["good"] = "word", ["bad"] = "missing" },
        });

        ((string?)reply["user_expressions"]!["good"]!["data"]!["text/plain"]).ShouldBe("yes");
        ((string?)reply["user_expressions"]!["bad"]!["status"]).ShouldBe("error");
    }

    [Fact]
    public void Many_small_writes_arrive_whole_and_in_few_messages()
    {
        (List<WireMessage> shown, _) = client.Run("for (int i = 0; i < 5000; i++) Console.Write($\"{i} \");");

        string.Concat(shown.Select(message => (string?)message.Content["text"])).ShouldBe(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i} ")));
        shown.Count.ShouldBeLessThan(5000);
    }

    [Fact]
    public void An_interrupt_stops_the_cell_and_drops_those_that_wait_behind_it()
    {
        string first = client.Send("execute_request", new JsonObject { ["code"] = """Console.Write("go"); while (true) { }""" });
        string second = client.Send("execute_request", new JsonObject { ["code"] = "1" });
        while (client.NextNews().Type != "stream")
        {
        }

        string interrupt = client.Send("interrupt_request", [], onControl: true);

        ((string?)client.Reply(interrupt, onControl: true).Content["status"]).ShouldBe("ok");
        ((string?)client.Reply(first).Content["ename"]).ShouldBe("Interrupted");
        ((string?)client.Reply(second).Content["status"]).ShouldBe("aborted");
        ((string?)client.Run("2").Reply["status"]).ShouldBe("ok");
    }

    [Fact]
    public void An_interrupt_while_nothing_runs_does_not_touch_the_next_cell()
    {
        client.Reply(client.Send("interrupt_request", [], onControl: true), onControl: true);

        ((string?)client.Run("1").Reply["status"]).ShouldBe("ok");
    }

    [Fact]
    public void Completion_is_answered_while_a_cell_runs_and_the_kernel_still_counts_as_busy()
    {
        client.Run("int answer = 42;");
        string cell = client.Send("execute_request", new JsonObject { ["code"] = """Console.Write("go"); while (true) { }""" });
        while (client.NextNews().Type != "stream")
        {
        }

        string question = client.Send("complete_request", new JsonObject { ["code"] = "answ", ["cursor_pos"] = 4 });

        client.Reply(question).Content["matches"]!.ToJsonString().ShouldBe("""["answer"]""");
        client.News(question);
        WireMessage next = client.NextNews();
        (KernelClient.Parent(next), KernelClient.State(next)).ShouldBe((cell, "busy"));
        client.Send("interrupt_request", [], onControl: true);
        client.Reply(cell);
    }

    [Fact]
    public void A_question_mark_opens_the_help_on_a_name() =>
        ((string?)client.Run("?Math.Sqrt").Reply["payload"]![0]!["data"]!["text/plain"])!.ShouldStartWith("double Math.Sqrt(double d)");

    [Fact]
    public void What_it_is_and_where_it_listens_can_be_asked()
    {
        JsonObject info = client.Ask("kernel_info_request", []).Reply;
        ((string?)info["protocol_version"]).ShouldBe("5.3");
        ((string?)info["language_info"]!["name"]).ShouldBe("C#");

        ((int)client.Ask("connect_request", []).Reply["hb_port"]!).ShouldBe(connection.Ports[KernelSocket.Hb]);
        client.Ask("comm_info_request", []).Reply["comms"]!.AsObject().ShouldBeEmpty();
    }

    [Fact]
    public void A_comm_for_a_target_that_nobody_knows_is_closed()
    {
        string id = client.Send("comm_open", new JsonObject { ["comm_id"] = "c1", ["target_name"] = "jupyter.widget", ["data"] = new JsonObject() });

        WireMessage closed = client.News(id).Single(message => message.Type == "comm_close");
        ((string?)closed.Content["comm_id"]).ShouldBe("c1");
        // A message on it is for nobody, and does no harm.
        client.News(client.Send("comm_msg", new JsonObject { ["comm_id"] = "c1", ["data"] = new JsonObject() })).Count.ShouldBe(2);
    }

    [Fact]
    public void The_heartbeat_comes_back_also_while_a_cell_runs()
    {
        string cell = client.Send("execute_request", new JsonObject { ["code"] = """Console.Write("go"); while (true) { }""" });
        while (client.NextNews().Type != "stream")
        {
        }

        client.Beat("ping"u8.ToArray()).ShouldBe("ping"u8.ToArray());
        client.Beat([0, 1, 255]).ShouldBe([0, 1, 255]);
        client.Send("interrupt_request", [], onControl: true);
        client.Reply(cell);
    }

    [Fact]
    public void A_message_whose_signature_is_wrong_is_dropped()
    {
        client.Send("execute_request", new JsonObject { ["code"] = "int intruded = 1;" }, key: "guessed");
        client.Send("execute_request", new JsonObject { ["code"] = "int intruded = 1;" }, key: "");
        client.Send("shutdown_request", [], onControl: true, key: "guessed");

        (_, JsonObject reply) = client.Run("intruded");

        ((string?)reply["ename"]).ShouldBe("CompilationError");
        ((int)reply["execution_count"]!).ShouldBe(1);
        running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_message_is_passed_over()
    {
        byte[] mark = "<IDS|MSG>"u8.ToArray();
        client.SendFrames([1, 2, 3]);
        client.SendFrames(mark);
        client.SendFrames(mark, [], [], [], [], []);
        // Signed as it should be, and no JSON.
        byte[][] parts = [.. new[] { "not json", "{}", "[]", "7" }.Select(Encoding.UTF8.GetBytes)];
        client.SendFrames([mark, new MessageSignature(connection.Key).Of(parts), .. parts]);

        ((string?)client.Ask("is_complete_request", new JsonObject { ["code"] = "if (true) {" }).Reply["status"]).ShouldBe("incomplete");
    }

    [Fact]
    public void Only_this_machine_can_connect()
    {
        IPEndPoint[] listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(each => connection.Ports.Values.Contains(each.Port))];

        listening.Select(each => each.Port).Order().ShouldBe(connection.Ports.Values.Order());
        listening.ShouldAllBe(each => IPAddress.IsLoopback(each.Address));
    }

    [Fact]
    public void An_unknown_question_is_answered_with_an_error()
    {
        string id = client.Send("dance_request", []);

        WireMessage reply = client.Reply(id);
        reply.Type.ShouldBe("dance_reply");
        ((string?)reply.Content["evalue"])!.ShouldContain("dance");
    }

    [Fact]
    public void Half_a_character_in_a_cell_is_told_and_the_next_cell_runs()
    {
        string id = client.SendText("execute_request", """{"code": "// \ud83d", "stop_on_error": false}""");

        client.News(id).Count(message => message.Type == "error").ShouldBe(1);
        ((string?)client.Reply(id).Content["ename"]).ShouldBe("UnreadableRequest");
        client.Run("1").Shown.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_request_to_shut_down_is_answered_and_ends_the_kernel_although_a_cell_runs()
    {
        client.Send("execute_request", new JsonObject { ["code"] = """Console.Write("go"); while (true) { }""" });
        while (client.NextNews().Type != "stream")
        {
        }

        JsonObject reply = client.Reply(client.Send("shutdown_request", new JsonObject { ["restart"] = true }, onControl: true), onControl: true).Content;

        ((bool)reply["restart"]!).ShouldBeTrue();
        await running.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
