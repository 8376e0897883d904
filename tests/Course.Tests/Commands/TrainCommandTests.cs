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
    public void A_run_that_is_there_already_is_set_aside_and_not_written_over()
    {
        Train(resume: false);
        byte[] first = File.ReadAllBytes(Checkpoint);
        File.WriteAllText(Path.Combine(folder, "sample.txt"), "earlier");

        string said = Train(resume: false);
        Train(resume: false);

        said.ShouldContain($"It is kept in {Path.Combine(folder, "earlier-1")}");
        File.ReadAllBytes(Path.Combine(folder, "earlier-1", "run.safetensors")).ShouldBe(first);
        File.ReadAllText(Path.Combine(folder, "earlier-1", "sample.txt")).ShouldBe("earlier");
        File.Exists(Path.Combine(folder, "earlier-2", "run.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public void A_damaged_checkpoint_and_one_of_another_recipe_are_named_with_what_to_do()
    {
        Train(resume: false);

        string other = Should.Throw<CourseException>(() => TrainCommand.Run("masked", 1, 2, true, folder, TextWriter.Null, default)).Message;
        other.ShouldStartWith($"{Checkpoint} is the checkpoint of another run: its shape is '");
        other.ShouldContain("Architecture EncoderDecoder");
        other.ShouldEndWith("leave --resume out: a new run begins, and this file is set aside.");

        File.WriteAllBytes(Checkpoint, File.ReadAllBytes(Checkpoint)[..5000]);
        string damaged = Should.Throw<CourseException>(() => Train(resume: true)).Message;
        damaged.ShouldStartWith($"{Checkpoint} is damaged");
        damaged.ShouldEndWith("leave --resume out: a new run begins, and this file is set aside.");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told_before_anything_is_trained()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        Should.Throw<CourseException>(() => TrainCommand.Run("sequences", 1, 2, false, Path.Combine(file, "run"), TextWriter.Null, default))
            .Message.ShouldStartWith($"The run cannot be saved in {Path.Combine(file, "run")}:");
    }

    [Fact]
    public void A_save_that_fails_leaves_the_run_as_it_was_last_saved()
    {
        Train(resume: false);
        byte[] saved = File.ReadAllBytes(Checkpoint);
        // What the checkpoint is first written to is taken by a folder; a full disk fails at the same place.
        Directory.CreateDirectory(Checkpoint + ".new");

        string message = Should.Throw<CourseException>(() => TrainCommand.Run("sequences", 1, 4, true, folder, TextWriter.Null, default)).Message;

        message.ShouldStartWith("The run could not be saved after step 4:");
        message.ShouldEndWith($"{Checkpoint} is the run as it was last saved; --resume goes on from there.");
        File.ReadAllBytes(Checkpoint).ShouldBe(saved);
    }

    private string Checkpoint => Path.Combine(folder, "run.safetensors");

    private string Train(bool resume)
    {
        using var output = new StringWriter();
        TrainCommand.Run("sequences", 1, 2, resume, folder, output, CancellationToken.None).ShouldBe(ExitCode.Success);
        return output.ToString();
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
