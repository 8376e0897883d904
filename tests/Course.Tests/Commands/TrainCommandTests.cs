using TransformerByHand.Course;
using TransformerByHand.Course.Commands;

namespace TransformerByHand.Course.Tests.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("train-command-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_that_stops_early_says_how_to_go_on_and_goes_on()
    {
        using var output = new StringWriter();
        TrainCommand.Run("sequences", 1, 2, resume: false, folder, output, CancellationToken.None).ShouldBe(ExitCode.Success);
        output.ToString().ShouldContain("train sequences --resume");

        TrainCommand.Run("sequences", 1, 4, resume: true, folder, output, CancellationToken.None).ShouldBe(ExitCode.Success);
        output.ToString().ShouldContain("resumed after step 2");
        output.ToString().ShouldContain("done after step 4");
    }

    [Fact]
    public void Stopping_with_Control_C_saves_the_run()
    {
        using var output = new StringWriter();
        TrainCommand.Run("sequences", 1, null, resume: false, folder, output, new CancellationToken(canceled: true)).ShouldBe(ExitCode.Interrupted);
        File.Exists(Path.Combine(folder, "run.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_name_and_nothing_to_resume_are_told()
    {
        Should.Throw<CourseException>(() => TrainCommand.Run("novels", null, null, false, folder, TextWriter.Null, default)).Message.ShouldContain("tales");
        Should.Throw<CourseException>(() => TrainCommand.Run("tales", null, null, true, folder, TextWriter.Null, default)).Message.ShouldContain("nothing to resume");
    }

    [Fact]
    public void Without_a_name_it_lists_what_there_is()
    {
        using var output = new StringWriter();
        TrainCommand.List(output);
        output.ToString().ShouldContain("tales");
        output.ToString().ShouldContain("sequences");
    }
}
