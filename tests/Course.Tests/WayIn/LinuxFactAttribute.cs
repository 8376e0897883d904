namespace TransformerByHand.Course.Tests.WayIn;

/// <summary>A test of something that is for Linux alone, such as the container's script: elsewhere it is skipped, and counted as skipped.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "The container in which this runs is a Linux one.";
    }
}
