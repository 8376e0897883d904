
namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate int PairsFunction(int n, int w);

    public static FunctionExercise<PairsFunction> PairsCompared { get; } = new(
        id: "14.7",
        title: "How many pairs a window compares",
        statement: "Return how many pairs of query and key are compared for n tokens with a causal window of w tokens.",
        solution: (n, w) =>
        {
            int pairs = 0;
            for (int i = 0; i < n; i++)
                pairs += Math.Min(i + 1, w);
            return pairs;
        },
        cases: [[5, 3], [5, 1], [3, 7], [1024, 64], [6, 6], [1, 3]],
        randomCase: random => [random.Next(10, 100), random.Next(2, 9)],
        hints:
        [
            "Go through the tokens. How many does token i see, counted from 0, when there is no window? How many can it see at most with one?",
            "Token i sees i + 1 tokens, itself included, but never more than w.",
            "Add up `Math.Min(i + 1, w)`.",
        ],
        mistakes:
        [
            new("n times w", "That is n · w, near enough for long texts. The first w − 1 tokens have fewer than w tokens to look at, so it is a little less.",
                (n, w) => n * w),
            new("all pairs", "That is n²: all pairs, as if there were neither window nor mask.",
                (n, w) => n * n),
            new("causal without the window", "That is n (n + 1) / 2, the causal mask without the window.",
                (n, w) => n * (n + 1) / 2),
            new("itself not counted", "Either the token itself is not counted, and token i has i + 1 tokens to look at; or a loop over the tokens ends one early, and the last of them is missing.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i, w)))
            {
                Variants = [(n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i, w - 1))],
            },
            new("neither window nor token", "That is n (n − 1)/2: each token's past without itself, and without a window.",
                (n, w) => n * (n - 1) / 2),
            new("the past counted without the token", "These are w tokens *before* each token, and itself on top. The window has w tokens in all.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i + 1, w + 1))),
            new("a window longer than the text", "Right while w ≤ n. With w > n no token can see w tokens: put the smaller of the two in its place.",
                (n, w) => n * w - w * (w - 1) / 2),
            new("n times the smaller of n and w", "The first tokens have fewer to look at: token i has i + 1, counted from 0.",
                (n, w) => n * Math.Min(n, w)),
            new("two-sided", "This window looks ahead too. Here it is causal: a token sees itself and what comes before.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) < w)))
            {
                Variants =
                [
                    (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) <= w / 2)),
                    (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) <= (w - 1) / 2)),
                ],
            },
        ]);
}
