using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Usual =
        """{"transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "signature_scheme": "hmac-sha256", "key": "secret", "kernel_name": ""}""";

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Ports_and_key_are_the_clients()
    {
        ConnectionFile connection = Read(Usual);

        connection.Key.ShouldBe("secret");
        connection.Ports.Select(port => (port.Key.ToString(), port.Value)).Order().ShouldBe([("Control", 4), ("Hb", 5), ("Iopub", 2), ("Shell", 1), ("Stdin", 3)]);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("127.0.0.2")]
    public void Every_address_of_this_machine_alone_will_do(string ip) => Read(Usual.Replace("127.0.0.1", ip)).Address.ToString().ShouldContain(ip == "localhost" ? "127.0.0.1" : ip);

    [Theory]
    [InlineData("127.0.0.1", "0.0.0.0", "its ip is '0.0.0.0'; this kernel listens on this machine alone")]
    [InlineData("127.0.0.1", "example.org", "its ip is 'example.org'")]
    [InlineData("tcp", "ipc", "its transport is 'ipc'; this kernel speaks tcp")]
    [InlineData("sha256", "md5", "its signature_scheme is 'hmac-md5'")]
    [InlineData("\"hb_port\": 5", "\"hb_port\": \"5\"", "its hb_port is \"5\"; it should be a port's number")]
    [InlineData("\"hb_port\"", "\"other_port\"", "its hb_port is missing; it should be a port's number")]
    [InlineData("\"hb_port\": 5", "\"hb_port\": 0", "its hb_port is 0")]
    [InlineData("{", "[", "cannot start with the connection file")]
    public void What_this_kernel_does_not_do_is_said_with_the_files_name(string usual, string unusual, string message)
    {
        string said = Should.Throw<CourseException>(() => Read(Usual.Replace(usual, unusual))).Message;

        said.ShouldContain(message);
        said.ShouldContain(file);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Should.Throw<CourseException>(() => ConnectionFile.Read(file + ".gone")).Message.ShouldContain(file + ".gone");

    private ConnectionFile Read(string json)
    {
        File.WriteAllText(file, json);
        return ConnectionFile.Read(file);
    }
}
