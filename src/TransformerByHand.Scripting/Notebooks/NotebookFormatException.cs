namespace TransformerByHand.Scripting;

/// <summary>A file that is not a notebook this library can read. The message says what is wrong and what would help.</summary>
public sealed class NotebookFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
