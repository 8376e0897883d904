namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The figures of lesson 13's claims, measured again through the lesson's own experiments.</summary>
internal static class HeadsMeasurements
{
    [Measures("A8")]
    public static (string, double)[] It_and_its_noun() => Lesson13.ItAndItsNoun();

    [Measures("M4")]
    public static (string, double)[] Roles_of_heads() => Lesson13.RolesOfHeads();
}
