using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TransformerByHand.Scripting;

/// <summary>Which C++ runtime a native library asks for, and which a Linux system has.</summary>
/// <remarks>Symbols of the runtime carry versions, GLIBCXX_3.4.32 for GCC 13's; a library names those it was linked against, and does not load where one is missing.</remarks>
public static partial class CppRuntime
{
    /// <summary>A library larger than this is not looked through: what it needs, the smaller one beside it that loads it needs too.</summary>
    private const long Largest = 64 << 20;

    /// <summary>The last part of the newest version that a library names: 32 for GLIBCXX_3.4.32; null if it names none.</summary>
    public static int? NewestIn(byte[] library)
    {
        ArgumentNullException.ThrowIfNull(library);
        // Bytes as characters: the versions are plain names among the symbols.
        MatchCollection versions = SymbolVersion().Matches(Encoding.Latin1.GetString(library));
        return versions.Count == 0 ? null : versions.Max(version => int.Parse(version.Groups["last"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Says why libraries of some folders cannot be loaded by this process.</summary>
    /// <returns>A sentence; null where nothing speaks against it, or where it cannot be told.</returns>
    internal static string? Problem(IEnumerable<string> folders)
    {
        if (!OperatingSystem.IsLinux() || Loaded() is not { } runtime || NewestIn(File.ReadAllBytes(runtime)) is not { } has) return null;
        foreach (string library in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.so")).Where(library => new FileInfo(library).Length <= Largest))
        {
            if (NewestIn(File.ReadAllBytes(library)) is { } needed && needed > has)
                return string.Create(CultureInfo.InvariantCulture,
                    $"{Path.GetFileName(library)} needs a newer C++ runtime (libstdc++) than this system has: GLIBCXX_3.4.{needed}, and here is 3.4.{has}. Debian 13 and Ubuntu 24.04 have 3.4.33.");
        }

        return null;
    }

    /// <summary>The C++ runtime that this process has loaded.</summary>
    private static string? Loaded() => File.ReadLines("/proc/self/maps")
        .Select(line => line[(line.LastIndexOf(' ') + 1)..])
        .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libstdc++.so", StringComparison.Ordinal) && File.Exists(path));

    [GeneratedRegex(@"GLIBCXX_3\.4\.(?<last>[0-9]{1,3})")]
    private static partial Regex SymbolVersion();
}
