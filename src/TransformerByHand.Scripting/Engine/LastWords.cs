using System.Globalization;
using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Tells the parent why the process ends, where there is still time to say so.</summary>
internal static class LastWords
{
    public static void Register(WorkerPipe pipe)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) =>
            Say(pipe, thrown.ExceptionObject is Exception e
                ? $"let an exception escape on a thread of its own: {e.GetType().FullName}: {e.Message.TrimEnd('.')}"
                : "let an exception escape on a thread of its own");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            Say(pipe, string.Create(CultureInfo.InvariantCulture, $"ended its process with exit code {Environment.ExitCode}"));
    }

    private static void Say(WorkerPipe pipe, string reason)
    {
        try
        {
            pipe.Send(new DyingMessage(reason));
        }
        catch (IOException)
        {
            // Nobody listens any more.
        }
    }
}
