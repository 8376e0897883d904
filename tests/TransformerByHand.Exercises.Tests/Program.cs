using System.Globalization;

namespace TransformerByHand.Exercises.Tests;

/// <summary>What this assembly does as a second process: it counts attempts into a progress folder, as another kernel would.</summary>
internal static class Program
{
    private static void Main(string[] arguments)
    {
        string folder = arguments[0], id = arguments[1];
        int count = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var store = new ProgressStore(folder) { Patience = TimeSpan.FromMinutes(1) };
        for (int i = 0; i < count; i++) store.Change(progress => Attempt(progress, id));
    }

    /// <summary>Counts one more attempt at an exercise.</summary>
    public static TransformerByHand.Exercises.Progress Attempt(TransformerByHand.Exercises.Progress progress, string id) =>
        progress.With(id, progress.Exercise(id) with { Attempts = progress.Exercise(id).Attempts + 1 });
}
