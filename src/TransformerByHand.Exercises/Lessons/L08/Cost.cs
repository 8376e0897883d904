using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate (long parameters, long products, long weights) CostFunction(int n, int dModel, int h);

    public static FunctionExercise<CostFunction> Cost { get; } = new(
        id: "08.8",
        title: "What it costs",
        statement: "Return the numbers in W_Q, W_K, W_V and W_O; the multiplications in all matrix products; and the attention weights of all heads.",
        solution: (n, dModel, h) =>
        {
            int dK = dModel / h;
            long parameters = 4L * dModel * dModel;                     // three projections and W_O
            long products = 4L * n * dModel * dModel                    // the same four, for every token
                + h * (2L * n * n * dK);                                // each head: scores and weighted sums
            long weights = (long)h * n * n;                             // a square of weights for each head
            return (parameters, products, weights);
        },
        cases: [[3, 2, 2], [5, 10, 2], [10, 6, 3], [1000, 768, 12], [7, 4, 1], [1, 4, 2], [40000, 768, 12]],
        randomCase: random =>
        {
            int h = random.Next(2, 9);
            return [random.Next(5, 50), h * random.Next(2, 9), h];
        },
        hints:
        [
            "Parameters: W_Q, W_K, W_V and W_O are d_model × d_model each, whatever h is, for h·d_k = d_model.",
            "A product of an (a × b) matrix with a (b × c) matrix takes a·b·c multiplications. Each head makes two: Q_i·K_iᵀ, which is (n × d_k)·(d_k × n), and A_i·V_i.",
            "Each head has its own n × n weights.",
        ],
        mistakes:
        [
            new("every head at full width", "Every head is as wide as the whole here, so that everything counts h times. With h heads each is d_model / h wide.",
                (n, d, h) => (4L * h * d * d, (4L * h * n * d * d) + (2L * h * n * n * d), (long)h * n * n)),
            new("W_O forgotten", "W_O is missing. It is as large as each of the three projections, and every token is multiplied by it.",
                (n, d, h) => (3L * d * d, (3L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("weights of one head", "Parameters and products are right. But every head has its own n × n attention weights.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n)),
            new("scores without the weighted sums", "Each head makes two products with n² in them: the scores, Q_i·K_iᵀ, and the weighted sums, A_i·V_i. One is missing.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + ((long)n * n * d), (long)h * n * n)),
            new("full width in the scores", "The scores and sums count d_model for each of the h heads. A head's queries, keys and values are only d_k = d_model / h wide.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * h * n * n * d), (long)h * n * n)),
            new("additions counted too", "The additions are counted too, so that the second number is twice what was asked.",
                (n, d, h) => (4L * d * d, (8L * n * d * d) + (4L * n * n * d), (long)h * n * n)),
            new("biases counted", "There are biases in the first number. They were left out here.",
                (n, d, h) => ((4L * d * d) + (4L * d), (4L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("counted in int", "The formula is right, and it was counted in `int`: 3 895 296 000 is more than an `int` holds (2 147 483 647), and went round to a negative number. Let the first factor of a product be a `long`: `4L * n * …`.",
                (n, d, h) => (4L * d * d, unchecked((int)((4L * n * d * d) + (2L * n * n * d))), (long)h * n * n)),
            new("W_O forgotten in the products", "The parameters are right. In the products W_O is missing: every token is multiplied by it too.",
                (n, d, h) => (4L * d * d, (3L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("parameters of one head", "The parameters were divided by h. Each head has 1/h of the columns, and there are h heads.",
                (n, d, h) => (4L * d * d / h, (4L * n * d * d) + (2L * n * n * d), (long)h * n * n))
                { Variants = [(n, d, h) => (4L * d * (d / h), (4L * n * d * d) + (2L * n * n * d), (long)h * n * n), (n, d, h) => (3L * d * (d / h) + (long)d * d, (4L * n * d * d) + (2L * n * n * d), (long)h * n * n)] },
            new("projections alone", "The second number counts the four products with weight matrices only. Each head makes two more: Q_i·K_iᵀ and A_i·V_i.",
                (n, d, h) => (4L * d * d, 4L * n * d * d, (long)h * n * n)),
            new("products of one head", "Scores and weighted sums are those of one head here, 2·n²·d_k. There are h heads.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * (d / h)), (long)h * n * n)),
            new("the scale counted", "There is one multiplication too many for each attention weight: the scale or the softmax. Only those in matrix products were asked for.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d) + ((long)h * n * n), (long)h * n * n)),
            new("weights for every feature", "The third number counts a weight for every feature. A head has one weight for a pair of tokens, whatever its width.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n * d))
                { Variants = [(n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n * (d / h))] },
            new("first two exchanged", "The first two numbers have changed places: parameters first, then the products.",
                (n, d, h) => ((4L * n * d * d) + (2L * n * n * d), 4L * d * d, (long)h * n * n)),
        ]);
}
