using System.Reflection;

namespace TransformerByHand.Exercises;

/// <summary>What one call of an answer did.</summary>
/// <param name="Result">What it returned, as it was right after the call; null where it threw.</param>
/// <param name="Error">What it threw, or null.</param>
/// <param name="Changed">The arguments that it wrote into, before and after.</param>
/// <param name="Aliased">The names of arguments whose memory the result shares.</param>
/// <param name="Twins">The parts of the result that share their memory, two and two.</param>
internal sealed record Call(
    Value? Result,
    Exception? Error,
    IReadOnlyList<(string Name, Value Before, Value After)> Changed,
    IReadOnlyList<string> Aliased,
    IReadOnlyList<(int First, int Second)> Twins)
{
    private static readonly Tolerance Exactly = new(0, 0);

    /// <summary>Calls an answer with its own copy of the arguments.</summary>
    public static Call Of(Delegate answer, Signature signature, IReadOnlyList<object?> arguments)
    {
        object?[] own = [.. arguments.Select(DeepCopy.Of)];
        Value[] before = [.. own.Select(argument => Value.Of(argument))];
        object? result;
        try
        {
            result = signature.Invoke(answer, own);
        }
        catch (Exception e)
        {
            return new Call(null, e, [], [], []);
        }

        var changed = signature.Parameters.Select((name, i) => (name, before[i], Value.Of(own[i]))).Where(change => !change.Item2.Agrees(change.Item3, Exactly));
        var aliased = signature.Parameters.Where((_, i) => SharedMemory.Between(result, own[i]));
        return new Call(Value.Of(result, signature.TupleNames), null, [.. changed], [.. aliased], [.. SharedMemory.Within(result)]);
    }

    /// <summary>Whether another call did the same: the same numbers, or the same kind of exception, and at least the same misdeeds.</summary>
    public bool IsRepeatedBy(Call other, Tolerance tolerance)
    {
        if (Error is not null || other.Error is not null) return Error?.GetType() == other.Error?.GetType();
        return Result!.Agrees(other.Result!, tolerance)
            && Changed.All(change => other.Changed.Any(its => its.Name == change.Name))
            && Aliased.All(other.Aliased.Contains);
    }

    /// <summary>
    /// Whether calls show what was done wrong: one of them came back with something that is not right, or changed or handed
    /// out an argument, and not every number is 0. Exceptions and zeros alone fit too many mistakes to tell one from another.
    /// </summary>
    public static bool AreTelling(IReadOnlyList<Call> calls, IReadOnlyList<Call> expected, Tolerance tolerance)
    {
        var returned = calls.Zip(expected, (call, right) => (Call: call, Right: right)).Where(pair => pair.Call.Error is null && pair.Right.Error is null).ToList();
        bool misbehaves = returned.Any(pair => pair.Call.Changed.Any(change => pair.Right.Changed.All(its => its.Name != change.Name)) || pair.Call.Aliased.Except(pair.Right.Aliased).Any());
        return misbehaves
            || (returned.Any(pair => !pair.Right.Result!.Agrees(pair.Call.Result!, tolerance))
                && returned.Any(pair => pair.Call.Result!.Places().Any(place => place.Entry is not (null or 0.0))));
    }
}
