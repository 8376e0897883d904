using System.Collections;
using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>Tells whether a result is an argument, or looks into an argument's memory, and whether its own parts look into one another's.</summary>
internal static class SharedMemory
{
    public static bool Between(object? result, object? argument) =>
        new HashSet<object>(Buffers(result), ReferenceEqualityComparer.Instance).Overlaps(Buffers(argument));

    /// <summary>The parts of a tuple that are one and the same, or look into the same memory, two and two.</summary>
    public static IEnumerable<(int First, int Second)> Within(object? result)
    {
        if (result is not ITuple tuple) yield break;
        for (int first = 0; first < tuple.Length; first++)
            for (int second = first + 1; second < tuple.Length; second++)
                if (Between(tuple[first], tuple[second])) yield return (first, second);
    }

    // The objects that hold a value's numbers: two values that share one of them change together.
    private static IEnumerable<object> Buffers(object? value)
    {
        switch (value)
        {
            case Vector<double> vector:
                yield return vector.Storage;
                if (vector.AsArray() is { } entries) yield return entries;
                break;
            case Matrix<double> matrix:
                yield return matrix.Storage;
                if (matrix.AsColumnMajorArray() is { } columns) yield return columns;
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                    foreach (object buffer in Buffers(tuple[i])) yield return buffer;
                break;
            case IList list:
                yield return list;
                if (list is Array { Rank: 1 } && !list.GetType().GetElementType()!.IsPrimitive)
                    foreach (object? part in list)
                        foreach (object buffer in Buffers(part)) yield return buffer;
                break;
        }
    }
}
