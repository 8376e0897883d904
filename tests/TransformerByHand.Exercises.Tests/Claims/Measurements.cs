using System.Reflection;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>Every measurement in this assembly, by the id of the claim it settles.</summary>
internal static class Measurements
{
    public static ILookup<string, Func<(string Name, double Value)[]>> All { get; } =
        (from type in typeof(Measurements).Assembly.GetTypes()
         from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
         let measures = method.GetCustomAttribute<MeasuresAttribute>()
         where measures is not null
         select (measures.Claim, method.CreateDelegate<Func<(string, double)[]>>()))
        .ToLookup(pair => pair.Claim, pair => pair.Item2);
}
