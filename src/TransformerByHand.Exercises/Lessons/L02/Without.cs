using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    public delegate double[] WithoutFunction(double[] g, double[] v);

    public static FunctionExercise<WithoutFunction> Without { get; } = new(
        id: "02.4",
        title: "Take a direction out",
        statement: "Return what is left of g when its part along v is taken away: the vector nearest to g whose dot product with v is 0.",
        solution: (g, v) =>
        {
            double share = g.Zip(v, (a, b) => a * b).Sum() / v.Sum(b => b * b);
            return [.. g.Zip(v, (a, b) => a - share * b)];
        },
        cases:
        [
            [Numbers(3, 1), Numbers(0, 2)],
            [Numbers(1, 2, 0, -1, 3), Numbers(1, 1, 1, 1, 1)],
            [Numbers(1, 2, 0, -1, 3), Numbers(1, -1, 0, -2, 2)],
            [Numbers(2, -1, 2), Numbers(1, 0, -1)],
            [Numbers(5), Numbers(-3)],
            [Numbers(1000, 3000, -2000), Numbers(400, 0, 100)],
        ],
        randomCase: random =>
        {
            int n = random.Next(2, 7);
            return [random.NormalVector(n).ToArray(), random.NormalVector(n, 2).ToArray()];
        },
        hints:
        [
            "The part of g along v is a multiple of v, say c · v. Which c makes (g − c v) · v equal to 0?",
            "Multiply it out: g · v − c (v · v) = 0.",
            "c is g · v divided by v · v: one number, two sums. Then subtract c · v from g.",
        ],
        mistakes:
        [
            new("not divided by v · v", "g · v was taken as the share. That is right for a v of length 1 only: divide by v · v.",
                (g, v) => [.. g.Select((a, i) => a - Dot(g, v) * v[i])]),
            new("divided by the length", "g · v is divided by the length of v once. v comes in twice, in the share and in the multiple that is taken away, so its length goes out squared: v · v.",
                (g, v) => [.. g.Select((a, i) => a - Dot(g, v) / Math.Sqrt(Dot(v, v)) * v[i])]),
            new("divided by g · g", "The share is divided by g · g. It is how many times v fits into g, so v · v divides.",
                (g, v) => [.. g.Select((a, i) => a - Dot(g, v) / Dot(g, g) * v[i])]),
            new("the part itself", "This is the part along v. Asked for is what is left without it: g less this.",
                (g, v) => [.. v.Select(b => Dot(g, v) / Dot(v, v) * b)]),
            new("added", "The part along v was added, and there is twice as much of it now. Take it away.",
                (g, v) => [.. g.Select((a, i) => a + Dot(g, v) / Dot(v, v) * v[i])]),
            new("v subtracted", "All of v was taken away, however much of it there is in g.",
                (g, v) => [.. g.Select((a, i) => a - v[i])]),
            new("divided by N", "The share is the mean of the products. That is right where v · v is N, as it is for (1, 1, …, 1); for any v, divide by v · v.",
                (g, v) => [.. g.Select((a, i) => a - Dot(g, v) / v.Length * v[i])]),
            new("number by number", "Each number was treated by itself, and g_i less its part along v_i is 0. The share is one number for the whole vector: sums above and below.",
                (g, v) => [.. g.Select((a, i) => a - (v[i] == 0 ? 0 : a * v[i] / (v[i] * v[i])) * v[i])]),
            new("divided by both lengths", "The share is g · v divided by the lengths of g and of v: that is the cosine of the angle between them. How often v fits is g · v divided by v · v.",
                (g, v) => [.. g.Select((a, i) => a - Dot(g, v) / Math.Sqrt(Dot(g, g) * Dot(v, v)) * v[i])]),
            new("the share taken from every number", "The share itself was taken from each number. What is taken away is the share times v, a vector.",
                (g, v) => [.. g.Select(a => a - Dot(g, v) / Dot(v, v))]),
            new("the wrong way round", "g was taken from its part along v: the direction is right, and the sign is turned.",
                (g, v) => [.. g.Select((a, i) => Dot(g, v) / Dot(v, v) * v[i] - a)]),
            new("the mean taken away", "This takes the mean of g away: its part along (1, 1, …, 1). Here the direction is v.",
                (g, v) => [.. g.Select(a => a - g.Average())]),
        ]);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
