namespace TransformerByHand.Scripting.Engine;

/// <summary>A cell has failed; the output tells its reader why.</summary>
internal sealed class CellError(ErrorOutput output, string? unavailablePackage = null) : Exception(output.Message)
{
    public CellError(string name, string message, int? line = null) : this(ErrorReport.OfMessage(name, message, line))
    {
    }

    public ErrorOutput Output { get; } = output;

    /// <summary>The package that could not be restored, if that is the reason.</summary>
    public string? UnavailablePackage { get; } = unavailablePackage;
}
