namespace TransformerByHand.Exercises;

/// <summary>What a learner has done with one exercise.</summary>
/// <param name="Solved">Whether an answer has passed, however many have failed since.</param>
/// <param name="Attempts">How many answers were checked; a stub that was never touched does not count.</param>
/// <param name="HintsOpened">How many steps of the ladder of hints are open.</param>
/// <param name="SolutionShown">Whether the solution has been shown.</param>
public sealed record ExerciseProgress(bool Solved = false, int Attempts = 0, int HintsOpened = 0, bool SolutionShown = false);
