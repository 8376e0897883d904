using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>The loss L of a batch, from each sequence's logits (places × V) and the right word at each place: −100 where none is counted.</summary>
    public delegate double PaddedLossFunction(Matrix<double>[] logits, int[][] targets);

    /// <summary>11.2: cross-entropy of a padded batch.</summary>
    public static FunctionExercise<PaddedLossFunction> PaddedLoss { get; } = new(
        id: "11.2",
        title: "The loss of a padded batch",
        statement: "Return the mean of −ln p over all places of the batch that are counted. A place is not counted where its target is −100. `logits[b]` (places × V) are those of sequence b, `targets[b]` its right words. At least one place is counted; logits may be as large as 1000.",
        solution: (logits, targets) =>
        {
            double sum = 0;
            int counted = 0;
            for (int b = 0; b < logits.Length; b++)
                for (int i = 0; i < targets[b].Length; i++)
                {
                    if (targets[b][i] == -100) continue;
                    Vector<double> z = logits[b].Row(i);                                        // (V)
                    double max = z.Maximum();
                    sum += max + Math.Log((z - max).PointwiseExp().Sum()) - z[targets[b][i]];   // −ln p
                    counted++;
                }
            return sum / counted;
        },
        cases:
        [
            [new[] { Of(new double[,] { { 0, 1, 2 }, { 3, 0, -1 }, { 0.5, 0, 2 }, { -1, 1, 0 } }), Of(new double[,] { { 1, 0, 0 }, { 2, -1, 1 }, { 0, 2, 0 }, { 4, 1, 2 } }) }, new[] { new[] { 2, 1, 2, 0 }, [1, -100, -100, -100] }],
            [new[] { Of(new double[,] { { 1, 1, 1, 1 } }) }, new[] { new[] { 3 } }],
            [new[] { Of(new double[,] { { 1, 2 }, { 0, 3 } }), Of(new double[,] { { 5, 1 }, { 1, 1 } }), Of(new double[,] { { 0, 1 }, { 2, 2 } }) }, new[] { new[] { 1, 0 }, [-100, -100], [0, -100] }],
            [new[] { Of(new double[,] { { 1000, 999, 0 }, { -2000, -2001, -1999 } }), Of(new double[,] { { 0, 900, 899 }, { 7, 7, 7 } }) }, new[] { new[] { 1, 0 }, [2, -100] }],
            [new[] { Of(new double[,] { { 1, 0, 2 }, { 0, 2, 1 }, { 1, 3, 1 } }), Of(new double[,] { { 2, 0, 0 }, { 1, 1, 3 }, { 0, 0, 1 } }) }, new[] { new[] { -100, 2, -100 }, [0, -100, 1] }],
        ],
        randomCase: random =>
        {
            (int sequences, int places, int words) = (random.Next(1, 4), random.Next(1, 6), random.Next(2, 7));
            return
            [
                Enumerable.Range(0, sequences).Select(_ => random.NormalMatrix(places, words, 2)).ToArray(),
                Enumerable.Range(0, sequences).Select(b => random.Next(b == 0 ? 1 : 0, places + 1) is var length
                    ? Enumerable.Range(0, places).Select(i => i < length ? random.Next(words) : -100).ToArray() : []).ToArray(),
            ];
        },
        hints:
        [
            "Two running numbers: the sum of the losses, and how many places were counted. One loop over the sequences, one over the places, and `continue` where the target is −100.",
            "For one place with logits z and right word y: −ln p = −z_y + ln Σ e^z. Take the largest logit out first: max + ln Σ e^(z − max) − z_y.",
            "Divide once, at the very end, by how many were counted in the whole batch.",
        ],
        mistakes:
        [
            new("the mean of the sequences' means", "Each sequence was averaged by itself, and then their means. A place in a short sequence then weighs more than one in a long sequence. Add up the whole batch, and divide once.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Where(b => targets[b].Any(t => t != -100)).Average(b => Surprises(logits[b], targets[b]).Average()))
            {
                Variants = [(logits, targets) => Enumerable.Range(0, logits.Length).Average(b => targets[b].All(t => t == -100) ? 0 : Surprises(logits[b], targets[b]).Average()),
                    (logits, targets) => Enumerable.Range(0, logits.Length).Average(b => Surprises(logits[b], targets[b]).DefaultIfEmpty(double.NaN).Average())],
            },
            new("the mean of means over every place", "Each sequence's losses were divided by its full length, padding included, and then averaged. Divide once, by the places that are counted.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Average(b => Surprises(logits[b], targets[b]).Sum() / targets[b].Length))
            {
                Variants = [(logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum()) / targets.Sum(row => row.Length)],
            },
            new("padding taken for word 0", "A place whose target is −100 was counted as if word 0 were right there. It is not counted at all.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => Surprises(logits[b], [.. targets[b].Select(t => Math.Max(0, t))])).Average()),
            new("word 0 left out", "The places whose right word is word 0 were left out as well. 0 is a word like any other; only −100 is not counted.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => Surprises(logits[b], [.. targets[b].Select(t => t == 0 ? -100 : t)])).DefaultIfEmpty(double.NaN).Average()),
            new("the largest not added again", "The largest logit was taken out before exp, and not added again after the logarithm: −ln p = max + ln Σ e^(z − max) − z_y.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].Select((t, i) => (t, i)).Where(at => at.t != -100)
                    .Select(at => Math.Log((logits[b].Row(at.i) - logits[b].Row(at.i).Maximum()).PointwiseExp().Sum()) - logits[b][at.i, at.t])).Average()),
            new("the last sequence left out", "The last sequence is not counted: does the loop over the batch end too early?",
                (logits, targets) => Enumerable.Range(0, logits.Length - 1).SelectMany(b => Surprises(logits[b], targets[b])).DefaultIfEmpty(double.NaN).Average()),
            new("not divided", "The losses were added up and not divided. L is their mean over the places that are counted.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum())),
            new("divided by the sequences", "The sum was divided by the number of sequences. Divide by the number of places that are counted.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum()) / logits.Length),
            new("stops at the first −100", "A sequence was left at its first −100. Later places may be counted all the same, as in a masked model: `continue`, not `break`.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].TakeWhile(t => t != -100).ToArray() is var begun ? Surprises(logits[b], begun) : []).DefaultIfEmpty(double.NaN).Average()),
            new("the sign", "The sign is turned round. ln p is negative; the loss is −ln p.",
                (logits, targets) => -Enumerable.Range(0, logits.Length).SelectMany(b => Surprises(logits[b], targets[b])).Average()),
            new("overflow", "e^1000 is infinite. Take the row's largest logit out before exp, and add it again after the logarithm.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].Select((t, i) => (t, i)).Where(at => at.t != -100)
                    .Select(at => Math.Log(logits[b].Row(at.i).PointwiseExp().Sum()) - logits[b][at.i, at.t])).Average())
            {
                Variants = [(logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].Select((t, i) => (t, i)).Where(at => at.t != -100)
                    .Select(at => -Math.Log(Math.Exp(logits[b][at.i, at.t]) / logits[b].Row(at.i).PointwiseExp().Sum()))).Average()],
            },
            new("the mean of p", "The probabilities were averaged and the logarithm was taken afterwards. Take it at each place, and average the losses.",
                (logits, targets) => -Math.Log(Enumerable.Range(0, logits.Length).SelectMany(b => Surprises(logits[b], targets[b])).Average(surprise => Math.Exp(-surprise)))),
            new("no softmax", "The logit of the right word was taken for ln p. Softmax comes first: ln p = z_y − ln Σ e^z.",
                (logits, targets) => -Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].Select((t, i) => (t, i)).Where(at => at.t != -100).Select(at => logits[b][at.i, at.t])).Average()),
        ]);

    /// <summary>−ln p at each place that is counted.</summary>
    private static double[] Surprises(Matrix<double> logits, int[] targets) =>
        [.. targets.Select((target, i) => (target, i)).Where(at => at.target != CrossEntropy.Ignored)
            .Select(at => CrossEntropy.Forward(logits.SubMatrix(at.i, 1, 0, logits.ColumnCount), [at.target]).Loss)];
}
