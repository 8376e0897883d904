using System.Text.Json.Serialization;

namespace TransformerByHand.Scripting.Protocol;

/// <summary>What the parent tells the worker.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ExecuteMessage), "execute")]
[JsonDerivedType(typeof(StopMessage), "stop")]
internal abstract record HostMessage;

/// <summary>Run a cell.</summary>
/// <param name="Id">Names this run; it is the execution count too.</param>
/// <param name="Source">The cell's text.</param>
/// <param name="CellName">How messages name the cell.</param>
internal sealed record ExecuteMessage(int Id, string Source, string CellName) : HostMessage;

/// <summary>Stop the run of that id, if it still goes on.</summary>
internal sealed record StopMessage(int Id) : HostMessage;
