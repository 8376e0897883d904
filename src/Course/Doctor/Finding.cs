namespace TransformerByHand.Course.Doctor;

/// <summary>One thing that was looked for.</summary>
/// <param name="Area">What it belongs to: "Build", "VS Code".</param>
/// <param name="What">What was looked for, and what was found.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Remedy">The one command that mends it, or null where there is nothing to mend.</param>
internal sealed record Finding(string Area, string What, State State, string? Remedy = null);
