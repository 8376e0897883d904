using System.Reflection;

namespace TransformerByHand.Exercises;

/// <summary>Copies arguments, so that an answer that writes into them spoils nobody else's.</summary>
internal static class DeepCopy
{
    private static readonly MethodInfo ShallowCopy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>Copies a value with everything it holds: arrays, matrices, tuples, records. Functions and strings stay the same objects.</summary>
    public static object? Of(object? value)
    {
        if (value is null or string or Delegate || value.GetType().IsPrimitive) return value;
        if (value is Array array)
        {
            var copy = (Array)array.Clone();
            if (array.Rank == 1 && !array.GetType().GetElementType()!.IsPrimitive)
                for (int i = 0; i < copy.Length; i++) copy.SetValue(Of(copy.GetValue(i)), i);
            return copy;
        }

        object whole = ShallowCopy.Invoke(value, null)!;
        for (Type? type = value.GetType(); type is not null; type = type.BaseType)
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                field.SetValue(whole, Of(field.GetValue(value)));
        return whole;
    }
}
