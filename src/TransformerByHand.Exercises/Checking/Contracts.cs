namespace TransformerByHand.Exercises;

/// <summary>What the contract tests ask of an exercise of the kind <em>write the function</em>, whatever its signature.</summary>
internal interface IFunctionExercise
{
    string Id { get; }

    IReadOnlyList<object[]> Cases { get; }

    DerivedCases Derived { get; }

    /// <summary>Names of sizes, such as <c>rows of X</c>, that cannot be 1 in this exercise.</summary>
    IReadOnlyList<string> NeverOne { get; }
}

/// <summary>What the contract tests ask of an exercise of the kind <em>write the test</em>.</summary>
internal interface ITestExercise
{
    string Id { get; }

    SmallErrors Errors { get; }

    IReadOnlyList<string> WrongNames { get; }

    /// <summary>The reference test with more room: it accepts an implementation whose every number is off by no more than that.</summary>
    Delegate Loose(double room);
}
