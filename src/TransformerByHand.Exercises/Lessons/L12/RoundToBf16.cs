namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>The bfloat16 number nearest to x: 8 bits of exponent, 7 of fraction, as a float.</summary>
    public delegate float RoundToBf16Function(float x);

    /// <summary>12.4: rounding to bfloat16.</summary>
    public static FunctionExercise<RoundToBf16Function> RoundToBf16 { get; } = new(
        id: "12.4",
        title: "Sixteen bits of a number",
        statement: "Return the number nearest to `x` of those whose last 16 bits are 0. Of two that are as near, take the one whose last kept bit is 0.",
        solution: x =>
        {
            if (float.IsNaN(x)) return x;
            uint bits = BitConverter.SingleToUInt32Bits(x);
            uint kept = bits & 0xFFFF0000, rest = bits & 0x0000FFFF;
            bool odd = (kept & 0x00010000) != 0;
            if (rest > 0x8000 || (rest == 0x8000 && odd)) kept += 0x00010000;      // may carry into the exponent, and should
            return BitConverter.UInt32BitsToSingle(kept);
        },
        cases:
        [
            [3.14159274f], [1.00390625f], [1.01171875f], [-2.7f], [0f], [257f], [259f], [0.1f], [1.9999999f], [-123456.789f], [1e-30f], [float.PositiveInfinity],
            [1.00390637f],      // the first float above the middle
        ],
        randomCase: random => [(float)(random.NormalVector(1)[0] * Math.Pow(10, random.Next(-6, 7)))],
        derived: DerivedCases.None,
        hints:
        [
            "`BitConverter.SingleToUInt32Bits(x)` gives the bits. `bits & 0xFFFF0000` keeps the upper sixteen, `bits & 0xFFFF` the rest.",
            "The rest runs from 0 to 0xFFFF, and the half stands at 0x8000. Above it go up: add 0x00010000 to what is kept. Below it do nothing.",
            "Exactly at the half look at the last bit that is kept, `kept & 0x00010000`: if it is 1, go up. `BitConverter.UInt32BitsToSingle` leads back.",
        ],
        mistakes:
        [
            new("cut off", "The lower half was cut off. That always rounds towards 0, and over many sums the error adds up in one direction.",
                x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xFFFF0000)),
            new("halves always away from 0", "Numbers in the middle between two always go away from 0. They go to the even one, so that as many go up as down.",
                x => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x8000) & 0xFFFF0000)) { Variants = [x => float.IsInfinity(x) ? x : BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x8000) & 0xFFFF0000)] },
            new("halves always towards 0", "Numbers in the middle between two always go towards 0. They go to the even one: look at the last kept bit.",
                x => Rounded(x, (rest, _) => rest > 0x8000)),
            new("halves to the odd one", "Numbers in the middle between two go to the odd one. Go up where the last kept bit is 1: then it becomes 0.",
                x => Rounded(x, (rest, odd) => rest > 0x8000 || (rest == 0x8000 && !odd))),
            new("always away from 0", "Whatever is left over sends the number away from 0. Only more than half does.",
                x => Rounded(x, (rest, _) => rest > 0)),
            new("IEEE's half precision", "This is `Half`, the other format of sixteen bits: 5 bits of exponent and 10 of fraction. It is finer, and ends at 65504 and at 6e-8.",
                x => (float)(Half)x),
            new("not rounded", "The number came back as it was.", x => x),
            new("two decimals", "This rounds to decimal places. A float has binary places, and as many for small numbers as for large ones.",
                x => MathF.Round(x, 2)) { Variants = [x => MathF.Round(x, 3), x => MathF.Round(x, 1), x => MathF.Round(x)] },
            new("one grid for all", "This rounds to steps of one size. The step grows with the number: 1/128 near 1, 2 near 256.",
                x => (float)(Math.Round(x * 128.0) / 128)) { Variants = [x => MathF.Round(x * 128) / 128, x => MathF.Round(x * 256) / 256] },
            new("in the wrong place", "The bits that were kept stand in the lower half, so that the result is next to 0. Keep the upper half, where it stands.",
                x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(Keep(x, 16)) >> 16))
            { Variants = [x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xFFFF), x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) >> 16)] },
            new("eight bits of fraction", "One bit too many is kept: 1 for the sign, 8 for the exponent and 7 for the fraction make sixteen.",
                x => Keep(x, 15)),
            new("six bits of fraction", "One bit too few is kept: 1 for the sign, 8 for the exponent and 7 for the fraction make sixteen.",
                x => Keep(x, 17)),
        ]);

    private static float Rounded(float x, Func<uint, bool, bool> up)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x), kept = bits & 0xFFFF0000;
        return BitConverter.UInt32BitsToSingle(up(bits & 0xFFFF, (kept & 0x10000) != 0) ? kept + 0x10000 : kept);
    }

    /// <summary>Rounds to nearest, ties to even, leaving out the last bits.</summary>
    private static float Keep(float x, int without)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x), unit = 1u << without, rest = bits & (unit - 1), kept = bits - rest;
        return BitConverter.UInt32BitsToSingle(rest > unit / 2 || (rest == unit / 2 && (kept & unit) != 0) ? kept + unit : kept);
    }
}
