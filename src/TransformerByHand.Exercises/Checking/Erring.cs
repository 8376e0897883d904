namespace TransformerByHand.Exercises;

/// <summary>Wrong implementations that are made of a right one: the errors that every test of numbers should notice.</summary>
internal static class Erring
{
    // Larger than any tolerance that leaves room for rounding and for a slope that was measured, smaller than a hundredth.
    private const double Small = 0.002;

    private const double Large = 1000;

    // From far off to slightly off, in every number, some too large and some too small, and each a little less than that.
    private static readonly double[] Ladder = [Large, 1, 0.1, 0.01];

    /// <summary>The wrong implementations with a small error.</summary>
    public static IEnumerable<Implementation<T>> Implementations<T>(T correct, Signature signature, SmallErrors errors)
        where T : Delegate
    {
        if (errors.HasFlag(SmallErrors.Numbers))
        {
            yield return new("is a little too large", "every number is 0.002 too large. Whoever subtracts without `Math.Abs`, or leaves too much room, does not see it.",
                With(correct, signature, (_, _, number) => number + Small));
            yield return new("is a little too small", "every number is 0.002 too small. Whoever subtracts without `Math.Abs`, or leaves too much room, does not see it.",
                With(correct, signature, (_, _, number) => number - Small));
            yield return new("errs by one per cent", "every number is 1 % too far from 0. Whoever leaves too much room does not see it.",
                With(correct, signature, (_, _, number) => number * 1.01));
            yield return new("errs in the first number", "the first number is 0.002 too large, and all others are right.",
                With(correct, signature, (place, _, number) => place == 0 ? number + Small : number));
            yield return new("errs in one number inside", "one number inside is 0.002 too large (of a matrix the one in the second row and column, of an array the second), and all others are right.",
                Inside(correct, signature, Small));
            yield return new("errs in two numbers that make up for it", "the first number is 0.002 too large and the last 0.002 too small, so that their sum is right. Whoever compares sums does not see it.",
                With(correct, signature, (place, count, number) => count < 2 ? number + Small : place == 0 ? number + Small : place == count - 1 ? number - Small : number));
            yield return new("errs in the last number", "the last number is 0.002 too large, and all others are right. Whoever looks at the first numbers only does not see it.",
                With(correct, signature, (place, count, number) => place == count - 1 ? number + Small : number));
        }
        if (errors.HasFlag(SmallErrors.Sizes))
        {
            yield return new("takes one size for another", "it is right only where all sizes of the input are the same, rows and columns of every matrix.",
                (T)signature.Make(arguments =>
                {
                    bool differ = arguments.Select(argument => Grid.Of(argument)).OfType<Grid>()
                        .SelectMany(grid => grid.Rows == 1 ? new[] { grid.Columns } : [grid.Rows, grid.Columns]).Distinct().Count() > 1;
                    object? result = signature.Invoke(correct, arguments);
                    return differ ? Altered.Of(result, (_, number) => number + Small) : result;
                }));
        }
    }

    /// <summary>Implementations with errors that nobody should overlook; <see cref="Seen"/> reads what a test thinks of them.</summary>
    public static IReadOnlyList<T> Probes<T>(T correct, Signature signature)
        where T : Delegate =>
    [
        .. Ladder.Select(size => With(correct, signature, (place, _, number) => number + (place % 2 == 0 ? 0.99 : -0.99) * size * (1 - place % 3 / 10.0))),
        With(correct, signature, (_, _, number) => number + Large),
        With(correct, signature, (_, _, number) => number - Large),
        With(correct, signature, (place, _, number) => place == 0 ? number + Large : number),
        Inside(correct, signature, Large),
        With(correct, signature, (place, count, number) => place == count - 1 ? number + Large : number),
        InPart(correct, signature, isFirst: true),
        InPart(correct, signature, isFirst: false),
    ];

    /// <summary>Says what a test does not look at, or how loosely; null where it notices every probe.</summary>
    /// <param name="accepted">What it said to each of <see cref="Probes"/>.</param>
    public static string? Seen(IReadOnlyList<bool> accepted)
    {
        if (accepted.Count < Ladder.Length + 7) return null;
        if (accepted[0] && accepted[4] && accepted[5]) return "Your test accepts an implementation whose every number is off by 1000 or so: it does not compare the numbers.";
        if (accepted[4] && !accepted[5]) return "Your test does not notice numbers that are too large: a difference of −1000 is smaller than any tolerance, so compare its `Math.Abs`.";
        if (accepted[5] && !accepted[4]) return "Your test does not notice numbers that are too small: a difference of −1000 is smaller than any tolerance, so compare its `Math.Abs`.";
        if (accepted[0]) return "Your test accepts numbers that are far off if some are too large and others too small: are only sums compared? Compare number by number.";
        string[] unseen =
        [
            .. accepted[6] ? ["the first number"] : Array.Empty<string>(),
            .. accepted[7] ? ["the second number, of a matrix the one in the second row and column,"] : Array.Empty<string>(),
            .. accepted[8] ? ["the last number"] : Array.Empty<string>(),
        ];
        if (unseen.Length > 0) return $"Your test accepts an implementation that is off by 1000 in {Findings.Listed(unseen)} alone: not every number is looked at.";
        if (accepted[9]) return "Your test accepts an implementation of which the whole first part is off by 1000: it looks at the others only.";
        if (accepted[10]) return "Your test accepts an implementation of which the whole last part is off by 1000: it looks at the others only.";
        int loosest = Enumerable.Range(1, Ladder.Length - 1).FirstOrDefault(k => accepted[k], -1);
        return loosest < 0 ? null : $"Your test accepts numbers that are all off by nearly {ValueText.Number(Ladder[loosest])}: the room that it leaves for rounding is too wide. Rounding needs 1e-9, a slope that is measured 1e-6.";
    }

    private static T With<T>(T correct, Signature signature, Func<int, int, double, double> change)
        where T : Delegate =>
        (T)signature.Make(arguments =>
        {
            object? result = signature.Invoke(correct, arguments);
            int count = Altered.Count(result);
            return Altered.Of(result, (place, number) => change(place, count, number));
        });

    // Inside each part, in its second row and column: who looks at every second number, row or column does not see it.
    private static T Inside<T>(T correct, Signature signature, double error)
        where T : Delegate =>
        (T)signature.Make(arguments =>
        {
            object? result = signature.Invoke(correct, arguments);
            HashSet<int> places = [.. Altered.Insides(result)];
            return Altered.Of(result, (place, number) => places.Contains(place) ? number + error : number);
        });

    private static T InPart<T>(T correct, Signature signature, bool isFirst)
        where T : Delegate =>
        (T)signature.Make(arguments =>
        {
            object? result = signature.Invoke(correct, arguments);
            IReadOnlyList<int> starts = Altered.Starts(result);
            (int from, int to) = isFirst ? (starts[0], starts[1]) : (starts[^2], starts[^1]);
            return Altered.Of(result, (place, number) => place >= from && place < to ? number + Large : number);
        });
}
