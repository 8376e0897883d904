namespace TransformerByHand.Course.Checking;

/// <summary>One clause of the author's contract.</summary>
internal interface IRule
{
    /// <summary>Finds what breaks it.</summary>
    IEnumerable<Violation> Check(CheckedCourse course);
}
