namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate int KeyHeadFunction(int head, int h, int g);

    public static FunctionExercise<KeyHeadFunction> KeyHead { get; } = new(
        id: "14.3",
        title: "Whose keys?",
        statement: "h heads ask and share g heads of keys and values, neighbours together. Return which of the g head `head` reads, both counted from 0. g divides h.",
        solution: (head, h, g) => head / (h / g),
        cases:
        [
            [5, 8, 2],
            [3, 8, 2],
            [4, 8, 4],
            [31, 32, 8],
            [7, 8, 8],
            [7, 8, 1],
            [0, 6, 3],
            [0, 1, 1],
            [5, 12, 3],
        ],
        randomCase: random =>
        {
            int g = random.Next(2, 6), each = random.Next(2, 7);
            return [random.Next(g * each), g * each, g];
        },
        derived: DerivedCases.None,     // there is neither vector nor matrix to change
        hints:
        [
            "With h = 8 and g = 2, heads 0 to 3 read the keys of head 0, and heads 4 to 7 those of head 1.",
            "How many neighbours share? h/g of them. So every h/g heads the number goes up by one.",
        ],
        mistakes:
        [
            new("dealt out in turn", "This deals the heads out in turn, 0, 1, 0, 1, …: `head % g`. Neighbours share here, as in published models, whose weights lie in that order.",
                (head, h, g) => head % g),
            new("divided by g", "This divides by g, the number of groups; a group has h/g heads.",
                (head, h, g) => head / g),
            new("the place in the group", "This is the place of the head within its group. Asked for is which group it is.",
                (head, h, g) => head % (h / g)),
            new("its own", "Every head reads its own keys. There are only g.",
                (head, h, g) => head),
            new("the first head of the group", "This is the number of the first head of the group, among the h. The heads of keys are counted by themselves, from 0 to g − 1.",
                (head, h, g) => head / (h / g) * (h / g)),
        ]);
}
