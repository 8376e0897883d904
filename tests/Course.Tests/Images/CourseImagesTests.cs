using TransformerByHand.Course.Images;

namespace TransformerByHand.Course.Tests.Images;

public class CourseImagesTests
{
    [Fact]
    public void The_committed_pictures_are_the_ones_that_the_code_draws()
    {
        string folder = Repository.Find().Images;
        foreach ((string name, Figures.Figure figure) in CourseImages.All)
            File.ReadAllText(Path.Combine(folder, name)).ShouldBe(figure.ToSvg(), $"{name} is stale: dotnet run --project src/Course -- images");

        Directory.EnumerateFiles(folder).Select(Path.GetFileName).ShouldBe(CourseImages.All.Keys, ignoreOrder: true);
    }
}
