using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class JupyterFoldersTests
{
    private static JupyterFolders With(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(each => each.Name == name).Value, "/home/me");

    [Fact]
    public void The_folder_that_JUPYTER_DATA_DIR_names_is_the_users() => With(("JUPYTER_DATA_DIR", "/data")).User.ShouldBe("/data");

    [Fact]
    public void Without_it_the_folder_is_where_Jupyter_and_VS_Code_look_on_this_system()
    {
        string expected = OperatingSystem.IsWindows() ? @"AppData\Roaming\jupyter" : OperatingSystem.IsMacOS() ? "Library/Jupyter" : ".local/share/jupyter";

        With().User.ShouldBe(Path.Combine("/home/me", expected));
    }

    [Fact]
    public void Folders_that_a_variable_or_an_environment_names_are_searched_too()
    {
        IReadOnlyList<string> path = With(("JUPYTER_PATH", $"/one{Path.PathSeparator}/two"), ("CONDA_PREFIX", "/conda")).SearchPath;

        path.Take(2).ShouldBe(["/one", "/two"]);
        path.ShouldContain(Path.Combine("/conda", "share", "jupyter"));
        path.ShouldContain(With().User);
    }
}
