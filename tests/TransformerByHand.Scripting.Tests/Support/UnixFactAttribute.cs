namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>A test of links and file modes, which is skipped, and counted as skipped, where there are none to make.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows makes links for administrators only, and has no file modes.";
    }
}
