namespace TransformerByHand.Exercises;

public static partial class Lesson00
{
    /// <summary>The position of the largest of some scores, from 0.</summary>
    public delegate int LikeliestFunction(double[] scores);

    /// <summary>00.3: the likeliest word.</summary>
    public static FunctionExercise<LikeliestFunction> Likeliest { get; } = new(
        id: "00.3",
        title: "The likeliest word",
        statement: "Return the position of the largest number in `scores`, counted from 0; of several that are equal, the first.",
        solution: scores =>
        {
            int best = 0;
            for (int i = 1; i < scores.Length; i++)
            {
                if (scores[i] > scores[best]) best = i;
            }
            return best;
        },
        cases:
        [
            [new[] { -2.0, 3, 1 }],
            [new[] { 1.0, 5, 5, 2 }],
            [new[] { -3.0, -1, -2 }],
            [new[] { 7.0 }],
            [new[] { 9.0, -1e6, 8, 0 }],
            [new[] { 0.5, 0.25, 1e6, 0.75, 2e6 }],
            [new[] { 0.0, 0, 0 }],
        ],
        randomCase: random => [random.NormalVector(random.Next(2, 9)).ToArray()],
        hints:
        [
            "Keep the position of the best so far, beginning with 0, and go through the others.",
            "Position i takes over if `scores[i]` is greater than `scores[best]`. With `>` the first of equals stays.",
            "`if (scores[i] > scores[best]) best = i;` inside a loop from 1, and `return best;` after it.",
        ],
        mistakes:
        [
            new("the largest itself", "This is the largest score, not where it stands. The position says which word it is.",
                scores => (int)scores.Max()),
            new("the last of equals", "Of equal scores this takes the last. With `>` in place of `>=` the first one stays.",
                scores => Array.LastIndexOf(scores, scores.Max())),
            new("counted from 1", "The positions are counted from 1. In C#, and in this course, the first is 0.",
                scores => Array.IndexOf(scores, scores.Max()) + 1),
            new("the smallest", "This is the position of the smallest score.",
                scores => Array.IndexOf(scores, scores.Min())),
            new("largest without its sign", "Scores were compared without their signs. −1000 is a very unlikely word, not a likely one.",
                scores => Array.IndexOf(scores, scores.MaxBy(Math.Abs))),
            new("begins with 0 as the best", "The best so far began as the number 0, so scores that are all negative never take over. Begin with the first score.",
                scores =>
                {
                    double best = 0;
                    int at = 0;
                    for (int i = 0; i < scores.Length; i++)
                        if (scores[i] > best) (best, at) = (scores[i], i);
                    return at;
                })
            {
                Variants = [scores => scores.Max() > 0 ? Array.IndexOf(scores, scores.Max()) : -1],
            },
            new("compares a score with a position", "A score was compared with the position of the best one, `scores[i] > best`. Compare it with the best score, `scores[best]`.",
                scores => Enumerable.Range(0, scores.Length).Aggregate(0, (best, i) => scores[i] > best ? i : best))
            {
                Variants = [scores => Enumerable.Range(0, scores.Length).Aggregate(0, (best, i) => scores[i] >= best ? i : best)],
            },
            new("compares with the first score", "Every score was compared with the first one. Compare it with the best so far, and go through all of them.",
                scores => Math.Max(0, Array.FindLastIndex(scores, score => score > scores[0])))
            {
                Variants = [scores => Array.FindLastIndex(scores, score => score >= scores[0]), scores => Math.Max(0, Array.FindIndex(scores, score => score > scores[0]))],
            },
            new("compares with the score before", "Every score was compared with the one before it. Compare it with the best so far.",
                scores => Enumerable.Range(0, scores.Length).Last(i => i == 0 || scores[i] > scores[i - 1]))
            {
                Variants = [scores => Enumerable.Range(0, scores.Length).Last(i => i == 0 || scores[i] >= scores[i - 1])],
            },
            new("leaves out the first", "The first score is never looked at: it stands at position 0.",
                scores => scores.Length == 1 ? 0 : Array.IndexOf(scores, scores[1..].Max(), 1)),
            new("leaves out the last", "The last score is never looked at. The loop runs while `i < scores.Length`.",
                scores => scores.Length == 1 ? 0 : Array.IndexOf(scores, scores[..^1].Max())),
            new("the first that is larger than its neighbour", "The search stops at the first score that is larger than the next one. A larger one may come later: go through all.",
                scores => Enumerable.Range(0, scores.Length).First(i => i == scores.Length - 1 || scores[i] > scores[i + 1])),
        ]);
}
