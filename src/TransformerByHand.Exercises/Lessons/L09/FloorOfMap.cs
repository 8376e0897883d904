namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>The lowest mean squared error of a function of the token alone.</summary>
    public delegate double FloorOfMapFunction(int[] tokens, double[] targets);

    /// <summary>09.2: what no map can do better.</summary>
    public static FunctionExercise<FloorOfMapFunction> FloorOfMap { get; } = new(
        id: "09.2",
        title: "The floor of a map",
        statement: "`tokens[i]` should answer `targets[i]`. Return the lowest mean squared error that a map can reach: one that has to give the same answer wherever the token is the same.",
        solution: (tokens, targets) =>
        {
            double sum = 0;
            foreach (int token in tokens.Distinct())
            {
                double[] wanted = [.. targets.Where((_, i) => tokens[i] == token)];
                double answer = wanted.Average();               // the best single answer for all of them
                sum += wanted.Sum(t => Math.Pow(t - answer, 2));
            }
            return sum / targets.Length;
        },
        cases:
        [
            [new[] { 0, 0, 1, 1, 1 }, new double[] { 1, 3, 4, 4, 7 }],
            [new[] { 2, 0, 2, 0, 2, 1 }, new double[] { -1, 5, 0, 5, 4, 9 }],
            [new[] { 0, 1, 2, 3 }, new double[] { 4, -2, 0, 8 }],
            [new[] { 3, 3, 3, 3 }, new double[] { 1, 2, 3, 6 }],
            [new[] { 5 }, new double[] { 7 }],
            [new[] { 0, 0, 1 }, new double[] { 1000001, 1000002.3, 5 }],
            [new[] { 1, 0, 1, 0, 1, 0, 0 }, new double[] { 2000, -1000, 3000, 4000, 1000, 0, 500 }],
        ],
        randomCase: random =>
        {
            int n = random.Next(2, 12);
            return [Enumerable.Range(0, n).Select(_ => random.Next(3)).ToArray(), random.NormalVector(n, 3).ToArray()];
        },
        hints:
        [
            "Take all places where the same token stands. A map gives one and the same answer at all of them. Which answer has the lowest squared error there?",
            "It is the mean of what is wanted there.",
            "Add the squared errors from that mean up, over all tokens, and divide by the number of places at the end.",
        ],
        mistakes:
        [
            new("one answer for all", "This is the floor of a function that does not even see its token, and gives one answer everywhere. A map may answer each token differently.",
                (tokens, targets) => targets.Average(t => (t - targets.Average()) * (t - targets.Average()))),
            new("every token counts once", "This is the mean over the different tokens, each counted once. A token that stands in many places counts as often.",
                (tokens, targets) => Groups(tokens, targets).Average(group => group.Average(t => (t - group.Average()) * (t - group.Average())))),
            new("the tokens' errors added up", "The mean squared error of each token was taken by itself, and these were added up. It is a mean over all places: a token counts as often as it stands there.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Average(t => (t - group.Average()) * (t - group.Average())))),
            new("the median", "Each token answers the median of what is wanted from it. That makes the absolute errors lowest. The squared ones are lowest at another middle.",
                (tokens, targets) => ErrorOf(tokens, targets, group => group.Order().ElementAt(group.Length / 2)))
                {
                    Variants =
                    [
                        (tokens, targets) => ErrorOf(tokens, targets, group => group.Order().ElementAt((group.Length - 1) / 2)),
                        (tokens, targets) => ErrorOf(tokens, targets, group => (group.Order().ElementAt(group.Length / 2) + group.Order().ElementAt((group.Length - 1) / 2)) / 2),
                    ],
                },
            new("between the extremes", "Each token answers half way between the least and the most that is wanted from it. How often each is wanted counts too.",
                (tokens, targets) => ErrorOf(tokens, targets, group => (group.Min() + group.Max()) / 2)),
            new("not divided", "The squared errors were added up. The mean squared error divides by the number of places.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Sum(t => (t - group.Average()) * (t - group.Average())))),
            new("divided by N − 1", "In each group the sum of squares was divided by one less than its size. Asked for is the error itself, not an estimate of a spread.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Length * Sample(group)) / targets.Length)
                { Variants = [(tokens, targets) => Groups(tokens, targets).Sum(Sample) / Groups(tokens, targets).Length] },
            new("divided by the number of tokens", "The sum was divided by how many different tokens there are. It is a mean over the places.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Sum(t => (t - group.Average()) * (t - group.Average()))) / Groups(tokens, targets).Length),
            new("the root", "This is the root of the mean squared error.",
                (tokens, targets) => Math.Sqrt(Groups(tokens, targets).Sum(group => group.Sum(t => (t - group.Average()) * (t - group.Average()))) / targets.Length)),
            new("no squares", "This is 0 on every input, as are the distances without their squares: what lies above the mean balances what lies below. Is each distance squared, and is the sum ever filled in?",
                (tokens, targets) => 0) { HoldsWithoutNumbers = true },
            new("answers 0", "This is the error of a map that answers 0 everywhere. The best answer for a token is the mean of what is wanted from it.",
                (tokens, targets) => targets.Average(t => t * t)),
            new("absolute errors", "These are distances and not their squares.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Sum(t => Math.Abs(t - group.Average()))) / targets.Length),
            new("the answer of the first place", "Each token answers what is wanted at its first place. The mean of what is wanted from it does better.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Sum(t => (t - group[0]) * (t - group[0]))) / targets.Length),
            new("the token as the answer", "The token's number itself was taken for its answer. It is only a name: a map may answer anything to it.",
                (tokens, targets) => targets.Select((t, i) => (t - tokens[i]) * (t - tokens[i])).Average()),
            new("how far the means differ", "This is how much the tokens' means differ from the mean of all: what a map *can* know. The floor is what is left.",
                (tokens, targets) => Groups(tokens, targets).Sum(group => group.Length * (group.Average() - targets.Average()) * (group.Average() - targets.Average())) / targets.Length),
        ]);

    private static double[][] Groups(int[] tokens, double[] targets) => [.. tokens.Zip(targets).GroupBy(pair => pair.First, pair => pair.Second).Select(group => group.ToArray())];

    private static double ErrorOf(int[] tokens, double[] targets, Func<double[], double> answer) =>
        Groups(tokens, targets).Sum(group => answer(group) is var given ? group.Sum(t => (t - given) * (t - given)) : 0) / targets.Length;

    private static double Sample(double[] group) => group.Length == 1 ? 0 : group.Sum(t => (t - group.Average()) * (t - group.Average())) / (group.Length - 1);
}
