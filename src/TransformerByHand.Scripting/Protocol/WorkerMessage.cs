using System.Text.Json.Serialization;

namespace TransformerByHand.Scripting.Protocol;

/// <summary>What the worker tells the parent.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ReadyMessage), "ready")]
[JsonDerivedType(typeof(OutputMessage), "output")]
[JsonDerivedType(typeof(DeclaredMessage), "declared")]
[JsonDerivedType(typeof(FinishedMessage), "finished")]
[JsonDerivedType(typeof(DyingMessage), "dying")]
internal abstract record WorkerMessage;

/// <summary>The worker can take cells.</summary>
internal sealed record ReadyMessage : WorkerMessage;

/// <summary>A cell showed something.</summary>
internal sealed record OutputMessage(CellOutput Output) : WorkerMessage;

/// <summary>A text of the cell has compiled and starts to run: later cells see what it declares.</summary>
internal sealed record DeclaredMessage(CellDeclarations Declarations) : WorkerMessage;

/// <summary>How a run ended, as the worker sees it.</summary>
internal enum RunOutcome
{
    Succeeded,
    Failed,
    Stopped,
}

/// <summary>The run of that id is over; nothing of it follows.</summary>
internal sealed record FinishedMessage(int Id, RunOutcome Outcome, double Milliseconds, string? UnavailablePackage) : WorkerMessage;

/// <summary>The worker's process is about to end.</summary>
/// <param name="Reason">The rest of the sentence 'The cell …'.</param>
internal sealed record DyingMessage(string Reason) : WorkerMessage;
