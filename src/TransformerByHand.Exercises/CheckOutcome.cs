namespace TransformerByHand.Exercises;

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>Every input gives the expected result.</summary>
    Passed,

    /// <summary>The stub is still in place: the answer threw <see cref="NotImplementedException"/>, or there was none.</summary>
    NotAttempted,

    /// <summary>The answer ran and gave something else.</summary>
    Wrong,

    /// <summary>The answer threw an exception.</summary>
    Crashed,

    /// <summary>The answer did not come back within the time limit.</summary>
    TimedOut,
}
