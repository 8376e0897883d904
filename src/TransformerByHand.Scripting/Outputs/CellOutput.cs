using System.Text.Json.Serialization;

namespace TransformerByHand.Scripting;

/// <summary>One thing that a cell showed: the same model in the worker, in notebooks and in interactive clients.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(StreamOutput), "stream")]
[JsonDerivedType(typeof(DisplayOutput), "display")]
[JsonDerivedType(typeof(ResultOutput), "result")]
[JsonDerivedType(typeof(ErrorOutput), "error")]
[JsonDerivedType(typeof(ClearOutput), "clear")]
public abstract record CellOutput;

/// <summary>Text written to standard output or standard error.</summary>
/// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">The text, as written.</param>
public sealed record StreamOutput(string Name, string Text) : CellOutput
{
    /// <summary>The name of standard output.</summary>
    public const string Out = "stdout";

    /// <summary>The name of standard error.</summary>
    public const string Error = "stderr";
}

/// <summary>A value shown by <c>display</c>.</summary>
/// <param name="Data">The value in each MIME type, in order of preference.</param>
/// <param name="DisplayId">The name by which a later output can update this one.</param>
/// <param name="IsUpdate">True when this replaces the display of the same id instead of adding one.</param>
public sealed record DisplayOutput(IReadOnlyDictionary<string, string> Data, string? DisplayId = null, bool IsUpdate = false) : CellOutput;

/// <summary>The value of a cell's last expression.</summary>
/// <param name="Data">The value in each MIME type, in order of preference.</param>
/// <param name="ExecutionCount">The number of the cell's run.</param>
public sealed record ResultOutput(IReadOnlyDictionary<string, string> Data, int ExecutionCount) : CellOutput;

/// <summary>What went wrong in a cell.</summary>
/// <param name="Name">The exception's type, or the kind of error (<c>CompilationError</c>, <c>Interrupted</c>, …).</param>
/// <param name="Message">One or more sentences for the reader.</param>
/// <param name="Traceback">The lines a client prints: message, then where it happened.</param>
/// <param name="Line">The line of the cell, counted from 1, where known.</param>
public sealed record ErrorOutput(string Name, string Message, IReadOnlyList<string> Traceback, int? Line = null) : CellOutput;

/// <summary>Takes away everything that the cell has shown so far.</summary>
/// <param name="Wait">True to wait with it until the cell shows something else, so that the page does not flicker.</param>
public sealed record ClearOutput(bool Wait) : CellOutput;
