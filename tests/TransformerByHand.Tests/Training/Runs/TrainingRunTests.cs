using TransformerByHand.Tests.Support;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public sealed class TrainingRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("training-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_that_was_stopped_and_resumed_ends_with_the_same_bits()
    {
        var whole = MakeRun();
        whole.Run(30).ShouldBeTrue();

        string path = Path.Combine(folder, "run.safetensors");
        var first = MakeRun(path);
        using var stop = new CancellationTokenSource();
        first.Run(13, cancellation: stop.Token).ShouldBeTrue();
        var second = MakeRun(path);
        second.Resume(path);
        second.StepsTaken.ShouldBe(13);
        second.Run(17).ShouldBeTrue();

        second.Model.Weights.Values.ShouldBe(whole.Model.Weights.Values);
        second.History.Steps.ShouldBe(whole.History.Steps);
        second.Evaluate().ShouldBe(whole.Evaluate());
    }

    [Fact]
    public void A_request_to_stop_is_heard_between_steps_and_nothing_is_lost()
    {
        string path = Path.Combine(folder, "run.safetensors");
        var run = MakeRun(path);
        using var stop = new CancellationTokenSource();
        var output = new StopAfterLines(stop, lines: 3);
        run.Run(1000, new ProgressReport(output, seconds: 0), stop.Token).ShouldBeFalse();

        run.StepsTaken.ShouldBeInRange(1, 999);
        var resumed = MakeRun();
        resumed.Resume(path);
        resumed.StepsTaken.ShouldBe(run.StepsTaken);
        resumed.Model.Weights.Values.ShouldBe(run.Model.Weights.Values);
        Directory.GetFiles(folder).ShouldBe([path]);
    }

    [Fact]
    public void A_run_that_is_called_again_goes_on()
    {
        var whole = MakeRun();
        whole.Run(12);
        var parts = MakeRun();
        foreach (int steps in new[] { 5, 0, 1, 6 })
            parts.Run(steps).ShouldBeTrue();

        parts.StepsTaken.ShouldBe(12);
        parts.History.Steps.ShouldBe(whole.History.Steps);
        parts.Model.Weights.Values.ShouldBe(whole.Model.Weights.Values);
        Should.Throw<ArgumentOutOfRangeException>(() => parts.Run(-1)).ParamName.ShouldBe("steps");
    }

    [Fact]
    public void A_schedule_that_is_over_is_told_and_not_followed_in_silence()
    {
        var model = MakeModel(dropout: 0);
        var run = new TrainingRun(model, new AdamW(model), Schedule.Cosine(1e-2, 2, steps: 6), new TextBatches(Text(), 8, 12, 4));
        run.Run(6);

        Should.Throw<InvalidOperationException>(() => run.Run(10)).Message.ShouldContain("0 from step 7 on, so that 10 more steps would change nothing");
        run.StepsTaken.ShouldBe(6);
        run.Run(0).ShouldBeTrue();
    }

    // Not by an abort, which is a host's last resort: the runtime itself does not always survive one, and the tests with it.
    [Theory, InlineData(1), InlineData(2)]
    public void A_run_whose_caller_was_interrupted_at_any_moment_goes_on_as_if_nothing_had_been(int threads)
    {
        string path = Path.Combine(folder, "run.safetensors");
        var run = MakeRun(path, threads: threads);
        for (int i = 0; i < 5; i++)
        {
            int before = run.StepsTaken;
            Interrupted(20 + 7 * i, () => run.Run(1_000_000)).ShouldBeOfType<ThreadInterruptedException>();
            run.StepsTaken.ShouldBeLessThan(before + 1_000_000);
            int after = run.StepsTaken;
            Thread.Sleep(20);
            run.StepsTaken.ShouldBe(after); // nothing goes on behind the caller's back
        }
        var saved = MakeRun();
        saved.Resume(path);
        saved.StepsTaken.ShouldBe(run.StepsTaken);
        run.Run(3);
        run.StepsTaken.ShouldBeGreaterThan(3);

        var whole = MakeRun(threads: 1);
        whole.Run(run.StepsTaken);
        run.History.Steps.SequenceEqual(whole.History.Steps).ShouldBeTrue();
        run.Model.Weights.Values.ShouldBe(whole.Model.Weights.Values);
    }

    [Fact]
    public void A_thread_that_is_interrupted_while_a_team_computes_leaves_the_team_as_it_was()
    {
        var (model, fresh) = (MakeModel(dropout: 0), MakeModel(dropout: 0));
        Batch batch = new TextBatches(Text(), 8, 12, 4).MakeBatch();
        new TextBatches(Text(), 8, 12, 4).Fill(batch, 0);
        for (int i = 0; i < 10; i++)
        {
            bool stop = false;
            Interrupted(10 + 3 * i, () => { while (!Volatile.Read(ref stop)) model.Backpropagate(batch); }, () => Volatile.Write(ref stop, true));
        }
        model.Weights.ClearGradients();

        model.Backpropagate(batch).ShouldBe(fresh.Backpropagate(batch));
        model.Weights.Gradients.ShouldBe(fresh.Weights.Gradients);
    }

    [Fact]
    public void What_a_run_throws_is_thrown_to_its_caller()
    {
        var model = MakeModel(dropout: 0);
        var run = new TrainingRun(model, new AdamW(model), Schedule.Constant(1e-2), new Failing(new TextBatches(Text(), 8, 12, 4)));
        Should.Throw<InvalidTimeZoneException>(() => run.Run(5)).Message.ShouldBe("as it was");
        run.StepsTaken.ShouldBe(2);
    }

    private sealed class Failing(IBatchSource source) : IBatchSource
    {
        public Batch MakeBatch() => source.MakeBatch();

        public void Fill(Batch batch, long number)
        {
            if (number == 2) throw new InvalidTimeZoneException("as it was");
            source.Fill(batch, number);
        }
    }

    /// <summary>What the action threw whose thread was interrupted after so many milliseconds, three times; null for nothing.</summary>
    private static Exception? Interrupted(int milliseconds, Action action, Action? end = null)
    {
        Exception? thrown = null;
        var caller = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        caller.Start();
        Thread.Sleep(milliseconds);
        for (int again = 0; again < 3; again++)
        {
            caller.Interrupt();
            Thread.Sleep(1);
        }
        end?.Invoke();
        caller.Join();
        return thrown;
    }

    [Fact]
    public void A_run_learns_and_its_history_and_chart_say_so()
    {
        var run = MakeRun();
        run.Run(150);
        run.History.Steps.Count.ShouldBe(150);
        run.History.Steps[0].Loss.ShouldBe(Math.Log(8), 0.1); // eight equally likely tokens
        run.History.RecentLoss(10).ShouldBeLessThan(0.7 * Math.Log(8));
        run.History.Evaluations[^1].Step.ShouldBe(150);
        run.History.ToChart().ToSvg().ShouldContain("held out");
    }

    [Fact]
    public void After_warm_up_a_step_of_a_run_allocates_nothing()
    {
        var run = MakeRun();
        run.Run(5);
        // The history grows now and then; everything else is made once.
        run.History.Reserve(100);
        Allocations.OfAStep(run.Step).ShouldBe(0);
    }

    [Fact]
    public void Accumulating_two_halves_is_a_step_with_the_whole()
    {
        // The same sixteen pieces: in two batches of eight, or in one that takes both.
        var halves = MakeRun(accumulation: 2, sequences: 8, dropout: 0);
        var model = MakeModel(dropout: 0);
        var source = new TextBatches(Text(), 8, 12, seed: 4);
        var whole = new TrainingRun(model, new AdamW(model), Schedule.Constant(1e-2), new Joined(source));
        halves.Step();
        whole.Step();
        whole.History.Steps[0].Loss.ShouldBe(halves.History.Steps[0].Loss, 1e-6);
        whole.History.Steps[0].GradientNorm.ShouldBe(halves.History.Steps[0].GradientNorm, 1e-5);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        string path = Path.Combine(folder, "run.safetensors");
        var run = MakeRun(path);
        run.Run(2);
        var wider = new FastTransformer(run.Model.Shape with { DModel = 24 }, 16);
        var other = new TrainingRun(wider, new AdamW(wider), Schedule.Constant(1), new TextBatches(Text(), 8, 12, 4));
        Should.Throw<InvalidDataException>(() => other.Resume(path)).Message.ShouldContain("DModel 16");

        Should.Throw<InvalidOperationException>(() => run.Resume(path)).Message.ShouldContain("has taken 2 steps");
    }

    [Fact]
    public void A_checkpoint_from_before_there_was_a_choice_is_of_a_model_without_it()
    {
        string path = Path.Combine(folder, "run.safetensors");
        var run = MakeRun(path);
        run.Run(2);
        var old = TensorFile.Read(path);
        string shape = old.Metadata["shape"];
        foreach (string younger in new[] { "KeyValueHeads 2", "AttentionKind Softmax", "HasFeedForward True" })
        {
            shape.ShouldContain($", {younger}, ");
            shape = shape.Replace($", {younger}", "", StringComparison.Ordinal);
        }
        old.Metadata["shape"] = shape;
        old.Write(path);

        var resumed = MakeRun();
        resumed.Resume(path);
        resumed.Model.Weights.Values.ShouldBe(run.Model.Weights.Values);

        var sharing = new FastTransformer(run.Model.Shape with { KeyValueHeads = 1 }, 16);
        var other = new TrainingRun(sharing, new AdamW(sharing), Schedule.Constant(1), new TextBatches(Text(), 8, 12, 4));
        Should.Throw<InvalidDataException>(() => other.Resume(path)).Message.ShouldContain("this run's is 'KeyValueHeads 1'");

        var alone = MakeAttentionAlone();
        Should.Throw<InvalidDataException>(() => alone.Resume(path)).Message.ShouldContain("this run's is 'HasFeedForward False'");
    }

    [Fact]
    public void A_run_of_attention_alone_is_resumed_with_the_same_bits_and_not_as_another_model()
    {
        string path = Path.Combine(folder, "run.safetensors");
        var (whole, first, second) = (MakeAttentionAlone(), MakeAttentionAlone(path), MakeAttentionAlone());
        whole.Run(9);
        first.Run(4);
        second.Resume(path);
        second.Run(5);

        second.Model.Weights.Values.ShouldBe(whole.Model.Weights.Values);
        second.History.Steps.ShouldBe(whole.History.Steps);
        Should.Throw<InvalidDataException>(() => MakeRun().Resume(path)).Message.ShouldContain("its shape is 'HasFeedForward False', and this run's is 'HasFeedForward True'");
    }

    public static TheoryData<string> Damages => [.. Damaged([]).Select(each => each.Damage)];

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_refused_with_its_name_and_what_is_wrong(string damage)
    {
        string path = Path.Combine(folder, "run.safetensors");
        MakeRun(path).Run(2);
        (_, byte[] bytes, string wrong) = Damaged(File.ReadAllBytes(path)).Single(each => each.Damage == damage);
        File.WriteAllBytes(path, bytes);

        Should.Throw<InvalidDataException>(() => MakeRun().Resume(path)).Message.ShouldBe($"{path} is damaged, or no checkpoint: {wrong}.");
    }

    private static (string Damage, byte[] Bytes, string Wrong)[] Damaged(byte[] whole)
    {
        const string sum = "its bytes are not those that were saved: they do not agree with its checksum";
        int data = whole.Length == 0 ? 0 : 8 + BitConverter.ToInt32(whole);
        return
        [
            ("empty", [], "it is empty"),
            ("cut in the first number", Cut(5), "it is cut off after 5 bytes"),
            ("cut in the header", Cut(200), $"it should begin with the length of its header, and begins with {data - 8} where 192 bytes follow"),
            ("cut in the numbers", Cut(whole.Length / 2), sum),
            ("cut by a byte", Cut(whole.Length - 1), sum),
            ("a byte too many", [.. whole, 0], sum),
            ("all zeros", new byte[whole.Length], $"it should begin with the length of its header, and begins with 0 where {whole.Length - 8} bytes follow"),
            ("a second half of zeros", [.. Cut(whole.Length / 2), .. new byte[whole.Length - whole.Length / 2]], sum),
            ("a wrong length", Changed(7, 0x7f), $"it should begin with the length of its header, and begins with {0x7fL << 56 | (uint)(data - 8)} where {whole.Length - 8} bytes follow"),
            ("a changed letter in the header", Changed(data - 30, (byte)'x'), sum),
            ("a digit of the number of steps", Changed(At("\"steps\":\"") , (byte)'9'), sum),
            ("a weight that became NaN", Changed(data + 3, 0xff), sum),
            ("the last bit", Changed(whole.Length - 1, (byte)(whole.LastOrDefault() ^ 1)), sum),
            ("no checksum", Changed(At("\"sha256\":\"") - 4, (byte)'_'), "it carries no checksum, as one of an earlier version, or one whose header was overwritten"),
            ("another file", "a few words"u8.ToArray(), $"it should begin with the length of its header, and begins with {BitConverter.ToInt64("a few wo"u8)} where 3 bytes follow"),
        ];

        byte[] Cut(int length) => whole[..Math.Clamp(length, 0, whole.Length)];

        int At(string words) => whole.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(words)) + words.Length;

        byte[] Changed(int index, byte value)
        {
            byte[] changed = [.. whole];
            if (index >= 0 && index < changed.Length) changed[index] = value;
            return changed;
        }
    }

    [Fact]
    public void A_checkpoint_can_be_read_as_safetensors_by_the_clear_layers()
    {
        string path = Path.Combine(folder, "run.safetensors");
        var run = MakeRun(path);
        run.Run(2);
        var tensors = TransformerByHand.Layers.Safetensors.Load(path);
        tensors["W_U"].ToArray().Select(x => (float)x).ShouldBe(run.Model.Weights["W_U"].Values.ToArray());
        tensors.Contains("optimiser.mean").ShouldBeTrue();
    }

    [Fact]
    public void Divergence_is_reported_as_what_it_is()
    {
        var model = MakeModel(dropout: 0);
        var run = new TrainingRun(model, new Sgd(model), Schedule.Constant(1e20), new TextBatches(Text(), 8, 12, 4)) { ClipNorm = null };
        Should.Throw<ArithmeticException>(() => run.Run(50)).Message.ShouldContain("diverged");
    }

    private TrainingRun MakeRun(string? path = null, int accumulation = 1, int sequences = 8, float dropout = 0.1f, int threads = 2)
    {
        var model = MakeModel(dropout, threads);
        return new TrainingRun(model, new AdamW(model), Schedule.Constant(1e-2), new TextBatches(Text(), sequences, 12, seed: 4), accumulation)
        {
            Seed = 9, CheckpointPath = path, HeldOut = new TextBatches(Text(), 8, 12, seed: 5), CheckpointEvery = 5,
        };
    }

    private static TrainingRun MakeAttentionAlone(string? path = null)
    {
        var model = new FastTransformer(MakeModel(dropout: 0.1f).Shape with { HasFeedForward = false }, 16, 2);
        model.Initialise(3);
        return new(model, new AdamW(model), Schedule.Constant(1e-2), new TextBatches(Text(), 8, 12, seed: 4)) { Seed = 9, CheckpointPath = path };
    }

    private static FastTransformer MakeModel(float dropout, int threads = 2)
    {
        var model = new FastTransformer(new ModelShape { Vocabulary = 8, DModel = 16, Heads = 2, Layers = 1, Context = 12, Dropout = dropout }, 16, threads);
        model.Initialise(3);
        return model;
    }

    /// <summary>0 1 2 … 7 0 1 …, with a random token now and then.</summary>
    private static int[] Text()
    {
        var random = SeededRandom.Create(1);
        return [.. Enumerable.Range(0, 2000).Select(i => random.Next(8) == 0 ? random.Next(8) : i % 8)];
    }

    /// <summary>Two batches of another source as one.</summary>
    private sealed class Joined(TextBatches source) : IBatchSource
    {
        public Batch MakeBatch() => new(16, 12);

        public void Fill(Batch batch, long number)
        {
            var half = source.MakeBatch();
            for (int i = 0; i < 2; i++)
            {
                source.Fill(half, 2 * number + i);
                half.Inputs.CopyTo(batch.Inputs, i * half.Inputs.Length);
                half.Targets.CopyTo(batch.Targets, i * half.Targets.Length);
            }
        }
    }

    /// <summary>Asks to stop after some lines, as a person would on seeing them.</summary>
    private sealed class StopAfterLines(CancellationTokenSource stop, int lines) : StringWriter
    {
        private int written;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (++written == lines) stop.Cancel();
        }
    }
}
