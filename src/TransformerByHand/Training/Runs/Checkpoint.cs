using System.Globalization;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Saves a run to a safetensors file, and takes it up again, bit for bit.</summary>
/// <remarks>
/// The file holds the weights under their names, what the optimiser remembers under <c>optimiser.</c>, and the history under
/// <c>history.</c>; the number of steps is in its metadata, and so is a checksum of it all. It is written beside its place and
/// then moved there, so that a crash leaves the old file whole.
/// </remarks>
public static class Checkpoint
{
    private const string Format = "transformer-by-hand run 2";

    /// <summary>Saves a run.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="IOException">The file cannot be written, as on a full disk; the one that stood there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Save(string path, TrainingRun run)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(run);
        var file = new TensorFile();
        file.Metadata["format"] = Format;
        file.Metadata["steps"] = run.StepsTaken.ToString(CultureInfo.InvariantCulture);
        file.Metadata["optimiser"] = run.Optimiser.GetType().Name;
        file.Metadata["optimiser steps"] = run.Optimiser.StepsTaken.ToString(CultureInfo.InvariantCulture);
        file.Metadata["shape"] = run.Model.Shape.ToString();
        foreach (var weight in run.Model.Weights.All)
            file.Add(weight.Name, [weight.Rows, weight.Columns], (ReadOnlySpan<float>)weight.Values);
        foreach (var (name, numbers) in run.Optimiser.State)
            file.Add($"optimiser.{name}", [numbers.Length], (ReadOnlySpan<float>)numbers);
        file.Add("history.steps", [run.History.Steps.Count, 4],
            (ReadOnlySpan<double>)[.. run.History.Steps.SelectMany(step => new[] { step.Number, step.Loss, step.LearningRate, step.GradientNorm })]);
        file.Add("history.evaluations", [run.History.Evaluations.Count, 2],
            (ReadOnlySpan<double>)[.. run.History.Evaluations.SelectMany(evaluation => new[] { evaluation.Step, evaluation.Loss })]);
        file.Write(path);
    }

    /// <summary>Overwrites the weights, the optimiser and the history of a run that has not begun.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">A run of a model with the same shape, and with the same kind of optimiser.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or belongs to another model or optimiser.</exception>
    /// <exception cref="InvalidOperationException">The run has begun.</exception>
    public static void Load(string path, TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.StepsTaken > 0) throw new InvalidOperationException($"The run has taken {run.StepsTaken} steps; only one that has not begun can be resumed.");
        var file = TensorFile.Read(path);
        Expect("format", Format);
        Expect("optimiser", run.Optimiser.GetType().Name);
        Expect("shape", ShapeAsOf(file.Metadata.GetValueOrDefault("shape") ?? "", run.Model.Shape), separator: ", ");
        foreach (var weight in run.Model.Weights.All)
            file.CopyTo(weight.Name, weight.Values);
        foreach (var (name, numbers) in run.Optimiser.State)
            file.CopyTo($"optimiser.{name}", numbers);
        foreach (double[] step in file.Doubles("history.steps").Chunk(4))
            run.History.Add(new TrainingStep((int)step[0], step[1], step[2], step[3]));
        foreach (double[] evaluation in file.Doubles("history.evaluations").Chunk(2))
            run.History.Add(new Evaluation((int)evaluation[0], evaluation[1]));
        run.Optimiser.Restore(Number("optimiser steps"));
        run.Restore(Number("steps"));

        // Of a long list only what differs is worth reading.
        void Expect(string key, string value, string? separator = null)
        {
            string? found = file.Metadata.GetValueOrDefault(key);
            if (found == value) return;
            string[] theirs = separator is null ? [found ?? "missing"] : found?.Split(separator) ?? [], ours = separator is null ? [value] : value.Split(separator);
            throw new InvalidDataException($"{path} is the checkpoint of another run: its {key} is '{string.Join(separator, theirs.Except(ours))}', and this run's is '{string.Join(separator, ours.Except(theirs))}'.");
        }

        int Number(string key) => int.TryParse(file.Metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int number) && number >= 0 ? number
            : throw new InvalidDataException($"{path}: '{key}' should be a whole number; it is '{file.Metadata.GetValueOrDefault(key)}'.");
    }

    /// <summary>
    /// The shape, as a checkpoint could tell it when it was written: less the choices that it does not mention and that are still to be made as
    /// all models were until there was a choice.
    /// </summary>
    private static string ShapeAsOf(string told, ModelShape shape)
    {
        const string separator = ", ";
        string[] younger = [nameof(ModelShape.KeyValueHeads), nameof(ModelShape.AttentionKind), nameof(ModelShape.HasFeedForward)];
        string[] before = (shape with { KeyValueHeads = 0, AttentionKind = default, HasFeedForward = true }).ToString().Split(separator);
        return string.Join(separator, shape.ToString().Split(separator).Where(choice =>
            !(before.Contains(choice) && younger.Any(name => choice.StartsWith($"{name} ", StringComparison.Ordinal) && !told.Contains($"{name} ", StringComparison.Ordinal)))));
    }
}
