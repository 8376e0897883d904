using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>What a feed-forward block with weights of yours answers.</summary>
    public delegate double[] XorByHandFunction(Func<double[,], double[], double[,], double[], double[]> block);

    /// <summary>09.3: XOR with two doors.</summary>
    public static FunctionExercise<XorByHandFunction> XorByHand { get; } = new(
        id: "09.3",
        title: "XOR by hand",
        statement: "Choose W_1 (2 × d_ff), b_1 (d_ff), W_2 (d_ff × 1) and b_2 (1) so that a feed-forward block answers 1 where a token's two numbers differ and −1 where they are the same. Return what `block` makes of them.",
        solution: block =>
        {
            double[,] W_1 = { { 1, -1 }, { 1, -1 } };    // (2 × 2)   two doors: a + b, and −(a + b)
            double[] b_1 = [0, 0];
            double[,] W_2 = { { -1 }, { -1 } };          // (2 × 1)   together −|a + b|: −2 where they are the same, 0 where they differ
            double[] b_2 = [1];
            return block(W_1, b_1, W_2, b_2);
        },
        cases:
        [
            [BlockOn((1, 1), (1, -1), (-1, 1), (-1, -1))],
            [BlockOn((-1, -1), (1, 1))],
            [BlockOn((-1, 1))],
            [BlockOn((1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))],
        ],
        tolerance: new Tolerance(0, 0.01),
        hints:
        [
            "Look at the sum a + b of the four tokens: 2, 0, 0, −2. What function of the sum is wanted?",
            "1 at 0, and −1 at both 2 and −2. A door that opens for a positive sum, and one that opens for a negative sum.",
            "ReLU(a + b) + ReLU(−a − b) is |a + b|: 2, 0, 0, 2. From there W_2 and b_2 have to make −1, 1, 1, −1.",
        ],
        mistakes:
        [
            new("the other way around", "The answers have the wrong sign: 1 is for two numbers that differ.",
                block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [-1])),
            new("0 for −1", "These are 0 and 1. XOR is said with −1 and 1 here.",
                block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { -0.5 }, { -0.5 } }, [1])),
            new("no b_2", "The bend is there, but not the right height: b_2 lifts all answers alike.",
                block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { -1 } }, [0]))
                { Variants = [block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [0]), block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { -2 }, { -2 } }, [0])] },
            new("one door", "Only one door ever opens, so both sides of the bend cannot go down: (1, 1) and (−1, −1) get different answers. It takes a second door, for the other sign.",
                block => block(new double[,] { { 1 }, { 1 } }, [0], new double[,] { { -1 } }, [1]))
                {
                    Variants =
                    [
                        block => block(new double[,] { { -1 }, { -1 } }, [0], new double[,] { { -1 } }, [1]), block => block(new double[,] { { 1 }, { 1 } }, [0], new double[,] { { 1 } }, [0]),
                        block => block(new double[,] { { 1, 1 }, { 1, 1 } }, [0, 0], new double[,] { { -1 }, { -1 } }, [1]), block => block(new double[,] { { 1 }, { 1 } }, [0], new double[,] { { 1 } }, [-1]),
                    ],
                },
            new("rows for doors", "Your two doors are one and the same: both open for a − b. If you meant a + b and −a − b: a door is a *column* of W_1, and its rows are for a and for b.",
                block => block(new double[,] { { 1, 1 }, { -1, -1 } }, [0, 0], new double[,] { { -1 }, { -1 } }, [1]))
                { Variants = [block => block(new double[,] { { 1, 1 }, { -1, -1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [-1])] },
            new("a + b and a − b", "One door opens for (1, 1), the other for (1, −1). For (−1, 1) and (−1, −1) both are shut, so these two get the same answer.",
                block => block(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { 1 } }, [0]))
                {
                    Variants =
                    [
                        block => block(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], new double[,] { { -0.5 }, { 0.5 } }, [0]), block => block(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { -1 } }, [1]),
                        block => block(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { 1 } }, [1]), block => block(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [0]),
                    ],
                },
            new("0 for all", "All four get 0: what W_2 makes of the doors, with b_2, comes to nothing. (The well-known weights for numbers 0 and 1 do that here, where the numbers are 1 and −1.)",
                block => block(new double[,] { { 1, 1 }, { 1, 1 } }, [0, -1], new double[,] { { 1 }, { -2 } }, [0])) { HoldsWithoutNumbers = true },
            new("the doors cancel", "The second door is subtracted from the first: ReLU(a + b) − ReLU(−a − b) is a + b again, a straight line, as if there were no doors.",
                block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { 1 } }, [1]))
                { Variants = [block => block(new double[,] { { 1, -1 }, { 1, -1 } }, [0, 0], new double[,] { { 1 }, { -1 } }, [0])] },
            new("a door for each number", "Each door looks at one of the two numbers only. Then the answer is a sum of something made of a and something made of b, and no such sum is XOR.",
                block => block(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], new double[,] { { -1 }, { -1 } }, [1]))
                {
                    Variants =
                    [
                        block => block(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], new double[,] { { 1 }, { -1 } }, [0]), block => block(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [0]),
                        block => block(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], new double[,] { { 2 }, { 2 } }, [-1]), block => block(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], new double[,] { { 1 }, { 1 } }, [-1]),
                    ],
                },
            new("right where a is 1", "Right for two of the four: with a = 1 the answer depends on b as it should, and with a = −1 it is the same as with a = 1.",
                block => block(new double[,] { { 0, 0 }, { 1, -1 } }, [0, 0], new double[,] { { -1 }, { 1 } }, [0])),
            new("one answer for all", "All four get the same answer.",
                block => block(new double[2, 2], [0, 0], new double[2, 1], [1])) { Variants = [block => block(new double[2, 2], [0, 0], new double[2, 1], [-1])] },
        ]);

    /// <summary>A feed-forward block for the weights that it is given, on tokens of two numbers each, with one number out.</summary>
    private static Func<double[,], double[], double[,], double[], double[]> BlockOn(params (double A, double B)[] tokens) => (W_1, b_1, W_2, b_2) =>
    {
        int doors = W_1.GetLength(1);
        if (W_1.GetLength(0) != 2) throw new ArgumentException($"W_1 has {W_1.GetLength(0)} rows; it should have 2, one for each number of a token.", nameof(W_1));
        if (b_1.Length != doors) throw new ArgumentException($"b_1 has {b_1.Length} numbers; it should have {doors}, one for each column of W_1.", nameof(b_1));
        if (W_2.GetLength(0) != doors || W_2.GetLength(1) != 1) throw new ArgumentException($"W_2 is {W_2.GetLength(0)} × {W_2.GetLength(1)}; it should be {doors} × 1.", nameof(W_2));
        if (b_2.Length != 1) throw new ArgumentException($"b_2 has {b_2.Length} numbers; it should have 1.", nameof(b_2));
        return [.. tokens.Select(x => b_2[0] + Enumerable.Range(0, doors).Sum(k => Math.Max(0, x.A * W_1[0, k] + x.B * W_1[1, k] + b_1[k]) * W_2[k, 0]))];
    };
}
