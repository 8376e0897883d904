using System.Globalization;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Doctor;

/// <summary>Looks at the C++ runtime, which TorchSharp's native library asks more of than older systems have.</summary>
internal static class CppRuntimeFinding
{
    /// <summary>The symbol version that the native library of TorchSharp 0.107 was linked against: GCC 13's.</summary>
    private const int Needed = 32;

    /// <summary>Where Linux systems keep it, the most usual first.</summary>
    private static readonly string[] Places =
        ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib/aarch64-linux-gnu/libstdc++.so.6", "/usr/lib64/libstdc++.so.6", "/usr/lib/libstdc++.so.6"];

    /// <summary>Whether the runtime is new enough; null where the system is another, or has none that can be read.</summary>
    public static Finding? OnThis(IMachine machine)
    {
        if (machine.System != OperatingSystemKind.Linux) return null;
        int? found = Places.Select(machine.Bytes).OfType<byte[]>().Select(CppRuntime.NewestIn).FirstOrDefault(version => version is not null);
        return found is not { } has ? null
            : has >= Needed ? new Finding("Optional packages", Said(has) + ", new enough for TorchSharp", State.Found)
            : new Finding("Optional packages", $"{Said(has)}; TorchSharp asks for GLIBCXX_3.4.{Needed} (GCC 13), which Debian 13, Ubuntu 24.04 and the course's container have", State.Missing,
                "open the folder in the container (README, A container)");
    }

    private static string Said(int version) => string.Create(CultureInfo.InvariantCulture, $"the C++ runtime (libstdc++), GLIBCXX_3.4.{version}");
}
