namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate double PatchFunction(Func<int[], (double[] logits, double[,] O)> read, Func<int[], double[,], double[]> readWith, int[] clean, int[] corrupt, int right, int wrong);

    public static FunctionExercise<PatchFunction> Patch { get; } = new(
        id: "13.5",
        title: "Put a head's output into another sentence",
        statement: "Put what the head computed in the `clean` sentence into the `corrupt` one. Return how much of the way from corrupt to clean the lead of the right answer goes.",
        solution: (read, readWith, clean, corrupt, right, wrong) =>
        {
            double Lead(double[] logits) => logits[right] - logits[wrong];
            var (atClean, O) = read(clean);
            var (atCorrupt, _) = read(corrupt);
            double[] patched = readWith(corrupt, O);
            return (Lead(patched) - Lead(atCorrupt)) / (Lead(atClean) - Lead(atCorrupt));
        },
        cases:
        [
            [Reads(1), ReadsWith(1), new[] { 2, 0, 1 }, new[] { 2, 3, 1 }, 0, 1],
            [Reads(2), ReadsWith(2), new[] { 4, 1, 0, 2 }, new[] { 4, 1, 3, 2 }, 2, 0],
            [Reads(3), ReadsWith(3), new[] { 1, 5 }, new[] { 3, 5 }, 1, 2],
            [Reads(3), ReadsWith(3), new[] { 1 }, new[] { 3 }, 2, 1],
        ],
        derived: DerivedCases.None,
        hints:
        [
            "Three readings: the clean sentence as it is, the corrupt sentence as it is, and the corrupt one with the clean head.",
            "The lead is `logits[right] - logits[wrong]`.",
            "How far from a to b has c gone? (c − a) / (b − a), with a the corrupt lead, b the clean one, c the patched one.",
        ],
        mistakes:
        [
            new("a sentence into itself", "The clean head went back into the *clean* sentence: nothing has changed there, and the answer is 1 for every head of every model. Put it into the corrupt one.",
                (read, readWith, clean, corrupt, right, wrong) => Share(readWith(clean, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("the corrupt head", "The answer is 0 for every head of every model, as it is when the corrupt sentence gets its own head back and nothing changes. Put the clean head into it.",
                (read, readWith, clean, corrupt, right, wrong) => Share(readWith(corrupt, read(corrupt).O), read(clean).logits, read(corrupt).logits, right, wrong)) { HoldsWithoutNumbers = true },
            new("the other way around", "The corrupt head went into the clean sentence. That asks whether the head is *necessary*; asked for is whether it is *enough*: the clean head in the corrupt sentence.",
                (read, readWith, clean, corrupt, right, wrong) => Share(readWith(clean, read(corrupt).O), read(clean).logits, read(corrupt).logits, right, wrong))
                { Variants = [(read, readWith, clean, corrupt, right, wrong) => 1 - Share(readWith(clean, read(corrupt).O), read(clean).logits, read(corrupt).logits, right, wrong)] },
            new("what is missing", "This is the part of the way that is still to go: 1 less what was asked for.",
                (read, readWith, clean, corrupt, right, wrong) => 1 - Share(readWith(corrupt, read(clean).O), read(clean).logits, read(corrupt).logits, right, wrong)),
            new("not divided", "This is how far the lead has moved, in logits. Divide by the whole way, the clean lead less the corrupt one: then heads and models can be compared.",
                (read, readWith, clean, corrupt, right, wrong) => Lead(readWith(corrupt, read(clean).O), right, wrong) - Lead(read(corrupt).logits, right, wrong)),
            new("the right answer's logit alone", "The logit of the right answer alone was followed. Something that lifts both answers looks like a success then. Follow the lead of the right one over the wrong one.",
                (read, readWith, clean, corrupt, right, _) => (readWith(corrupt, read(clean).O)[right] - read(corrupt).logits[right]) / (read(clean).logits[right] - read(corrupt).logits[right])),
            new("divided by the clean lead", "The way begins at the corrupt lead, which is not 0. Divide by the clean lead *less the corrupt one*.",
                (read, readWith, clean, corrupt, right, wrong) => (Lead(readWith(corrupt, read(clean).O), right, wrong) - Lead(read(corrupt).logits, right, wrong)) / Lead(read(clean).logits, right, wrong))
                { Variants = [(read, readWith, clean, corrupt, right, wrong) => Lead(readWith(corrupt, read(clean).O), right, wrong) / Lead(read(clean).logits, right, wrong)] },
            new("counted from 0", "The patched lead itself was divided by the whole way. The way begins at the corrupt lead: take that off first.",
                (read, readWith, clean, corrupt, right, wrong) => Lead(readWith(corrupt, read(clean).O), right, wrong) / (Lead(read(clean).logits, right, wrong) - Lead(read(corrupt).logits, right, wrong))),
            new("as probabilities", "The logits went through a softmax first. Near 0 and 1 probabilities hardly move, however much the logits do: follow the logits.",
                (read, readWith, clean, corrupt, right, wrong) => Share(Softmax(readWith(corrupt, read(clean).O)), Softmax(read(clean).logits), Softmax(read(corrupt).logits), right, wrong))
                { Variants = [(read, readWith, clean, corrupt, right, wrong) => Share(OfTwo(readWith(corrupt, read(clean).O), right, wrong), OfTwo(read(clean).logits, right, wrong), OfTwo(read(corrupt).logits, right, wrong), 0, 1)] },
        ]);

    private static double Lead(double[] logits, int right, int wrong) => logits[right] - logits[wrong];

    private static double Share(double[] patched, double[] clean, double[] corrupt, int right, int wrong) =>
        (Lead(patched, right, wrong) - Lead(corrupt, right, wrong)) / (Lead(clean, right, wrong) - Lead(corrupt, right, wrong));

    private static double[] OfTwo(double[] logits, int right, int wrong) => Softmax([logits[right], logits[wrong]]);

    private static double[] Softmax(double[] logits)
    {
        double[] powers = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    /// <summary>
    /// A small model of which every number is known: the logits are made of the head's output and of what passes it by, and of both together,
    /// so that putting in and taking out are not the same question.
    /// </summary>
    private static double[,] HeadOf(int[] ids, int seed) => Arrays.Build(ids.Length, 2, (t, j) => Math.Sin(seed + 3 * ids[t] + 2 * j + t) + ids[t] * 0.3);

    private static Func<int[], (double[] logits, double[,] O)> Reads(int seed) => ids => (ReadsWith(seed)(ids, HeadOf(ids, seed)), HeadOf(ids, seed));

    private static Func<int[], double[,], double[]> ReadsWith(int seed) => (ids, O) =>
    {
        double seen = O.Cast<double>().Select((o, i) => o * (1 + i % 3)).Sum(), past = ids.Select((id, t) => Math.Cos(seed * id + t)).Sum();
        return [seen + past + 0.3 * seen * past, 0.5 * past - 0.7 * seen * seen * 0.1, 0.2 * seen - past + 1];
    };
}
