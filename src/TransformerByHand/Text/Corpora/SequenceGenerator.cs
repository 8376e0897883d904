using System.Text;

namespace TransformerByHand.Text.Corpora;

/// <summary>A row of letters and what should become of it.</summary>
/// <param name="Task">What to do: copy, reverse or sort.</param>
/// <param name="Letters">The letters.</param>
/// <param name="Result">The right result.</param>
public sealed record SequenceTask(string Task, string Letters, string Result);

/// <summary>Makes rows of letters to copy, reverse or sort.</summary>
public static class SequenceGenerator
{
    private const string Alphabet = "abcdefghij";

    /// <summary>The tasks.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["copy", "reverse", "sort"];

    /// <summary>Makes tasks in random order, with 2 to <paramref name="longest"/> letters.</summary>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <param name="count">How many tasks, at least 1.</param>
    /// <param name="longest">The most letters of a row, at least 2.</param>
    public static IReadOnlyList<SequenceTask> Generate(int seed, int count, int longest = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 2);
        var random = SeededRandom.Create(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            string task = Corpus.Pick(random, Tasks);
            string letters = string.Concat(Enumerable.Range(0, random.Next(2, longest + 1)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            return new SequenceTask(task, letters, Result(task, letters));
        })];
    }

    /// <summary>The right result of a task.</summary>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static string Result(string task, string letters)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return task switch
        {
            "copy" => letters,
            "reverse" => string.Concat(letters.Reverse()),
            "sort" => string.Concat(letters.Order()),
            _ => throw new ArgumentException($"There is no task '{task}'; there is {string.Join(", ", Tasks)}.", nameof(task)),
        };
    }

    /// <summary>The lines of a file: task, letters and result, separated by tabs.</summary>
    public static string ToFile(IEnumerable<SequenceTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var text = new StringBuilder();
        foreach (var task in tasks) text.Append(task.Task).Append('\t').Append(task.Letters).Append('\t').Append(task.Result).Append('\n');
        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToFile"/> wrote.</summary>
    /// <exception cref="FormatException">A line is not of that form.</exception>
    public static IReadOnlyList<SequenceTask> FromFile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) => line.Split('\t') is [var task, var letters, var result]
            ? new SequenceTask(task, letters, result)
            : throw new FormatException($"Line {i + 1} should be task, letters and result, separated by tabs; it is '{line}'."))];
    }
}
