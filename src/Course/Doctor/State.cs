namespace TransformerByHand.Course.Doctor;

/// <summary>How a thing stands on this machine.</summary>
internal enum State
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>It is not there, or not as it should be, and the lessons can still be run; some way of reading them needs it.</summary>
    Missing,

    /// <summary>It is not there, and without it neither of the README's two commands works.</summary>
    Needed,
}
