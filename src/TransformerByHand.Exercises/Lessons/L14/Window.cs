namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate (int first, int last) WindowFunction(int i, int n, int w, bool causal);

    public static FunctionExercise<WindowFunction> Window { get; } = new(
        id: "14.6",
        title: "A window, in both conventions",
        statement: "Return the first and the last key that query `i` of `n` visits. A causal window of `w` is the token itself and the w − 1 before it; one that is not has (w − 1)/2 to each side, and w is odd.",
        solution: (i, n, w, causal) => causal
            ? (Math.Max(0, i - w + 1), i)
            : (Math.Max(0, i - (w - 1) / 2), Math.Min(n - 1, i + (w - 1) / 2)),
        cases:
        [
            [6, 10, 3, true],
            [6, 10, 3, false],
            [1, 10, 5, true],
            [1, 10, 5, false],
            [9, 10, 7, false],
            [9, 10, 4, true],
            [4, 9, 1, true],
            [4, 9, 1, false],
            [0, 1, 3, true],
            [0, 1, 3, false],
            [2, 3, 99, false],
        ],
        randomCase: random =>
        {
            int n = random.Next(5, 40);
            bool causal = random.Next(2) == 0;
            return [random.Next(n), n, causal ? random.Next(1, 12) : 1 + 2 * random.Next(0, 6), causal];
        },
        derived: DerivedCases.None,     // there is neither vector nor matrix to change
        hints:
        [
            "Write down what token 6 sees with w = 3: causal 4, 5, 6; otherwise 5, 6, 7. And token 1?",
            "No key before 0, and none after n − 1: `Math.Max` and `Math.Min`.",
            "The token itself is one of the w. So w − 1 are left: all of them before it, or one half on each side.",
        ],
        mistakes:
        [
            new("one token too many", "The token itself is one of the w: with w before it there are w + 1.",
                (i, n, w, causal) => causal ? (Math.Max(0, i - w), i) : Sides(i, n, w)),
            new("one token too few", "The causal window is one short: it begins at i − w + 1, so that the token itself and w − 1 before it are visited.",
                (i, n, w, causal) => causal ? (Math.Max(0, Math.Min(i, i - w + 2)), i) : Sides(i, n, w))
                { Variants = [(i, n, w, causal) => causal ? (Math.Max(0, i - w + 2), i) : Sides(i, n, w), (i, n, w, causal) => causal ? (Math.Max(0, i - w + 2), i) : Clamped(i - w / 2 + 1, i + w / 2 - 1, n)] },
            new("w to each side", "The window that looks both ways has w tokens *in all*: (w − 1)/2 to each side.",
                (i, n, w, causal) => causal ? Back(i, w) : Clamped(i - w, i + w, n))
                { Variants = [(i, n, w, causal) => causal ? Back(i, w) : Clamped(i - (w - 1), i + (w - 1), n)] },
            new("before the beginning", "The first key lies before the beginning of the text: no key is smaller than 0.",
                (i, n, w, causal) => causal ? (i - w + 1, i) : (i - (w - 1) / 2, Math.Min(n - 1, i + (w - 1) / 2))),
            new("after the end", "The last key lies after the end of the text: none is larger than n − 1.",
                (i, n, w, causal) => causal ? Back(i, w) : (Math.Max(0, i - (w - 1) / 2), i + (w - 1) / 2))
                { Variants = [(i, n, w, causal) => causal ? Back(i, w) : (Math.Max(0, i - (w - 1) / 2), Math.Min(n, i + (w - 1) / 2))] },
            new("one behind the last", "The last key is one too many, as if it stood behind the window. `last` is a key that is still visited.",
                (i, n, w, causal) => causal ? (Back(i, w).first, i + 1) : (Sides(i, n, w).first, Sides(i, n, w).last + 1)),
            new("no window, causal", "The causal window begins at token 0: all of the past is visited, whatever w is.",
                (i, n, w, causal) => causal ? (0, i) : Sides(i, n, w)),
            new("always causal", "`causal` is not looked at: this window always looks back.",
                (i, n, w, causal) => Back(i, w)),
            new("never causal", "`causal` is not looked at: this window always looks both ways.",
                (i, n, w, causal) => Sides(i, n, w)),
            new("half a window, causal", "The causal window has only its half before the token. It looks back only, so all of the w − 1 stand there.",
                (i, n, w, causal) => causal ? (Math.Max(0, i - (w - 1) / 2), i) : Sides(i, n, w)),
            new("the token hidden from itself", "The window ends before the token. It sees itself.",
                (i, n, w, causal) => causal ? (Math.Max(0, i - w), i - 1) : Sides(i, n, w)),
        ]);

    private static (int first, int last) Back(int i, int w) => (Math.Max(0, i - w + 1), i);

    private static (int first, int last) Sides(int i, int n, int w) => Clamped(i - (w - 1) / 2, i + (w - 1) / 2, n);

    private static (int first, int last) Clamped(int first, int last, int n) => (Math.Max(0, first), Math.Min(n - 1, last));
}
