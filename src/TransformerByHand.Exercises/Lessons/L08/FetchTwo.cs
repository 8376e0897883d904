using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate double[,] FetchTwoFunction(Func<double[,], double[,], double[,], double[,], double[,]> twoHeads);

    public static FunctionExercise<FetchTwoFunction> FetchTwo { get; } = new(
        id: "08.3",
        title: "Fetch two nouns at once",
        statement: "Choose W_Q (4 × 4), W_K (3 × 4), W_V (3 × 2) and W_O (2 × 2) by hand so that two heads answer all four questions, and return what `twoHeads` makes of them.",
        solution: twoHeads =>
        {
            const double c = 100;                            // a score of 100/√2 leaves the other noun a weight below 1e-30
            double[,] W_Q =
            {
                { c, 0, 0, 0 }, { 0, c, 0, 0 },              // head 0 asks with the first two numbers: who saw?
                { 0, 0, c, 0 }, { 0, 0, 0, c },              // head 1 with the last two: who was seen?
            };
            double[,] W_K = { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 } };   // both find a noun by its place
            double[,] W_V = { { 0, 0 }, { 0, 0 }, { 1, 1 } };                     // both carry what the noun is
            double[,] W_O = { { 1, 0 }, { 0, 1 } };          // head 0 writes the first answer, head 1 the second
            return twoHeads(W_Q, W_K, W_V, W_O);
        },
        cases: [[TwoHeads(1, -1)], [TwoHeads(-1, 1)], [TwoHeads(1, 1)], [TwoHeads(-1, -1)], [TwoHeads(0.5, -0.25)]],
        tolerance: new Tolerance(0, 0.01),
        hints:
        [
            "Give each head one job: head 0 finds out who saw, head 1 who was seen. Head 0 has the first two columns of W_Q and W_K and the first column of W_V.",
            "A question is two pairs, (saw: first?, second?; seen: first?, second?), and a noun is (is first?, is second?, cat or dog). Let head 0's query be the first pair and its key the first two numbers of a noun: then the score is large where they agree.",
            "The value is the third number of a noun, and W_O can be the identity: head 0 writes the first answer, head 1 the second.",
            "Softmax leaves the other noun a weight. Multiply W_Q by something like 20, and it is gone.",
        ],
        mistakes:
        [
            new("both heads ask who saw", "Both answers are the same: both heads ask with the first pair of numbers. Head 1's queries should come from the last two rows of W_Q.",
                twoHeads => twoHeads(Sharp(new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } }), ByPlace, ByNoun, Straight)),
            new("both heads ask who was seen", "Both answers are the same: both heads ask with the last pair of numbers. Head 0's queries should come from the first two rows of W_Q.",
                twoHeads => twoHeads(Sharp(new double[,] { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 1, 0, 1, 0 }, { 0, 1, 0, 1 } }), ByPlace, ByNoun, Straight)),
            new("answers changed places", "Everything is fetched, and the two answers have changed places: who saw comes first.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 0, 1 }, { 1, 0 } })),
            new("the other noun", "Each head fetches the other noun: the score is large where question and noun do *not* agree.",
                twoHeads => twoHeads(Sharp(Each, -20), ByPlace, ByNoun, Straight)),
            new("equal weights", "Every question gets the average of the two nouns: all scores of a row are the same, so both weights are one half. Where the question and the noun's place agree the score must be larger.",
                twoHeads => twoHeads(Sharp(Each, 0), ByPlace, ByNoun, Straight)),
            new("scores too small", "The heads look at the right nouns, and not firmly enough: the other noun keeps a good part of the weight. Make the queries longer.",
                twoHeads => twoHeads(Sharp(Each, 1), ByPlace, ByNoun, Straight))
            {
                // 1 to 7, the root of 2, and what gives a score of ln 3, before the scale or after it
                Variants = [.. new[] { 2, 3, 4, 5, 6, 7, Math.Sqrt(2), Math.Log(3), Math.Sqrt(2) * Math.Log(3) }
                    .Select(c => (FetchTwoFunction)(twoHeads => twoHeads(Sharp(Each, c), ByPlace, ByNoun, Straight)))],
            },
            new("made for opposite nouns", "Right for a cat and a dog, and twice too much for two cats: weights of ¾ and ¼ with a value of 2 give 1 only if the other noun is the opposite. Look firmly, and let the value be what the noun is.",
                twoHeads => twoHeads(Sharp(Each, Math.Sqrt(2) * Math.Log(3)), ByPlace, Sharp(ByNoun, 2), Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each, Math.Sqrt(2) * Math.Log(3)), ByPlace, ByNoun, Sharp(Straight, 2))] },
            new("rounded", "The answers were rounded: with a noun that carries 0.5 that shows. Return what `twoHeads` gave, and make the heads look firmly.",
                twoHeads => Round(twoHeads(Sharp(Each, 3), ByPlace, ByNoun, Straight))),
            new("the place as the value", "These are the answers for *cat, dog*, whatever the nouns are, as when the value is where a noun stands. It should be what the noun *is*, its third number, and the answers what `twoHeads` makes of them.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, new double[,] { { 1, 1 }, { -1, -1 }, { 0, 0 } }, Straight))
                { Variants = [_ => Answers(1, -1)] },
            new("whether it is the first noun", "The answers say *where* a noun stands: head 0's values ask whether it is the first, head 1's whether it is the second. A value should carry what the noun *is*, its third number.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, new double[,] { { 1, 0 }, { 0, 1 }, { 0, 0 } }, Straight)),
            new("keys that know the noun", "The keys look at what the noun is as well. Which noun is asked for depends on its place alone.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 1, 1, 1 } }, ByNoun, Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 0, 1, 0 } }, ByNoun, Straight)] },
            new("keys shared out by noun", "The first noun's key is made of the first head's columns, and the second noun's of the second head's. Each head has to tell the two nouns apart by its *own* two columns.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 1, 0, 0 }, { 0, 0, 1, 1 }, { 0, 0, 0, 0 } }, ByNoun, Straight)),
            new("a head that looks nowhere", "One answer is right, and the other is the average of the two nouns: in one head all scores are the same. Each head needs queries and keys in its own two columns.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 0, 0 } }, ByNoun, Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each), new double[,] { { 0, 0, 1, 0 }, { 0, 0, 0, 1 }, { 0, 0, 0, 0 } }, ByNoun, Straight)] },
            new("one head fetches the other noun", "One answer is right, and the other is that of the other noun: in one head the score is large where question and place do *not* agree.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 0, 1 }, { 0, 1, 1, 0 }, { 0, 0, 0, 0 } }, ByNoun, Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each), new double[,] { { 0, 1, 1, 0 }, { 1, 0, 0, 1 }, { 0, 0, 0, 0 } }, ByNoun, Straight)] },
            new("keys made of what the noun is", "Every verb looks at the same noun, the one whose third number is larger: the keys are made of what a noun *is*. Which noun is asked for depends on its place.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 1, 1, 1, 1 } }, ByNoun, Straight)),
            new("all of both questions in one head", "Each head asks both questions at once, so that where they disagree both nouns score alike. Head 0 asks with the first pair of numbers, head 1 with the last.",
                twoHeads => twoHeads(Sharp(new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 0, 1, 0 }, { 0, 1, 0, 1 } }), ByPlace, ByNoun, Straight)),
            new("heads added", "Each answer is the sum of what both heads fetch. W_O has to keep them apart: each head writes into a column of its own.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 1, 1 }, { 1, 1 } })),
            new("the second head writes nothing", "The first answer is right, the second is always 0: head 1 writes nothing into its column.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 1, 0 }, { 0, 0 } })),
            new("the first head writes nothing", "The second answer is right, the first is always 0: head 0 writes nothing into its column.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 0, 0 }, { 0, 1 } })),
        ]);
}
