namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>What a causal model is given and what it should say at each place, from the ids of a sentence (two or more).</summary>
    public delegate (int[] inputs, int[] targets) NextWordFunction(int[] ids);

    /// <summary>12.1: inputs and targets of the causal objective.</summary>
    public static FunctionExercise<NextWordFunction> NextWord { get; } = new(
        id: "12.1",
        title: "Every word is asked for",
        statement: "Return what a causal model is given, and the word it should say at each place: the one that follows.",
        solution: ids => (ids[..^1], ids[1..]),
        cases:
        [
            [new[] { 2, 7, 5, 9, 3 }],
            [new[] { 2, 3 }],
            [new[] { 4, 4, 4, 6, 6 }],
            [new[] { 50256, 1000, 2000, 3000, 2000, 1000, 50255 }],
        ],
        randomCase: random => [Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(20)).ToArray()],
        derived: DerivedCases.None,
        neverOne: ["ids"],   // with one word there is nothing to predict
        hints:
        [
            "At the first place the model sees the first word and should say the second. So the targets begin with the second word.",
            "At the last word there is nothing left to say: it is a target, and no input.",
            "`ids[1..]` is all but the first, `ids[..^1]` all but the last.",
        ],
        mistakes:
        [
            new("not shifted", "Each place is asked for the word that it already sees. A model that copies its input has no loss at all, and learns nothing.",
                ids => (ids[..^1], ids[..^1])) { Variants = [ids => ([.. ids], [.. ids]), ids => (ids[1..], ids[1..])] },
            new("shifted twice", "Each place is asked for the word after the next. This happens when the data are shifted, and the loss shifts them once more.",
                ids => (ids.Length > 2 ? ids[..^2] : [], ids.Length > 2 ? ids[2..] : []))
            { Variants = [ids => (ids[..^1], [.. ids[2..], ids[^1]]), ids => (ids[..^1], [.. ids[2..], Ignored])] },
            new("shifted backwards", "Each place is asked for the word before it. It sees that one already.",
                ids => (ids[1..], ids[..^1])),
            new("round the end", "The last word is an input too, and is asked for the first word, as if the sentence went round. Nothing follows it: leave it out.",
                ids => ([.. ids], [.. ids[1..], ids[0]])),
            new("the last word as an input", "The inputs still have the last word, for which there is no target: both must be of one length.",
                ids => ([.. ids], ids[1..])) { Variants = [ids => ([.. ids], [.. ids[1..], Ignored]), ids => ([.. ids], [.. ids[1..], 0])] },
        ]);
}
