using System.Diagnostics;
using System.Globalization;

namespace TransformerByHand.Exercises.Tests;

public class ProgressStoreTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("progress-").FullName;

    private string File => Path.Combine(_folder, "progress.json");

    [Fact]
    public void A_folder_without_a_file_is_no_progress_and_no_complaint()
    {
        var (progress, message) = new ProgressStore(Path.Combine(_folder, "not", "yet")).Load();

        progress.ShouldBe(Progress.None);
        message.ShouldBeNull();
    }

    [Fact]
    public void What_is_written_is_read_by_another()
    {
        new ProgressStore(_folder).Change(progress => progress
            .With("00.1", new ExerciseProgress(Solved: true, Attempts: 2, HintsOpened: 1, SolutionShown: true))
            .With("00.1", new PredictionProgress(new Guess(0.1, null), new Guess(0.0816, null)))
            .With("00.2", new PredictionProgress(new Guess(null, "a")))).Message.ShouldBeNull();

        var (read, message) = new ProgressStore(_folder).Load();

        message.ShouldBeNull();
        read.Exercise("00.1").ShouldBe(new ExerciseProgress(true, 2, 1, true));
        read.Prediction("00.1").ShouldBe(new PredictionProgress(new Guess(0.1, null), new Guess(0.0816, null)));
        read.Prediction("00.2").Guess.ShouldBe(new Guess(null, "a"));
    }

    [Fact]
    public void Nothing_but_the_file_and_its_lock_is_left_in_the_folder()
    {
        new ProgressStore(_folder).Change(progress => Program.Attempt(progress, "00.1"));

        Directory.GetFiles(_folder).Select(Path.GetFileName).Order().ShouldBe(["progress.json", "progress.lock"]);
    }

    [Fact]
    public async Task Many_threads_lose_nothing()
    {
        const int Kernels = 8, Times = 25;

        await Task.WhenAll(Enumerable.Range(0, Kernels).Select(kernel => Task.Run(() =>
        {
            var store = new ProgressStore(_folder) { Patience = TimeSpan.FromMinutes(1) };
            for (int i = 0; i < Times; i++)
            {
                store.Change(progress => Program.Attempt(progress, "00.1"));
                store.Change(progress => Program.Attempt(progress, $"01.{kernel}"));
            }
        })));

        Progress progress = new ProgressStore(_folder).Load().Progress;
        progress.Exercise("00.1").Attempts.ShouldBe(Kernels * Times);
        for (int kernel = 0; kernel < Kernels; kernel++) progress.Exercise($"01.{kernel}").Attempts.ShouldBe(Times);
    }

    [Fact]
    public void Two_processes_lose_nothing()
    {
        const int Times = 100;
        using Process first = Start("00.1"), second = Start("00.1");
        foreach (Process process in new[] { first, second })
        {
            process.WaitForExit();
            process.ExitCode.ShouldBe(0);
        }

        new ProgressStore(_folder).Load().Progress.Exercise("00.1").Attempts.ShouldBe(2 * Times);

        Process Start(string id) => Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Program).Assembly.Location, _folder, id, Times.ToString(CultureInfo.InvariantCulture)]))!;
    }

    [Theory]
    [InlineData(""), InlineData("{"), InlineData("null"), InlineData("[]"), InlineData("not json"), InlineData("""{"exercises": 3}""")]
    [InlineData("""{"exercises": {"00.1": "yes"}}"""), InlineData("""{"predictions": {"00.1": {"guess": [1]}}}""")]
    public void A_damaged_file_is_set_aside_with_a_message(string contents)
    {
        System.IO.File.WriteAllText(File, contents);

        var (progress, message) = new ProgressStore(_folder).Change(before => Program.Attempt(before, "00.1"));

        progress.Exercise("00.1").Attempts.ShouldBe(1);
        message.ShouldNotBeNull().ShouldContain("progress.damaged-1.json");
        System.IO.File.ReadAllText(Path.Combine(_folder, "progress.damaged-1.json")).ShouldBe(contents);
        new ProgressStore(_folder).Load().ShouldSatisfyAllConditions(
            again => again.Message.ShouldBeNull(),
            again => again.Progress.Exercise("00.1").Attempts.ShouldBe(1));
    }

    [Fact]
    public void A_second_damaged_file_does_not_replace_the_first()
    {
        foreach (string contents in new[] { "one", "two" })
        {
            System.IO.File.WriteAllText(File, contents);
            new ProgressStore(_folder).Load().Message.ShouldNotBeNull();
        }

        System.IO.File.ReadAllText(Path.Combine(_folder, "progress.damaged-1.json")).ShouldBe("one");
        System.IO.File.ReadAllText(Path.Combine(_folder, "progress.damaged-2.json")).ShouldBe("two");
    }

    [Theory, InlineData("{}"), InlineData("""{"exercises": null}"""), InlineData("""{"exercises": {"00.1": null}, "later": 1}""")]
    public void A_file_with_less_or_more_in_it_than_expected_is_read(string contents)
    {
        System.IO.File.WriteAllText(File, contents);

        var (progress, message) = new ProgressStore(_folder).Load();

        message.ShouldBeNull();
        progress.Exercise("00.1").ShouldBe(new ExerciseProgress());
    }

    [Fact]
    public void While_another_holds_the_lock_a_change_is_kept_and_written_later()
    {
        var store = new ProgressStore(_folder) { Patience = TimeSpan.Zero };
        using (new FileStream(Path.Combine(_folder, "progress.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var (kept, message) = store.Change(progress => Program.Attempt(progress, "00.1"));
            kept.Exercise("00.1").Attempts.ShouldBe(1);
            message.ShouldNotBeNull().ShouldContain("not being saved");
        }

        store.Change(progress => Program.Attempt(progress, "00.1")).Message.ShouldBeNull();

        new ProgressStore(_folder).Load().Progress.Exercise("00.1").Attempts.ShouldBe(2);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_message_and_the_session_remembers()
    {
        System.IO.File.WriteAllText(File, "{}");
        var store = new ProgressStore(Path.Combine(File, "below"));

        store.Change(progress => Program.Attempt(progress, "00.1"));
        var (progress, message) = store.Change(before => Program.Attempt(before, "00.1"));

        progress.Exercise("00.1").Attempts.ShouldBe(2);
        message.ShouldNotBeNull().ShouldContain("Checks work all the same.");
    }

    [Fact]
    public void A_reset_forgets_everything()
    {
        var store = new ProgressStore(_folder);
        store.Change(progress => Program.Attempt(progress, "00.1"));

        store.Reset().ShouldBeNull();

        store.Load().Progress.ShouldBe(Progress.None);
        store.Reset().ShouldBeNull();
    }

    [Fact]
    public void A_half_written_temporary_file_harms_nobody()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "progress.0123.tmp"), "{ \"exer");

        new ProgressStore(_folder).Load().ShouldBe((Progress.None, null));
    }
}
