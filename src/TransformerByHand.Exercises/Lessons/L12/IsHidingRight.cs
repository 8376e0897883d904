namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>A test of an implementation of 12.2.</summary>
    public delegate bool HidingTest(Func<int[], double[], double[], int[], int, (int[] inputs, int[] targets)> hide);

    /// <summary>12.3: find the bug in the masked objective.</summary>
    public static TestExercise<HidingTest, Func<int[], double[], double[], int[], int, (int[] inputs, int[] targets)>> IsHidingRight { get; } = new(
        id: "12.3",
        title: "A test for the hiding",
        statement: "Write a test for an implementation of 12.2: true for a correct one, false for a wrong one.",
        solution: hide =>
        {
            // One word of each fate, and for each fate one that was not chosen; the three last stand on a boundary.
            int[] ids = [7, 8, 9, 10, 11, 12, 13, 14, 15];
            double[] chosen = [0.05, 0.9, 0.1, 0.9, 0.12, 0.9, 0.15, 0.1, 0.1], fate = [0.3, 0.3, 0.85, 0.85, 0.95, 0.95, 0.3, 0.8, 0.9];
            int[] others = [21, 22, 23, 24, 25, 26, 27, 28, 29];
            int[] before = [.. ids];
            var (inputs, targets) = hide(ids, chosen, fate, others, 4);
            return ids.SequenceEqual(before)
                && inputs is not null && inputs.SequenceEqual([4, 8, 23, 10, 11, 12, 13, 28, 15])
                && targets is not null && targets.SequenceEqual([7, -100, 9, -100, 11, -100, -100, 14, 15]);
        },
        correct:
        [
            new("follows the rule", "It is right: what was chosen is asked for, and is hidden, replaced or left.", (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask)),
            new("makes new arrays", "It is right, and builds both lists word by word.",
                (ids, chosen, fate, others, mask) => (
                    [.. ids.Select((id, i) => chosen[i] >= 0.15 || fate[i] >= 0.9 ? id : fate[i] < 0.8 ? mask : others[i])],
                    [.. ids.Select((id, i) => chosen[i] < 0.15 ? id : Ignored)])),
        ],
        wrong:
        [
            new("asks for every word", "Every word has a target, so that most of the loss is copying. The inputs are right.", (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) with { targets = [.. ids] }),
            new("asks only for what it changed", "It finds the chosen words by looking where inputs and ids differ. A chosen word that stays has no target then.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. ids.Select((id, i) => h.inputs[i] != id ? id : Ignored)]) : h),
            new("asks for the mask", "It takes the targets after it has hidden the words, and asks for the mask. The model soon gives it, and the loss falls to nothing.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) is var h ? (h.inputs, [.. h.targets.Select((t, i) => t == Ignored ? t : h.inputs[i])]) : h),
            new("always hides", "Every chosen word becomes the mask. A sentence in which all chosen words are hidden cannot show it.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, [.. fate.Select(_ => 0.0)], others, mask)),
            new("exchanges the tenths", "It replaces from 0.9 on and leaves from 0.8 to 0.9.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, [.. fate.Select(f => f < 0.8 ? f : f < 0.9 ? 0.95 : 0.85)], others, mask)),
            new("hides what was not chosen", "It draws the fate of every word, chosen or not. Where the others have the fate to stay, nobody sees it.",
                (ids, chosen, fate, others, mask) => Hidden(ids, chosen, fate, others, mask) with { inputs = Hidden(ids, [.. ids.Select(_ => 0.0)], fate, others, mask).inputs }),
            new("chooses one too many", "It chooses 0.15 as well. Only a draw of exactly 0.15 shows it.",
                (ids, chosen, fate, others, mask) => Hidden(ids, [.. chosen.Select(c => c == 0.15 ? 0 : c)], fate, others, mask)),
            new("writes into the sentence", "What it returns is right, but it hides the words in `ids` itself: the next time the sentence is drawn, its words are gone for good.",
                (ids, chosen, fate, others, mask) =>
                {
                    var hidden = Hidden(ids, chosen, fate, others, mask);
                    hidden.inputs.CopyTo(ids, 0);
                    return hidden;
                }),
        ],
        hints:
        [
            "Write down one short sentence, the draws for it, and on paper what must come out. Compare every entry of both lists: `inputs.SequenceEqual([…])`.",
            "The sentence needs a word of each fate (hidden, replaced, left), and for each fate one that was not chosen.",
            "Two mistakes are left then. One shows only at a draw of exactly 0.15. The other returns the right lists: look what became of `ids`.",
        ],
        errors: SmallErrors.None,
        mistakes:
        [
            new("counts the masks", "This counts how many words are hidden. The number is right in many wrong implementations: look at which words, and at the targets.",
                hide => hide([7, 8, 9, 10], [0.05, 0.9, 0.1, 0.9], [0.3, 0.3, 0.3, 0.3], [21, 22, 23, 24], 4).inputs.Count(id => id == 4) == 2),
            new("looks at the inputs only", "The inputs are compared, the targets are not. What the model is asked is half of the objective.",
                hide => hide([7, 8, 9, 10, 11], [0.05, 0.9, 0.1, 0.12, 0.15], [0.3, 0.3, 0.85, 0.95, 0.3], [21, 22, 23, 24, 25], 4).inputs.SequenceEqual([4, 8, 23, 10, 11])),
            new("looks at the targets only", "The targets are compared, the inputs are not.",
                hide => hide([7, 8, 9, 10, 11], [0.05, 0.9, 0.1, 0.12, 0.15], [0.3, 0.3, 0.85, 0.95, 0.3], [21, 22, 23, 24, 25], 4).targets.SequenceEqual([7, -100, 9, 10, -100])),
            new("every chosen word hidden", "Both lists are compared. But every chosen word of this sentence is hidden, so that nothing shows what becomes of the other two tenths.",
                hide => hide([7, 8, 9, 10], [0.05, 0.9, 0.1, 0.15], [0.3, 0.3, 0.5, 0.3], [21, 22, 23, 24], 4) is var (inputs, targets) && inputs.SequenceEqual([4, 8, 4, 10]) && targets.SequenceEqual([7, -100, 9, -100])),
            new("the sentence is not looked at again", "All but one are caught. What that one returns is right: look what became of `ids`.",
                hide => hide([7, 8, 9, 10, 11, 12], [0.05, 0.9, 0.1, 0.12, 0.15, 0.9], [0.3, 0.3, 0.85, 0.95, 0.3, 0.85], [21, 22, 23, 24, 25, 26], 4) is var (inputs, targets) && inputs.SequenceEqual([4, 8, 23, 10, 11, 12]) && targets.SequenceEqual([7, -100, 9, 10, -100, -100])),
            new("no draw on the boundary", "All but one are caught. Give a word the draw 0.15 itself: it is not chosen.",
                hide =>
                {
                    int[] ids = [7, 8, 9, 10, 11, 12], before = [.. ids];
                    return hide(ids, [0.05, 0.9, 0.1, 0.12, 0.9, 0.9], [0.3, 0.3, 0.85, 0.95, 0.95, 0.85], [21, 22, 23, 24, 25, 26], 4) is var (inputs, targets)
                        && inputs.SequenceEqual([4, 8, 23, 10, 11, 12]) && targets.SequenceEqual([7, -100, 9, 10, -100, -100]) && ids.SequenceEqual(before);
                }),
            new("compares the arrays themselves", "Your test says no to everything, to correct implementations too. If you compare arrays by `==`: that asks whether both are the same object. Use `SequenceEqual`.",
                _ => false),
        ]);
}
