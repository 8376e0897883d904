namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>The gradients of all weights, one array for each matrix or vector of the model, with their common length held to a limit.</summary>
    public delegate double[][] ClipFunction(double[][] gradients, double limit);

    /// <summary>11.5: clipping by the global norm.</summary>
    public static FunctionExercise<ClipFunction> Clip { get; } = new(
        id: "11.5",
        title: "Clip the whole gradient",
        statement: "All arrays together are one long gradient. Where its length is above `limit`, return all numbers times the one factor that makes it `limit`; else return them as they are.",
        solution: (gradients, limit) =>
        {
            double squares = 0;
            foreach (double[] g in gradients)
                foreach (double x in g)
                    squares += x * x;
            double norm = Math.Sqrt(squares), factor = norm > limit ? limit / norm : 1;
            var clipped = new double[gradients.Length][];
            for (int k = 0; k < gradients.Length; k++)
                clipped[k] = Array.ConvertAll(gradients[k], (double x) => factor * x);
            return clipped;
        },
        cases:
        [
            [new[] { new[] { 3.0, 0 }, [0, 0, 4] }, 1.0],
            [new[] { new[] { 3.0, 0 }, [0, 0, 4] }, 7.5],
            [new[] { new[] { 0.3 } }, 0.1],
            [new[] { new double[3], [0] }, 2.0],
            [new[] { new[] { 2000.0, -1000 }, [0.5], [300, 300, 1] }, 5.0],
            [new[] { new[] { 0.6, 0.6 }, [-0.6], [0.6, 0.6, 0.6] }, 1.0],
            [new[] { new[] { -5.0, -5, 2 }, [-1] }, 3.0],
        ],
        randomCase: random =>
        [
            Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.NormalVector(random.Next(1, 5)).ToArray()).ToArray(), 0.3 + 3 * random.NextDouble(),
        ],
        hints:
        [
            "First one number: the root of the sum of all squares, over all arrays.",
            "Then one factor for all: limit / norm where the norm is above the limit, else 1.",
        ],
        mistakes:
        [
            new("each array by itself", "Each array was clipped by itself. That changes the direction of the whole gradient: one length and one factor for all of them.",
                (gradients, limit) => [.. gradients.Select(g => Scaled(g, Length(g) is var norm && norm > limit ? limit / norm : 1))]),
            new("each number by itself", "Every number was held between −limit and limit. That bends the gradient: scale all numbers by one factor, so that its direction stays.",
                (gradients, limit) => [.. gradients.Select(g => g.Select(x => Math.Clamp(x, -limit, limit)).ToArray())]),
            new("always scaled", "The gradient was scaled up where it was shorter than the limit. Shorter ones stay as they are.",
                (gradients, limit) => [.. gradients.Select(g => Scaled(g, limit / Length([.. gradients.SelectMany(x => x)])))])
            { Variants = [(gradients, limit) => [.. gradients.Select(g => Scaled(g, limit / Math.Max(1e-6, Length([.. gradients.SelectMany(x => x)]))))]] },
            new("no root", "The sum of the squares was taken for the length. The length is its root.",
                (gradients, limit) => Shortened(gradients, gradients.Sum(g => g.Sum(x => x * x)), limit)),
            new("the lengths added up", "The arrays' lengths were added up. Add up the squares of all numbers, and take one root.",
                (gradients, limit) => Shortened(gradients, gradients.Sum(Length), limit)),
            new("the sum of the sizes", "The sizes |x| were added up. The length is the root of the sum of the squares.",
                (gradients, limit) => Shortened(gradients, gradients.Sum(g => g.Sum(Math.Abs)), limit)),
            new("the largest number", "The largest number was taken for the length. The length is the root of the sum of the squares.",
                (gradients, limit) => Shortened(gradients, gradients.Max(g => g.Max(Math.Abs)), limit)),
            new("the mean of the squares", "The squares were averaged before the root. The length is the root of their sum: it grows with every number that is not 0.",
                (gradients, limit) => Shortened(gradients, Math.Sqrt(gradients.SelectMany(g => g).Average(x => x * x)), limit)),
            new("a length of 1", "A gradient that is too long was given the length 1. It should get the length `limit`.",
                (gradients, limit) => Whole(gradients) is var norm && norm > limit ? Scaled(gradients, 1 / norm) : Scaled(gradients, 1)),
            new("upside down", "The factor is norm / limit, which makes a long gradient longer still. It is limit / norm.",
                (gradients, limit) => Whole(gradients) is var norm && norm > limit ? Scaled(gradients, norm / limit) : Scaled(gradients, 1)),
            new("a little shorter", "A small number was added to the length. Some libraries guard so against dividing by 0; here a length above `limit` is never 0, and the result is a little short of `limit`.",
                (gradients, limit) => Whole(gradients) is var norm && norm > limit ? Scaled(gradients, limit / (norm + 1e-6)) : Scaled(gradients, 1))
            { Variants = [(gradients, limit) => Scaled(gradients, Math.Min(1, limit / (Whole(gradients) + 1e-6)))] },
            new("thrown away", "A gradient that is too long was set to 0. It is shortened, and keeps its direction.",
                (gradients, limit) => Scaled(gradients, Whole(gradients) > limit ? 0 : 1)),
            new("the shorter ones clipped", "Gradients that are shorter than the limit were scaled, and longer ones left. It is the other way round.",
                (gradients, limit) => Whole(gradients) is var norm && norm < limit && norm > 0 ? Scaled(gradients, limit / norm) : Scaled(gradients, 1)),
            new("only the first array", "Only the first array was scaled. The factor is for all of them.",
                (gradients, limit) => Whole(gradients) is var norm && norm > limit ? [Scaled(gradients[0], limit / norm), .. Scaled(gradients[1..], 1)] : Scaled(gradients, 1)),
            new("not clipped", "The gradients came back as they were. Where they are together longer than the limit, scale them.",
                (gradients, limit) => Scaled(gradients, 1)),
        ])
    {
        Formulas = [@"\min\Bigl(1, \frac{c}{\lVert g \rVert}\Bigr)"],
    };

    private static double Length(double[] g) => Math.Sqrt(g.Sum(x => x * x));

    private static double Whole(double[][] gradients) => Length([.. gradients.SelectMany(g => g)]);

    private static double[][] Shortened(double[][] gradients, double norm, double limit) => Scaled(gradients, norm > limit ? limit / norm : 1);

    // A copy also where nothing is scaled: a mistake that handed back its argument would be recognised only in answers that do so too.
    private static double[][] Scaled(double[][] gradients, double factor) => [.. gradients.Select(g => Scaled(g, factor))];

    private static double[] Scaled(double[] g, double factor) => [.. g.Select(x => factor * x)];
}
