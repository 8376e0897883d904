namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>The weights of an encoder layer of width d with d_ff = 4·d, and its multiplications for n tokens.</summary>
    public delegate (long weights, long multiplications) CountLayerFunction(int n, int d);

    /// <summary>10.5: what a layer costs.</summary>
    public static FunctionExercise<CountLayerFunction> CountLayer { get; } = new(
        id: "10.5",
        title: "What a layer costs",
        statement: "Return how many numbers an encoder layer learns, and how many multiplications its matrix products take for n tokens.",
        solution: (n, d) =>
        {
            long attention = 4L * d * d + 4L * d;               // W_Q, W_K, W_V, W_O, and a bias each
            long feedForward = 8L * d * d + 5L * d;             // up and down, with 4·d and d biases
            long norms = 2 * 2L * d;                            // γ and β, twice
            long products = 12L * n * d * d + 2L * n * n * d;   // every weight for every token; scores and weighted sums
            return (attention + feedForward + norms, products);
        },
        cases: [[5, 8], [3, 1], [1, 2], [7, 768], [60000, 768], [2, 12288], [4608, 768]],
        randomCase: random => [random.Next(2, 50), random.Next(2, 60)],
        hints:
        [
            "Weights: attention has four matrices (d × d), each with a bias. The feed-forward has one of d × 4·d and one of 4·d × d, and a bias each, as long as what it is added to. Each of two norms has γ and β.",
            "A product of (a × b) with (b × c) takes a·b·c multiplications. Every matrix of weights meets n tokens; then there are the scores, (n × d) times (d × n), and the weighted sums, (n × n) times (n × d). How many heads there are makes no difference.",
            "`4L * d * d` counts in `long`, from the first factor on.",
        ],
        mistakes:
        [
            new("no biases", "The biases are missing in the weights: four in attention, 4·d and d in the feed-forward.",
                (n, d) => (12L * d * d + 4L * d, Products(n, d))),
            new("4·d numbers missing", "4·d numbers are missing in the weights: the norms' (γ and β, twice), or the four biases of the attention.",
                (n, d) => (12L * d * d + 9L * d, Products(n, d))),
            new("matrices alone", "These are the matrices alone. Biases and norms are learned too.",
                (n, d) => (12L * d * d, Products(n, d))),
            new("one norm", "2·d numbers of the norms are missing. There are two norms, and each has γ and β.",
                (n, d) => (12L * d * d + 11L * d, Products(n, d))),
            new("3·d numbers missing", "3·d numbers are missing in the weights. The feed-forward's two biases have 4·d and d, the attention's four have d each, and the two norms have γ and β each.",
                (n, d) => (12L * d * d + 10L * d, Products(n, d))),
            new("3·d numbers too many", "There are 3·d numbers too many in the weights. The feed-forward's two biases have 4·d and d: as many as what each is added to.",
                (n, d) => (12L * d * d + 16L * d, Products(n, d))),
            new("no biases in the feed-forward", "5·d numbers are missing in the weights: the feed-forward's two biases, 4·d and d.",
                (n, d) => (12L * d * d + 8L * d, Products(n, d))),
            new("W_O forgotten", "W_O is missing: attention has four matrices, and the fourth mixes what the heads brought.",
                (n, d) => (11L * d * d + 13L * d, 11L * n * d * d + 2L * n * n * d))
                { Variants = [(n, d) => (11L * d * d + 12L * d, 11L * n * d * d + 2L * n * n * d), (n, d) => (11L * d * d + 12L * d, Products(n, d)), (n, d) => (12L * d * d + 13L * d, 11L * n * d * d + 2L * n * n * d)] },
            new("half a feed-forward", "The feed-forward goes up and comes back: two matrices of 4·d² numbers.",
                (n, d) => (8L * d * d + 13L * d, 8L * n * d * d + 2L * n * n * d))
                { Variants = [(n, d) => (8L * d * d + 12L * d, 8L * n * d * d + 2L * n * n * d), (n, d) => (12L * d * d + 13L * d, 8L * n * d * d + 2L * n * n * d)] },
            new("the attention alone", "This is the attention, or nearly. The layer has a feed-forward too, with two matrices of 4·d² numbers.",
                (n, d) => (4L * d * d + 4L * d, 4L * n * d * d + 2L * n * n * d))
                { Variants = [(n, d) => (4L * d * d + 8L * d, 4L * n * d * d + 2L * n * n * d), (n, d) => (4L * d * d + 6L * d, 4L * n * d * d + 2L * n * n * d), (n, d) => (12L * d * d + 13L * d, 4L * n * d * d + 2L * n * n * d)] },
            new("scores alone", "Attention makes two products with n² in them: the scores, and the weighted sums. One is missing.",
                (n, d) => (12L * d * d + 13L * d, 12L * n * d * d + (long)n * n * d)),
            new("no n² at all", "Only the products with weights are counted. The scores and the weighted sums are products too, and they grow with n².",
                (n, d) => (12L * d * d + 13L * d, 12L * n * d * d)),
            new("additions counted too", "The multiplications are twice what was asked: the additions are counted too.",
                (n, d) => (12L * d * d + 13L * d, 2 * Products(n, d))),
            new("biases multiplied", "A bias is added, not multiplied.",
                (n, d) => (12L * d * d + 13L * d, n * (12L * d * d + 13L * d) + 2L * n * n * d))
                { Variants = [(n, d) => (12L * d * d + 13L * d, n * (12L * d * d + 9L * d) + 2L * n * n * d)] },
            new("weights of one token", "The products are those of a single token. Every token goes through every matrix.",
                (n, d) => (12L * d * d + 13L * d, 12L * d * d + 2L * n * n * d)),
            new("weights for every token", "The weights are counted for every token. All tokens go through the same matrices.",
                (n, d) => (n * (12L * d * d + 13L * d), Products(n, d))),
            new("a decoder layer", "This is a decoder layer, with two attentions and three norms.",
                (n, d) => (16L * d * d + 19L * d, 16L * n * d * d + 4L * n * n * d)),
            new("counted in int", "The formula is right, and it was counted in `int`, which went round: it holds no more than 2,147,483,647. Let the first factor be a `long`: `12L * n * …`.",
                (n, d) => (12L * d * d + 13L * d, unchecked(12 * n * d * d + 2 * n * n * d)))
                {
                    Variants =
                    [
                        (n, d) => (unchecked(12 * d * d + 13 * d), unchecked(12 * n * d * d + 2 * n * n * d)),
                        (n, d) => (12L * d * d + 13L * d, 12L * n * d * d + unchecked(2 * n * n * d)),
                    ],
                },
            new("the two exchanged", "The two numbers have changed places: weights first, then multiplications.",
                (n, d) => (Products(n, d), 12L * d * d + 13L * d)),
        ])
    {
        Formulas = [@"12\,d^2 + 13\,d", @"12\,n\,d^2 + 2\,n^2 d"],
    };

    private static long Products(int n, int d) => 12L * n * d * d + 2L * n * n * d;
}
