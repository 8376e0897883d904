namespace TransformerByHand.Scripting.Engine;

/// <summary>NuGet could not restore the packages; the message is NuGet's reason.</summary>
internal sealed class PackageRestoreException(string message) : Exception(message);
