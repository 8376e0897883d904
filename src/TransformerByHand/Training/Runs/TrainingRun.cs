using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;

namespace TransformerByHand.Training.Runs;

/// <summary>Trains a model: draws batches, computes gradients, lets the optimiser step, evaluates, reports and saves.</summary>
/// <remarks>
/// Everything random is a function of the seed and the step, so a run that is stopped, saved and resumed ends with the same
/// bits as one that was not. After the first steps a step allocates nothing but what the history grows by.
/// </remarks>
public sealed class TrainingRun
{
    private readonly IBatchSource data;
    private readonly Batch[] batches;
    private Batch? heldOutBatch;

    /// <summary>Sets up a run that has not begun.</summary>
    /// <param name="model">The model, initialised.</param>
    /// <param name="optimiser">An optimiser for that model.</param>
    /// <param name="schedule">The learning rate at each step.</param>
    /// <param name="data">Where batches come from.</param>
    /// <param name="accumulation">How many batches' gradients are added up for one step.</param>
    public TrainingRun(FastTransformer model, Optimiser optimiser, Schedule schedule, IBatchSource data, int accumulation = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimiser);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulation, 1);
        (Model, Optimiser, Schedule, this.data) = (model, optimiser, schedule, data);
        batches = [.. Enumerable.Range(0, accumulation).Select(_ => data.MakeBatch())];
    }

    /// <summary>The model.</summary>
    public FastTransformer Model { get; }

    /// <summary>The optimiser.</summary>
    public Optimiser Optimiser { get; }

    /// <summary>The learning rate at each step.</summary>
    public Schedule Schedule { get; }

    /// <summary>The limit on the gradient's length, or null.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>How much of the wanted probability is spread over all tokens.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Decides what is dropped.</summary>
    public int Seed { get; init; }

    /// <summary>Data to evaluate on, or null.</summary>
    public IBatchSource? HeldOut { get; init; }

    /// <summary>How many held-out batches an evaluation takes.</summary>
    public int HeldOutBatches { get; init; } = 8;

    /// <summary>After how many steps there is an evaluation; 0 for none but at the end.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Where the run is saved, or null.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>After how many steps the run is saved; it is always saved when it stops.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>What the run has gone through.</summary>
    public History History { get; } = new();

    /// <summary>How many steps were taken, before a resumption too.</summary>
    public int StepsTaken { get; private set; }

    /// <summary>How many tokens a step takes in, padding included.</summary>
    public int TokensPerStep => batches.Length * batches[0].Sequences * (batches[0].Length + batches[0].SourceLength);

    /// <summary>Takes so many more steps, or fewer if asked to stop. Called again, it goes on where it was left.</summary>
    /// <remarks>A step is taken whole or not at all, also where a host interrupts the caller or aborts it: the run can always go on.</remarks>
    /// <param name="steps">How many steps to take, 0 or more; those taken before do not count.</param>
    /// <param name="progress">Is told about each step; null for silence.</param>
    /// <param name="cancellation">A request to stop: the step under way is finished, and the run is saved.</param>
    /// <returns>Whether all of them were taken.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The schedule is over: its rate is 0, and further steps would change nothing.</exception>
    /// <exception cref="ArithmeticException">The run has diverged.</exception>
    /// <exception cref="ThreadInterruptedException">The caller was interrupted. The step under way was finished, and the run saved.</exception>
    public bool Run(int steps, ProgressReport? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        int last = checked(StepsTaken + steps);
        if (steps > 0 && Schedule.At(StepsTaken + 1) == 0 && Schedule.At(last) == 0)
            throw new InvalidOperationException($"The schedule's learning rate is 0 from step {StepsTaken + 1} on, so that {steps} more steps would change nothing. Make a run whose schedule is longer, or does not fall to 0.");
        return OwnThread.Run(stop => TakeSteps(steps, last, progress, stop), cancellation);
    }

    private bool TakeSteps(int steps, int last, ProgressReport? progress, CancellationToken cancellation)
    {
        History.Reserve(steps);
        progress?.Begin(this, last);
        while (StepsTaken < last && !cancellation.IsCancellationRequested)
        {
            Step();
            if (EvaluateEvery > 0 && StepsTaken % EvaluateEvery == 0) Evaluate();
            progress?.Report();
            if (CheckpointPath is not null && CheckpointEvery > 0 && StepsTaken % CheckpointEvery == 0 && StepsTaken < last)
                Checkpoint.Save(CheckpointPath, this);
        }
        bool finished = StepsTaken == last;
        bool evaluated = History.Evaluations is [.., var latest] && latest.Step == StepsTaken;
        if (finished && HeldOut is not null && !evaluated) Evaluate();
        if (CheckpointPath is not null) Checkpoint.Save(CheckpointPath, this);
        progress?.End(finished);
        return finished;
    }

    /// <summary>Takes one step, on the caller's thread.</summary>
    /// <exception cref="ArithmeticException">The run has diverged.</exception>
    public void Step()
    {
        int targets = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            data.Fill(batches[i], (long)StepsTaken * batches.Length + i);
            targets += batches[i].CountTargets();
        }
        double loss = 0;
        Model.Weights.ClearGradients();
        for (int i = 0; i < batches.Length; i++)
        {
            var key = new StepRandom(Seed, (long)StepsTaken * batches.Length + i);
            loss += Model.Backpropagate(batches[i], LabelSmoothing, targets, (uint)key.Bits());
        }
        double rate = Schedule.At(StepsTaken + 1);
        double norm = Optimiser.Step(rate, ClipNorm);
        StepsTaken++;
        History.Add(new TrainingStep(StepsTaken, loss, rate, norm));
    }

    /// <summary>Measures the loss on the held-out data, without smoothing or dropout, and notes it.</summary>
    /// <exception cref="InvalidOperationException">There is no held-out data.</exception>
    public double Evaluate()
    {
        if (HeldOut is null) throw new InvalidOperationException("There is no held-out data to evaluate on.");
        heldOutBatch ??= HeldOut.MakeBatch();
        double sum = 0;
        long targets = 0;
        for (int i = 0; i < HeldOutBatches; i++)
        {
            HeldOut.Fill(heldOutBatch, i);
            int count = heldOutBatch.CountTargets();
            sum += Model.Loss(heldOutBatch) * count;
            targets += count;
        }
        History.Add(new Evaluation(StepsTaken, sum / targets));
        return sum / targets;
    }

    /// <summary>Takes up a saved run where it was left.</summary>
    /// <param name="path">A checkpoint of a run with the same model and the same kind of optimiser.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or belongs to another model.</exception>
    public void Resume(string path) => Checkpoint.Load(path, this);

    internal void Restore(int stepsTaken) => StepsTaken = stepsTaken;
}
