namespace TransformerByHand.Scripting;

/// <summary>The process for a notebook's cells could not be started. The message says what was tried and what would help.</summary>
public sealed class WorkerStartException(string message, Exception? innerException = null) : Exception(message, innerException);
