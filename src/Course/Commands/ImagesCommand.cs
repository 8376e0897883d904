using System.CommandLine;
using TransformerByHand.Course.Images;

namespace TransformerByHand.Course.Commands;

/// <summary><c>images</c>: draws the pictures of <c>images/</c> anew.</summary>
internal static class ImagesCommand
{
    public static Command Create()
    {
        var command = new Command("images", "Draw the pictures in images/ anew, after a change to the code that draws them.");
        command.SetAction(_ =>
        {
            Repository repository = Repository.Find();
            foreach ((string name, Figures.Figure figure) in CourseImages.All)
                File.WriteAllText(Path.Combine(repository.Images, name), figure.ToSvg());
            return ExitCode.Success;
        });
        return command;
    }
}
