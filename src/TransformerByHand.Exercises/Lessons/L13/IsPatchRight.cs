namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate bool IsPatchRightFunction(Func<Func<int[], (double[] logits, double[,] O)>, Func<int[], double[,], double[]>, int[], int[], int, int, double> patch);

    public static TestExercise<IsPatchRightFunction, Func<Func<int[], (double[] logits, double[,] O)>, Func<int[], double[,], double[]>, int[], int[], int, int, double>> IsPatchRight { get; } = new(
        id: "13.6",
        title: "Find the bug: a sentence into itself",
        statement: "Return `true` if `patch` does what exercise 13.5 asks for. Hand it a model of your own, of which you know every number.",
        solution: patch =>
        {
            // The head computes one number, the first id; the logits are (2·head + second id, third id, 0).
            double[] With(int[] ids, double[,] O) => [2 * O[0, 0] + ids[1], ids[2], 0];
            (double[], double[,]) Read(int[] ids) => (With(ids, new double[,] { { ids[0] } }), new double[,] { { ids[0] } });
            int[] clean = [5, 4, 1], corrupt = [1, 2, 3];
            // Leads: clean 14 − 1 = 13; corrupt 4 − 3 = 1; the clean head in the corrupt sentence 12 − 3 = 9.
            return Math.Abs(patch(Read, With, clean, corrupt, 0, 1) - 8.0 / 12) < 1e-9;
        },
        correct:
        [
            new("the definition", "The clean head, in the corrupt sentence, as a share of the whole way.", (read, readWith, clean, corrupt, right, wrong) => Share(readWith(corrupt, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
        ],
        wrong:
        [
            new("a sentence into itself", "It puts the clean head into the clean sentence: 1, whatever the head does.", (read, readWith, clean, corrupt, right, wrong) => Share(readWith(clean, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("the corrupt head", "It gives the corrupt sentence its own head back: 0, whatever the head does.", (read, readWith, clean, corrupt, right, wrong) => Share(readWith(corrupt, read(corrupt).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("the other way around", "It puts the corrupt head into the clean sentence.", (read, readWith, clean, corrupt, right, wrong) => Share(readWith(clean, read(corrupt).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("not divided", "It returns by how many logits the lead moved.", (read, readWith, clean, corrupt, right, wrong) => Lead(readWith(corrupt, read(clean).O), right, wrong) - Lead(read(corrupt).logits, right, wrong)),
            new("one logit alone", "It follows the right answer's logit and forgets the wrong one's.", (read, readWith, clean, corrupt, right, _) => (readWith(corrupt, read(clean).O)[right] - read(corrupt).logits[right]) / (read(clean).logits[right] - read(corrupt).logits[right])),
            new("divided by the clean lead", "It divides by the clean lead, as if the corrupt one were 0.", (read, readWith, clean, corrupt, right, wrong) => (Lead(readWith(corrupt, read(clean).O), right, wrong) - Lead(read(corrupt).logits, right, wrong)) / Lead(read(clean).logits, right, wrong)),
            new("one per cent too large", "every share is 1 % too large. Whoever leaves too much room does not see it.", (read, readWith, clean, corrupt, right, wrong) => 1.01 * Share(readWith(corrupt, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("a little too small", "every share is 0.002 too small. Whoever subtracts without `Math.Abs`, or leaves too much room, does not see it.", (read, readWith, clean, corrupt, right, wrong) => Share(readWith(corrupt, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong) - 0.002),
            new("what is missing", "It returns the part of the way that is still to go.", (read, readWith, clean, corrupt, right, wrong) => 1 - Share(readWith(corrupt, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
        ],
        errors: SmallErrors.None, // as in exercise 13.3
        hints:
        [
            "A model is two functions here, and you may write them yourself: `read` and `readWith`. Choose something so small that you can work out every lead on paper.",
            "Let the head compute one number, and let a part of the logits pass it by, so that a patched sentence differs from both.",
            "Work out three leads: clean, corrupt, and corrupt with the clean head. The answer is (patched − corrupt) / (clean − corrupt), and should be neither 0, nor 1, nor a half.",
        ],
        mistakes:
        [
            new("believes everything", "Your test says `true` to everything.", _ => true),
            new("believes nothing", "Your test says `false` to everything, and so to the right one.", _ => false),
            new("a model that is its head", "In your model everything goes through the head, so the patched corrupt sentence answers as the clean one does: the right value is 1, which is also what a sentence put into itself gives.",
                patch => Math.Abs(patch(ids => ([3 * ids[0], ids[0]], new double[,] { { ids[0] } }), (_, O) => [3 * O[0, 0], O[0, 0]], [5, 4, 1], [1, 2, 3], 0, 1) - 1) < 1e-9),
            new("a share between 0 and 1", "Your test asks for a number between 0 and 1. Nearly all of the wrong ones return one.",
                patch => patch(ids => ([(2 * ids[0]) + ids[1], ids[2]], new double[,] { { ids[0] } }), (ids, O) => [(2 * O[0, 0]) + ids[1], ids[2]], [5, 4, 1], [1, 2, 3], 0, 1) is >= 0 and <= 1),
        ]);
}
