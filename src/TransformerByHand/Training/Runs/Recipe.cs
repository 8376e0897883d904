namespace TransformerByHand.Training.Runs;

/// <summary>A training run with a name: data, model and settings that are known to work.</summary>
/// <param name="Name">The name, as it is typed.</param>
/// <param name="Description">What is trained, in one line.</param>
/// <param name="Steps">How many steps it takes.</param>
/// <param name="Expectation">What it reaches.</param>
/// <param name="Prepare">Makes the run, given a number of threads (null for one a core) and where to save it (null for nowhere).</param>
public sealed record Recipe(string Name, string Description, int Steps, string Expectation, Func<int?, string?, PreparedRun> Prepare);

/// <summary>A run that is ready to begin or to be resumed.</summary>
/// <param name="Run">The run.</param>
/// <param name="Sample">Shows what the model can do at the moment: text it writes, or how many questions it answers.</param>
public sealed record PreparedRun(TrainingRun Run, Func<string> Sample);
