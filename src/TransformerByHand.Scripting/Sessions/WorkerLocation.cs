namespace TransformerByHand.Scripting;

/// <summary>Finds the worker.</summary>
internal static class WorkerLocation
{
    private const string Name = "TransformerByHand.Worker";

    /// <summary>Finds the worker beside this library, or in the worker's own folder of the same build output.</summary>
    /// <exception cref="WorkerStartException">It is in neither place.</exception>
    public static string FindWorker()
    {
        string here = Path.TrimEndingDirectorySeparator(Path.GetDirectoryName(typeof(WorkerLocation).Assembly.Location)!);
        string beside = Path.Combine(here, $"{Name}.dll");
        // artifacts/bin/<Project>/<pivot>/ → artifacts/bin/<Worker>/<pivot>/
        string sibling = Path.GetFullPath(Path.Combine(here, "..", "..", Name, Path.GetFileName(here), $"{Name}.dll"));
        foreach (string candidate in (string[])[sibling, beside])
        {
            // The runtime settings tell a built worker from a copied reference.
            if (File.Exists(candidate) && File.Exists(Path.ChangeExtension(candidate, ".runtimeconfig.json"))) return candidate;
        }

        throw new WorkerStartException($"The worker that runs cells is at neither '{sibling}' nor '{beside}'. 'dotnet build' makes it.");
    }
}
