using System.Runtime.CompilerServices;

namespace TransformerByHand.Exercises.Tests;

/// <summary>Keeps the tests away from the progress of whoever runs them.</summary>
internal static class TestProgressFolder
{
    [ModuleInitializer]
    internal static void Use() =>
        Environment.SetEnvironmentVariable(Progress.FolderVariable, Directory.CreateTempSubdirectory("progress-").FullName);
}
