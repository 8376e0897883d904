using FsCheck;
using FsCheck.Fluent;

namespace TransformerByHand.Tests.Support;

/// <summary>Runs a property on random cases that are the same in every run.</summary>
internal static class Seeded
{
    public static void ForAll<T>(Gen<T> cases, Action<T> property, int count = 20) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(7, 11));

    /// <summary>A random generator of its own for each case.</summary>
    public static Gen<Random> Random => from seed in Gen.Choose(1, 1_000_000) select SeededRandom.Create(seed);
}
