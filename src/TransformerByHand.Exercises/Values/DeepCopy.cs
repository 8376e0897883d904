using System.Reflection;

namespace TransformerByHand.Exercises;

/// <summary>Copies arguments, so that an answer that writes into them spoils nobody else's.</summary>
internal static class DeepCopy
{
    private static readonly MethodInfo ShallowCopy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>Copies a value with everything it holds: arrays, matrices, tuples, records. Functions and strings stay the same objects.</summary>
    /// <remarks>
    /// What two fields share, their copies share too. A dense matrix of MathNet holds its array twice, in the matrix and in its
    /// storage: with two arrays some of its operations would write into the one and everybody would read the other.
    /// </remarks>
    public static object? Of(object? value) => Of(value, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));

    private static object? Of(object? value, Dictionary<object, object> copies)
    {
        if (value is null or string or Delegate || value.GetType().IsPrimitive) return value;
        if (copies.TryGetValue(value, out object? known)) return known;
        if (value is Array array)
        {
            var copy = (Array)array.Clone();
            copies[value] = copy;
            if (array.Rank == 1 && !array.GetType().GetElementType()!.IsPrimitive)
                for (int i = 0; i < copy.Length; i++) copy.SetValue(Of(copy.GetValue(i), copies), i);
            return copy;
        }

        object whole = ShallowCopy.Invoke(value, null)!;
        copies[value] = whole;
        for (Type? type = value.GetType(); type is not null; type = type.BaseType)
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                field.SetValue(whole, Of(field.GetValue(value), copies));
        return whole;
    }
}
