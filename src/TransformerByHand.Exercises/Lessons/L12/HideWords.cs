namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>
    /// What a masked model is given and what it is asked, from the ids of a sentence (n), three draws a word (n each: whether it is
    /// chosen, what becomes of it, which word may take its place) and the id of the mask.
    /// </summary>
    public delegate (int[] inputs, int[] targets) HideWordsFunction(int[] ids, double[] chosen, double[] fate, int[] others, int mask);

    /// <summary>12.2: inputs and targets of the masked objective, with BERT's rule.</summary>
    public static FunctionExercise<HideWordsFunction> HideWords { get; } = new(
        id: "12.2",
        title: "Hide, replace, or leave",
        statement: "Choose the words with `chosen[i] < 0.15`. Of these, put `mask` where `fate[i] < 0.8`, `others[i]` where it is from 0.8 to below 0.9, and leave the rest as they are. Chosen words are asked for; the others have the target −100.",
        solution: (ids, chosen, fate, others, mask) =>
        {
            int[] inputs = [.. ids], targets = [.. ids];
            for (int i = 0; i < ids.Length; i++)
            {
                if (chosen[i] >= 0.15) targets[i] = -100;           // not asked for
                else if (fate[i] < 0.8) inputs[i] = mask;
                else if (fate[i] < 0.9) inputs[i] = others[i];      // and else it stays, and is asked for all the same
            }
            return (inputs, targets);
        },
        cases:
        [
            [new[] { 7, 5, 9, 8, 6 }, new[] { 0.05, 0.9, 0.1, 0.12, 0.5 }, new[] { 0.3, 0.3, 0.85, 0.95, 0.85 }, new[] { 11, 12, 13, 14, 15 }, 4],
            [new[] { 7 }, new[] { 0.149 }, new[] { 0.799 }, new[] { 20 }, 4],
            [new[] { 7, 8, 9 }, new[] { 0.15, 0.14, 0.14 }, new[] { 0.1, 0.8, 0.9 }, new[] { 31, 32, 33 }, 4],
            [new[] { 5, 5, 5, 5 }, new[] { 0.1, 0.2, 0.1, 0.2 }, new[] { 0.5, 0.5, 0.5, 0.95 }, new[] { 5, 6, 5, 6 }, 1],
            [new[] { 3000, 2000, 1000, 7000, 9000, 1500 }, new[] { 0.01, 0.02, 0.03, 0.7, 0.8, 0.9 }, new[] { 0.95, 0.85, 0.1, 0.95, 0.85, 0.1 }, new[] { 1111, 2222, 3333, 4444, 5555, 6666 }, 103],
        ],
        randomCase: random =>
        {
            int n = random.Next(1, 12);
            // Half of the words are chosen, so that every fate is met.
            return
            [
                Enumerable.Range(0, n).Select(_ => random.Next(5, 40)).ToArray(),
                Enumerable.Range(0, n).Select(_ => 0.3 * random.NextDouble()).ToArray(),
                Enumerable.Range(0, n).Select(_ => random.Next(2) == 0 ? random.NextDouble() : 0.75 + 0.25 * random.NextDouble()).ToArray(),
                Enumerable.Range(0, n).Select(_ => random.Next(40, 60)).ToArray(),
                4,
            ];
        },
        derived: DerivedCases.None,
        hints:
        [
            "Begin with copies of `ids` for both: `int[] inputs = [.. ids], targets = [.. ids];`.",
            "Where a word is not chosen, only its target changes, to −100. Where it is chosen, only its input may change.",
            "A chosen word that stays as it is still has its target: the model does not know which of the words it sees are true.",
        ],
        mistakes:
        [
            new("every word is asked for", "Every word has a target. Those that were not chosen stand there for the model to read: copying them is no task, and would be most of the loss.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) with { targets = [.. ids] }),
            new("what stays is not asked for", "The chosen words that stayed as they are have no target. Then the model learns that a word which is neither hidden nor odd never matters, and that is what the last tenth is there to prevent.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select((t, i) => fate[i] >= 0.9 ? Ignored : t)]) : h),
            new("only the hidden ones are asked for", "Only the words under a mask have a target. Those that were replaced, or left, were chosen too.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select((t, i) => fate[i] >= 0.8 ? Ignored : t)]) : h),
            new("the mask is asked for", "Where a word was hidden or replaced, the target is what was put there. It should be the word that stood there: take the targets before you change anything.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select((t, i) => t == Ignored ? t : h.inputs[i])]) : h),
            new("always the mask", "Every chosen word became the mask. One tenth of them is replaced by another word, and one tenth stays.",
                (ids, chosen, fate, others, mask) => ([.. ids.Select((id, i) => chosen[i] < 0.15 ? mask : id)], [.. ids.Select((id, i) => chosen[i] < 0.15 ? id : Ignored)])),
            new("none stays", "Every chosen word was changed: from 0.9 on it stays as it is.",
                (ids, chosen, fate, others, mask) => ([.. ids.Select((id, i) => chosen[i] >= 0.15 ? id : fate[i] < 0.8 ? mask : others[i])], [.. ids.Select((id, i) => chosen[i] < 0.15 ? id : Ignored)])),
            new("replaced and left exchanged", "From 0.8 to 0.9 the word stayed, and from 0.9 on it was replaced. It is the other way round.",
                (ids, chosen, fate, others, mask) => ([.. ids.Select((id, i) => chosen[i] >= 0.15 || fate[i] is >= 0.8 and < 0.9 ? id : fate[i] < 0.8 ? mask : others[i])], [.. ids.Select((id, i) => chosen[i] < 0.15 ? id : Ignored)]))
            { Variants = [(ids, chosen, fate, others, mask) => ([.. ids.Select((id, i) => chosen[i] >= 0.15 || fate[i] is >= 0.8 and <= 0.9 ? id : fate[i] < 0.8 ? mask : others[i])], [.. ids.Select((id, i) => chosen[i] < 0.15 ? id : Ignored)])] },
            new("the bounds as well", "A bound was counted to the wrong side: below 0.15, below 0.8 and below 0.9 do not include 0.15, 0.8 and 0.9.",
                (ids, chosen, fate, others, mask) => Hidden(ids, [.. chosen.Select(c => c == 0.15 ? 0 : c)], [.. fate.Select(f => f == 0.8 ? 0 : f == 0.9 ? 0.85 : f)], others, mask))
            {
                Variants = [(ids, chosen, fate, others, mask) => Hidden(ids, [.. chosen.Select(c => c == 0.15 ? 0 : c)], fate, others, mask),
                    (ids, chosen, fate, others, mask) => Hidden(ids, chosen, [.. fate.Select(f => f == 0.8 ? 0 : f == 0.9 ? 0.85 : f)], others, mask)],
            },
            new("none replaced", "No word was replaced: where `fate[i]` is from 0.8 to below 0.9, `others[i]` belongs. (Is `fate[i] < 0.1` asked there? A number that is not below 0.8 is never below 0.1.)",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, [.. fate.Select(f => f >= 0.8 ? 0.95 : f)], others, mask)),
            new("one draw for both", "`chosen` decided what becomes of a word as well. `fate` is a draw of its own for that.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, [.. chosen.Select(c => c / 0.15)], others, mask)),
            new("85 % chosen", "The words whose `chosen[i]` is not below 0.15 were chosen. That is most of the sentence: too little is left to guess from.",
                (ids, chosen, fate, others, mask) => Hidden(ids, [.. chosen.Select(c => c < 0.15 ? 1.0 : 0)], fate, others, mask))
            { Variants = [(ids, chosen, fate, others, mask) => Hidden(ids, [.. chosen.Select(c => c <= 0.15 ? 1.0 : 0)], fate, others, mask)] },
            new("changed though not chosen", "Words were hidden or replaced that were not chosen. `fate` says what becomes of a chosen word; of the others nothing becomes.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) with { inputs = [.. ids.Select((id, i) => fate[i] < 0.8 ? mask : fate[i] < 0.9 ? others[i] : id)] }),
            new("0 for what is not asked", "Where nothing is asked, the target is 0. That is the id of a word: it should be −100, which no word has.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select(t => t == Ignored ? 0 : t)]) : h),
            new("−1 for what is not asked", "Where nothing is asked, the target is −1. The loss leaves out −100, and would look for a word −1.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select(t => t == Ignored ? -1 : t)]) : h),
            new("the id of the mask is asked for", "The target of every chosen word is `mask`. It is the word that stood there: that is what the model should say.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select(t => t == Ignored ? t : mask)]) : h),
            new("targets of what was not chosen", "The targets stand at the words that were not chosen, and −100 at those that were.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) with { targets = [.. ids.Select((id, i) => chosen[i] < 0.15 ? Ignored : id)] }),
            new("inputs and targets exchanged", "Inputs and targets have changed places.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.targets, h.inputs) : h),
        ]);

    private static (int[] inputs, int[] targets) Hidden(int[] ids, double[] chosen, double[] fate, int[] others, int mask) =>
        HideWords.ReferenceSolution(ids, chosen, fate, others, mask);
}
