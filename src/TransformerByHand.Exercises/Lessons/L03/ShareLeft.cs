using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate (double post, double pre) ShareFunction(int blocks, double a);

    public static FunctionExercise<ShareFunction> ShareLeft { get; } = new(
        id: "03.3",
        title: "What is left of the start",
        statement: "Return the cosine of start and stream after a number of blocks, in post-LN and in pre-LN, where every write is orthogonal to everything before it.",
        solution: (blocks, a) =>
        {
            double post = 1, squaredLength = 1;
            for (int l = 0; l < blocks; l++)
            {
                post /= Math.Sqrt(1 + a);    // the sum is √(1 + a) long; the norm brings it, and all that is in it, back to 1
                squaredLength += a;          // nobody shrinks the stream
            }
            return (post, 1 / Math.Sqrt(squaredLength));
        },
        cases: [[1, 3.0], [2, 3.0], [0, 0.5], [3, 0.5], [8, 0.5], [24, 0.5], [7, 0.1], [48, 0.1], [24, 1.0], [5, 0.0], [6, 1e6]],
        hints:
        [
            "Begin with one block. Start and write are orthogonal, with lengths 1 and √a: how long is the sum, and what is the cosine between the sum and the start? Both placements agree there.",
            "Pre-LN: after l blocks the squared length of the stream is 1 + a·l, and the start in it is still 1 long.",
            "Post-LN: each norm divides the stream by √(1 + a), and with it the start that is in it. Then the next write is again √a long.",
            "post = (1 + a)^(−l/2), pre = (1 + a·l)^(−1/2).",
        ],
        mistakes:
        [
            new("the two exchanged", "The two numbers have changed places: in post-LN every norm shrinks what came before, so it falls faster.",
                (blocks, a) => (Share(blocks, a).pre, Share(blocks, a).post)),
            new("root forgotten", "These are the squares. A cosine is a ratio of lengths, and a is a squared length: take roots.",
                (blocks, a) => (Math.Pow(1 + a, -blocks), 1 / (1 + a * blocks))),
            new("lengths added", "Lengths were added, as in 1 + √a. Orthogonal vectors add by Pythagoras: the squared length of the first sum is 1 + a.",
                (blocks, a) => (Math.Pow(1 + Math.Sqrt(a), -blocks), 1 / (1 + Math.Sqrt(a) * blocks)))
            {
                Variants =
                [
                    (blocks, a) => (Share(blocks, a).post, 1 / (1 + Math.Sqrt(a) * blocks)), (blocks, a) => (Share(blocks, a).post, 1 / (1 + Math.Sqrt(a * blocks))),
                    (blocks, a) => (Math.Pow(1 + Math.Sqrt(a), -blocks), Share(blocks, a).pre),
                ],
            },
            new("the start counted with every block", "In pre the 1 is multiplied as well: l(1 + a). It is the start, which is in the sum once; a comes once for each block.",
                (blocks, a) => (Share(blocks, a).post, 1 / Math.Sqrt(blocks * (1 + a)))),
            new("post-LN: times in place of to the power", "In post you multiply by the number of blocks. Each block divides by √(1 + a) again: it is a power.",
                (blocks, a) => (1 / Math.Sqrt(blocks * (1 + a)), Share(blocks, a).pre)) { Variants = [(blocks, a) => (1 / (blocks * Math.Sqrt(1 + a)), Share(blocks, a).pre)] },
            new("pre-LN: to the power in place of times", "In pre a was raised to the power of the number of blocks. Nothing multiplies there: each block adds a to the squared length.",
                (blocks, a) => (Share(blocks, a).post, 1 / Math.Sqrt(1 + Math.Pow(a, blocks)))),
            new("pre-LN: divided at every block", "In pre you divide again after every block. Nothing shrinks the start there: divide once, by the length at the end.",
                (blocks, a) => (Share(blocks, a).post, Enumerable.Range(1, blocks).Aggregate(1.0, (left, l) => left / Math.Sqrt(1 + a * l)))),
            new("pre-LN for both", "Both numbers are those of pre-LN. In post-LN the stream is brought back to length 1 after every block, so each block divides what is left by √(1 + a).",
                (blocks, a) => (Share(blocks, a).pre, Share(blocks, a).pre)),
            new("post-LN for both", "Both numbers are those of post-LN. In pre-LN nothing shrinks the start: only the rest grows, by a at each block.",
                (blocks, a) => (Share(blocks, a).post, Share(blocks, a).post)),
            new("nothing is lost in pre-LN", "pre is always 1. The start is in the pre-LN stream unchanged, but the stream around it grows, so the cosine falls all the same. (And if that is in your code: `-1 / 2` is a division of whole numbers, and 0.)",
                (blocks, a) => (Share(blocks, a).post, 1)),
            new("integer division", "`blocks / 2` is a division of whole numbers: for 3 blocks it is 1. Write `blocks / 2.0`.",
                (blocks, a) => (Math.Pow(1 + a, -blocks / 2), Share(blocks, a).pre)),
            new("always 1", "post is always 1, as if nothing faded. Is there a `1 / 2` in it? That is a division of whole numbers, and 0. Write `0.5`, or take `Math.Sqrt`.",
                (_, _) => (1, 1)) { Variants = [(blocks, a) => (1, Share(blocks, a).pre)] },
            new("a taken for a length", "a was squared. It is a squared length already: a sum of two is 1 + a.",
                (blocks, a) => Share(blocks, a * a)),
            new("post-LN divided by the length that pre-LN has", "In post you divide by a stream that goes on growing. The norm has brought it back to length 1, so every block divides what is left by the same √(1 + a).",
                (blocks, a) => (Enumerable.Range(1, blocks).Aggregate(1.0, (left, l) => left / Math.Sqrt(1 + a * l)), Share(blocks, a).pre)),
            new("root forgotten in pre-LN", "pre is a square: 1 + a·l is the squared length of the stream, and a cosine divides by the length. Take the root.",
                (blocks, a) => (Share(blocks, a).post, 1 / (1 + a * blocks))),
            new("root forgotten in post-LN", "post is a square: each norm divides by √(1 + a), not by 1 + a.",
                (blocks, a) => (Math.Pow(1 + a, -blocks), Share(blocks, a).pre)),
            new("one block, whatever their number", "This is what is left after one block. Every block more takes its part.",
                (blocks, a) => Share(1, a)),
            new("one block too few", "One block too few was counted: a loop over l = 1 … blocks − 1 runs one time less than there are blocks.",
                (blocks, a) => Share(Math.Max(0, blocks - 1), a)),
            new("one block too many", "One block too many was counted: a loop over l = 0 … blocks runs one time more than there are blocks.",
                (blocks, a) => Share(blocks + 1, a)),
            new("two blocks a layer", "Each block was counted as two. `blocks` is the number of blocks, not of layers.",
                (blocks, a) => Share(2 * blocks, a)),
            new("upside down", "These are above 1, and a cosine never is. Divide what is left of the start by the length of the stream.",
                (blocks, a) => (1 / Share(blocks, a).post, 1 / Share(blocks, a).pre)),
            new("the 1 forgotten", "The start itself is missing from the sums: with a write of squared length a beside a stream of length 1, the sum has squared length 1 + a.",
                (blocks, a) => (Math.Pow(a, -blocks / 2.0), 1 / Math.Sqrt(a * blocks)))
            {
                Variants = [(blocks, a) => (Share(blocks, a).post, 1 / Math.Sqrt(a * blocks)), (blocks, a) => (Math.Pow(a, -blocks / 2.0), Share(blocks, a).pre)],
            },
        ])
    {
        Formulas = [@"1/\sqrt{1+al}", @"(1+a)^{-l/2}"],
    };
}
