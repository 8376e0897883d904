using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TransformerByHand.Course.Jupyter;

/// <summary>Notices when the client that started this kernel is gone: nobody could ask it to end any more.</summary>
internal static class ParentWatch
{
    /// <summary>The variable in which Jupyter names its process: by its number, on Windows by a handle to it.</summary>
    private const string Variable = "JPY_PARENT_PID";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Ends when the client is gone; never, where the client has not said which process it is.</summary>
    public static async Task GoneAsync()
    {
        if (!long.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out long parent) || parent <= 1)
            await Task.Delay(Timeout.Infinite);

        if (OperatingSystem.IsWindows())
        {
            using var client = new ManualResetEvent(initialState: false) { SafeWaitHandle = new SafeWaitHandle((nint)parent, ownsHandle: true) };
            await Task.Run(client.WaitOne);
            return;
        }

        while (IsThere((int)parent)) await Task.Delay(Pause);
    }

    private static bool IsThere(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
