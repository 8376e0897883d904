using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;

namespace TransformerByHand.Exercises;

/// <summary>One small JSON file that several kernels may change at once.</summary>
/// <remarks>
/// Every change takes a lock across processes, reads the file as it then is, and replaces it whole by a rename, so that no
/// reader ever sees half a file and no change overwrites another. Nothing here throws into a lesson: what went wrong comes
/// back as a sentence, and changes that could not be written are kept and tried again with the next one.
/// </remarks>
internal sealed class ProgressStore(string folder)
{
    private static readonly ConcurrentDictionary<string, ProgressStore> Stores = new();
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Lock _gate = new();
    private readonly List<Func<Progress, Progress>> _unsaved = [];

    /// <summary>The store of the folder that is in force now.</summary>
    public static ProgressStore Current => Stores.GetOrAdd(Folder(), folder => new ProgressStore(folder));

    public string File { get; } = Path.Combine(folder, "progress.json");

    /// <summary>How long a change waits for other kernels before it is put off.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Changes the progress and returns it as it is afterwards, with a sentence if it could not be saved.</summary>
    public (Progress Progress, string? Message) Change(Func<Progress, Progress> change)
    {
        lock (_gate)
        {
            _unsaved.Add(change);
            string? message = null;
            try
            {
                Directory.CreateDirectory(folder);
                using FileStream _ = LockAcrossProcesses();
                Progress before = Read(out message);
                Progress after = Replay(before);
                if (after != before) Write(after);
                _unsaved.Clear();
                return (after, message);
            }
            catch (Exception e) when (IsFileTrouble(e))
            {
                return (Replay(ReadQuietly()), Join(message, $"Progress is not being saved, because {File} cannot be written: {e.Message} Checks work all the same."));
            }
        }
    }

    public (Progress Progress, string? Message) Load()
    {
        lock (_gate)
        {
            try
            {
                if (_unsaved.Count == 0 && IsSound(out Progress progress)) return (progress, null);
                using FileStream _ = LockAcrossProcesses();
                return (Replay(Read(out string? message)), message);
            }
            catch (Exception e) when (IsFileTrouble(e))
            {
                return (Replay(ReadQuietly()), $"Progress could not be read from {File}: {e.Message}");
            }
        }
    }

    public string? Reset()
    {
        lock (_gate)
        {
            _unsaved.Clear();
            try
            {
                if (!System.IO.File.Exists(File)) return null;
                using FileStream _ = LockAcrossProcesses();
                System.IO.File.Delete(File);
                return null;
            }
            catch (Exception e) when (IsFileTrouble(e))
            {
                return $"{File} could not be removed: {e.Message}";
            }
        }
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable(Progress.FolderVariable) is { } chosen && !string.IsNullOrWhiteSpace(chosen))
            return Path.GetFullPath(chosen);
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "transformer-by-hand");
    }

    private Progress Replay(Progress progress) => _unsaved.Aggregate(progress, (current, change) => change(current));

    // The lock file stays where it is: removing it would let two processes hold locks on two files of one name.
    private FileStream LockAcrossProcesses()
    {
        string path = Path.Combine(folder, "progress.lock");
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(folder) && Environment.TickCount64 - start < Patience.TotalMilliseconds)
            {
                Thread.Sleep(10);
            }
        }
    }

    private bool IsSound(out Progress progress)
    {
        progress = Progress.None;
        if (!System.IO.File.Exists(File)) return true;
        try
        {
            progress = Parse();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the file under the lock; a damaged one is moved aside, never lost.</summary>
    private Progress Read(out string? message)
    {
        message = null;
        if (IsSound(out Progress progress)) return progress;

        string aside = Enumerable.Range(1, int.MaxValue).Select(i => Path.Combine(folder, $"progress.damaged-{i}.json")).First(path => !System.IO.File.Exists(path));
        System.IO.File.Move(File, aside);
        message = $"The progress file was damaged. It has been set aside as {aside}, and a new one begins.";
        return Progress.None;
    }

    private Progress ReadQuietly()
    {
        try
        {
            return IsSound(out Progress progress) ? progress : Progress.None;
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            return Progress.None;
        }
    }

    private Progress Parse()
    {
        Contents contents = JsonSerializer.Deserialize<Contents>(System.IO.File.ReadAllBytes(File), Json)
            ?? throw new JsonException("The file says null.");
        return new Progress(Sorted(contents.Exercises), Sorted(contents.Predictions));
    }

    private void Write(Progress progress)
    {
        string temporary = Path.Combine(folder, $"progress.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                JsonSerializer.Serialize(stream, new Contents(new(progress.Exercises), new(progress.Predictions)), Json);
                stream.Flush(flushToDisk: true);
            }
            System.IO.File.Move(temporary, File, overwrite: true);
        }
        finally
        {
            System.IO.File.Delete(temporary);
        }
    }

    private static ImmutableSortedDictionary<string, T> Sorted<T>(SortedDictionary<string, T>? entries) where T : class =>
        (entries ?? []).Where(entry => entry.Value is not null).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static bool IsFileTrouble(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or System.Security.SecurityException;

    private static string Join(string? first, string second) => first is null ? second : first + " " + second;

    /// <summary>The file's contents.</summary>
    private sealed record Contents(SortedDictionary<string, ExerciseProgress>? Exercises, SortedDictionary<string, PredictionProgress>? Predictions);
}
