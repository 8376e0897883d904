namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>Marks a static method without parameters that measures every figure of a claim, from the library alone.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeasuresAttribute(string claim) : Attribute
{
    public string Claim { get; } = claim;
}
