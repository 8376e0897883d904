using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate bool ScoresGradientTest(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward);

    public static TestExercise<ScoresGradientTest, Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)>> IsScoresGradientRight { get; } = new(
        id: "04.9",
        title: "A test for the scores' gradient",
        statement: "Write a test for the backward pass of the scores S = Q·Kᵀ: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // L = Σ dS ⊙ (Q·Kᵀ) is a straight line in each single number, so a difference with step 1 is the slope itself.
            double[,] Q = { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };
            double[,] K = { { 1, -1 }, { 2, 0.5 }, { -1, 4 } };
            double[,] dS = { { 1, 2, -1 }, { 0.5, -2, 3 }, { 4, 1, 0.25 } };
            double L()
            {
                double sum = 0;
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 3; j++)
                        sum += dS[i, j] * (Q[i, 0] * K[j, 0] + Q[i, 1] * K[j, 1]);
                return sum;
            }

            (double[,] dQ, double[,] dK) = backward(Q, K, dS);
            foreach ((double[,] factor, double[,] gradient) in new[] { (Q, dQ), (K, dK) })
            {
                if (gradient is null || gradient.GetLength(0) != 3 || gradient.GetLength(1) != 2) return false;
                for (int i = 0; i < 3; i++)
                    for (int c = 0; c < 2; c++)
                    {
                        double before = L();
                        factor[i, c] += 1;
                        double slope = L() - before;
                        factor[i, c] -= 1;
                        if (!(Math.Abs(gradient[i, c] - slope) < 1e-9)) return false;
                    }
            }
            return true;
        },
        correct:
        [
            new("multiplies matrices", "It is right: dQ = dS · K and dK = dSᵀ · Q.", (Q, K, dS) => (Product(dS, K), Product(Transposed(dS), Q))),
            new("adds up from the last score to the first", "It is right, and rounds a little differently, so a test must leave room for rounding.",
                (Q, K, dS) => (Backwards(dS, K), Backwards(Transposed(dS), Q))),
        ],
        wrong:
        [
            new("forgets the transpose", "Its dK is dS · Q. Where dS equals its own transpose, as with a dS of ones (that is what a plain sum of the scores for a loss gives), nobody sees it.",
                (Q, K, dS) => (Product(dS, K), Product(dS, Q))),
            new("puts the transpose in the wrong place", "Its dQ is dSᵀ · K; its dK is right. Whoever looks at dK alone does not see it, nor does a dS that equals its own transpose.",
                (Q, K, dS) => (Product(Transposed(dS), K), Product(Transposed(dS), Q))),
            new("exchanges the factors", "Each factor receives itself. With Q = K nobody sees it.", (Q, K, dS) => (Product(dS, Q), Product(Transposed(dS), K))),
            new("takes the keys for constants", "Its dK is zero. Whoever looks at dQ alone does not see it.", (Q, K, dS) => (Product(dS, K), Build(K.GetLength(0), K.GetLength(1), (_, _) => 0))),
            new("sees a token's own score only", "It uses the diagonal of dS. With one token, or a dS that has nothing else, nobody sees it.",
                (Q, K, dS) => (Product(OnlyDiagonal(dS), K), Product(OnlyDiagonal(dS), Q))),
            new("assigns in place of adding", "Only the last score of each row and column counts. With one token nobody sees it.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => dS[i, K.GetLength(0) - 1] * K[K.GetLength(0) - 1, c]), Build(K.GetLength(0), K.GetLength(1), (j, c) => dS[Q.GetLength(0) - 1, j] * Q[Q.GetLength(0) - 1, c]))),
            new("divides by the number of tokens", "It averages over the tokens where it should add up. With one token nobody sees it.",
                (Q, K, dS) => (Scaled(Product(dS, K), 1.0 / K.GetLength(0)), Scaled(Product(Transposed(dS), Q), 1.0 / Q.GetLength(0)))),
            new("has the sign of the descent", "It returns the step downhill, −∂L/∂Q and −∂L/∂K. A gradient points uphill; whoever compares sizes does not see it.",
                (Q, K, dS) => (Scaled(Product(dS, K), -1), Scaled(Product(Transposed(dS), Q), -1))),
            new("keeps only what is positive", "It puts 0 for every negative number. Where it is wrong it is too large; whoever subtracts without `Math.Abs` may not see it.",
                (Q, K, dS) => (Clipped(Product(dS, K), 0, double.MaxValue), Clipped(Product(Transposed(dS), Q), 0, double.MaxValue))),
            new("keeps only what is negative", "It puts 0 for every positive number. Where it is wrong it is too small; whoever subtracts without `Math.Abs` may not see it.",
                (Q, K, dS) => (Clipped(Product(dS, K), double.MinValue, 0), Clipped(Product(Transposed(dS), Q), double.MinValue, 0))),
            new("hands the rows out in the wrong order", "Its rows are right, but the last token gets the first. Whoever compares sums does not see it, nor does a dS of ones, which makes all rows alike.",
                (Q, K, dS) => (Shuffle(Product(dS, K), Reversed(Q)), Shuffle(Product(Transposed(dS), Q), Reversed(K)))),
            new("errs at right angles", "To each row it adds something at right angles to the query or key. Then Σ dQ ⊙ Q and Σ dK ⊙ K come out right all the same; whoever compares only these does not see it.",
                (Q, K, dS) => ((M(Product(dS, K)) + RightAngles(Q)).ToArray(), (M(Product(Transposed(dS), Q)) + RightAngles(K)).ToArray())),
        ],
        hints:
        [
            "What should dQ and dK be? Compare every number with your own `ScoresGradient`, or with a difference: change one number of Q or K and see what Σ dS ⊙ (Q·Kᵀ) does.",
            "The art is in the choice of Q, K and dS. Three tokens, Q unlike K, nothing zero, and a dS that is not its own transpose.",
            "Look at dQ *and* at dK.",
            "The loss is a straight line in each single number of Q and K. So a difference with step 1 is as exact as one with a small step.",
        ],
        mistakes:
        [
            new("a dS of ones", "With a dS of ones, which is the gradient of the plain sum of the scores, dS is its own transpose: forgetting it changes nothing. Use a dS without symmetry.",
                backward => SameGradient(backward, TestQ, TestK, Build(3, 3, (_, _) => 1))),
            new("queries that are the keys", "With Q = K it does not matter which factor receives which. Use a Q unlike K.",
                backward => SameGradient(backward, TestQ, TestQ, TestDS)),
            new("one token", "With one token there is one score. Rows and columns, sums and averages cannot be told apart.",
                backward => SameGradient(backward, new double[,] { { 2, 1 } }, new double[,] { { 1, 3 } }, new double[,] { { 3 } })),
            new("only dQ", "Only dQ is looked at. Look at dK too: most of the mistakes are there.",
                backward => Near(M(backward(TestQ, TestK, TestDS).dQ), M(Product(TestDS, TestK)))),
            new("only dK", "Only dK is looked at. Look at dQ too.",
                backward => Near(M(backward(TestQ, TestK, TestDS).dK), M(Product(Transposed(TestDS), TestQ)))),
            new("a diagonal dS", "Only the scores of tokens with themselves have a gradient here. Rows and columns cannot be told apart then: fill the whole of dS.",
                backward => SameGradient(backward, TestQ, TestK, OnlyDiagonal(TestDS))),
            new("only the shapes", "The shapes of all of them are right. Compare numbers.",
                backward =>
                {
                    var (dQ, dK) = backward(TestQ, TestK, TestDS);
                    return dQ.GetLength(0) == 3 && dQ.GetLength(1) == 2 && dK.GetLength(0) == 3 && dK.GetLength(1) == 2;
                }),
            new("to the last bit", "This asks for the same numbers to the last bit. Whoever adds up in another order rounds differently: leave room of about 1e-9.",
                backward =>
                {
                    var (dQ, dK) = backward(RoundQ, RoundK, RoundDS);
                    return Same(dQ, Product(RoundDS, RoundK)) && Same(dK, Product(Transposed(RoundDS), RoundQ));
                }),
            new("without Math.Abs", "This subtracts without `Math.Abs`: what is wrong in one direction is not seen.",
                backward => Misses(backward).All(miss => miss < 1e-9)) { Variants = [backward => Misses(backward).All(miss => -miss < 1e-9)] },
            new("one number for all", "Only a sum over all numbers is compared. Who gets what is not seen: compare every number.",
                backward => Near(Sums(backward(TestQ, TestK, TestDS), One, One), Sums((Product(TestDS, TestK), Product(Transposed(TestDS), TestQ)), One, One)))
            {
                Variants =
                [
                    backward => Near(Sums(backward(TestQ, TestK, TestDS), M(TestQ), M(TestK)), Sums((Product(TestDS, TestK), Product(Transposed(TestDS), TestQ)), M(TestQ), M(TestK))),
                    backward => backward(TestQ, TestK, TestDS) is var (dQ, dK) && IsSmall(M(dQ).ColumnSums().Sum() + M(dK).ColumnSums().Sum() - M(Product(TestDS, TestK)).ColumnSums().Sum() - M(Product(Transposed(TestDS), TestQ)).ColumnSums().Sum()),
                ],
            },
            new("room of 1", "The numbers may be off by 1, and an error of that size is as large as the numbers themselves. Rounding needs room for 1e-9, and no more.",
                backward => Misses(backward).All(miss => Math.Abs(miss) < 1)) { Variants = [backward => Misses(backward).All(miss => Math.Abs(miss) < 0.2)] },
            new("the same mistake in the reference", "Your reference makes a mistake itself, the one that is let through. Pass exercise 04.5 first.",
                backward => SameAs(backward, (Product(TestDS, TestK), Product(TestDS, TestQ))))
            {
                Variants =
                [
                    backward => SameAs(backward, (Product(Transposed(TestDS), TestK), Product(Transposed(TestDS), TestQ))),
                    backward => SameAs(backward, (Product(TestDS, TestQ), Product(Transposed(TestDS), TestK))),
                    backward => SameAs(backward, (Scaled(Product(TestDS, TestK), 1.0 / 3), Scaled(Product(Transposed(TestDS), TestQ), 1.0 / 3))),
                    backward => SameAs(backward, (Scaled(Product(TestDS, TestK), -1), Scaled(Product(Transposed(TestDS), TestQ), -1))),
                ],
            },
            new("more keys than queries", "Take as many keys as queries, please: one of the wrong ones breaks otherwise, and a test that breaks says nothing.",
                backward => SameGradient(backward, MoreQ(4), MoreQ(5), MoreDS(4, 5))) { Variants = [backward => SameGradient(backward, MoreQ(5), MoreQ(4), MoreDS(5, 4)), backward => SameGradient(backward, MoreQ(2), MoreQ(3), MoreDS(2, 3))] },
            new("no to everything", "Your test says no to everything, to the right ones too. If it takes differences, let the step be 1 (the loss is a straight line): a tiny step leaves only rounding. If it asks for equal numbers, leave room of about 1e-9. If both are so: does your own reference, or your loss, pass 04.5?",
                _ => false),
        ]);
}
