namespace TransformerByHand.Exercises;

/// <summary>A function that the learner has not written yet.</summary>
internal static class Stub
{
    /// <summary>Whether a function has been written: a stub throws.</summary>
    /// <param name="function">The function.</param>
    /// <param name="call">Calls it, with whatever it takes.</param>
    public static bool IsWritten<TFunction>(TFunction function, Action<TFunction> call)
    {
        try
        {
            call(function);
            return true;
        }
        catch (NotImplementedException)
        {
            return false;
        }
    }
}
