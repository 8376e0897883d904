namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>The rate η of step <paramref name="s"/>, counted from 1, for a model of width <paramref name="d"/>, with a warm-up of so many steps.</summary>
    public delegate double WarmUpFunction(int s, int d, int warmUp);

    /// <summary>11.4: the schedule of 2017.</summary>
    public static FunctionExercise<WarmUpFunction> WarmUp { get; } = new(
        id: "11.4",
        title: "The schedule of 2017",
        statement: "The rate rises in a line through 0 until step `warmUp`, and from there falls like 1/√s. At step `warmUp` it is 1/√(d · warmUp). Return the rate of step `s`, counted from 1.",
        solution: (s, d, warmUp) => 1 / Math.Sqrt(d) * Math.Min(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -1.5)),
        cases:
        [
            [100, 64, 400], [1600, 64, 400], [400, 64, 400], [1, 16, 1], [1, 512, 4000], [4000, 512, 4000], [100000, 512, 4000], [3, 7, 2], [399, 36, 400], [401, 36, 400],
        ],
        randomCase: random => [random.Next(1, 3000), random.Next(1, 600), random.Next(1, 1500)],
        hints:
        [
            "Write the two branches first. After the warm-up: c/√s, with a c that gives 1/√(d · warmUp) at s = warmUp. Before it: c·s, with another c.",
            "After: 1/√(d·s). Before: s / (warmUp · √(d · warmUp)).",
            "Which of the two is smaller, before the warm-up's end and after it?",
        ],
        mistakes:
        [
            new("the larger of the two", "The larger branch was taken. Before the warm-up's end that is the falling one: the rate would begin at its highest.",
                (s, d, warmUp) => Math.Max(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -1.5)) / Math.Sqrt(d)),
            new("steps counted from 0", "The rate is that of the step before. Steps are counted from 1: the first has a small rate, not 0.",
                (s, d, warmUp) => s == 1 ? 0 : Math.Min(1 / Math.Sqrt(s - 1), (s - 1) * Math.Pow(warmUp, -1.5)) / Math.Sqrt(d)),
            new("one step ahead", "The rate is that of the step after: s + 1 stands where s should. Steps are counted from 1 already.",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s + 1), (s + 1) * Math.Pow(warmUp, -1.5)) / Math.Sqrt(d)),
            new("without the width", "The width d is missing. At the end of the warm-up the rate is 1/√(d · warmUp).",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -1.5))),
            new("divided by d", "The rate was divided by d. It is divided by its root.",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -1.5)) / d),
            new("times the root of d", "The rate was multiplied by √d. Wider models take smaller steps: divide.",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -1.5)) * Math.Sqrt(d)),
            new("a line that is 0 at first", "The line is one step late: s − 1 stands in it where s should. Steps are counted from 1, and the first has a small rate, not 0.",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), (s - 1) * Math.Pow(warmUp, -1.5)) / Math.Sqrt(d)),
            new("no end of the line", "The rate rises for ever. After step `warmUp` it falls, like 1/√s.",
                (s, d, warmUp) => s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d)),
            new("counted anew from the top", "After the warm-up the steps were counted from its end. The fall is 1/√s in the step's own number, so that it meets the line without a jump.",
                (s, d, warmUp) => s <= warmUp ? s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d) : 1 / Math.Sqrt((double)d * warmUp) / Math.Sqrt(s - warmUp + 1))
            { Variants = [(s, d, warmUp) => s <= warmUp ? s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d) : 1 / Math.Sqrt((double)d * (s - warmUp)), (s, d, warmUp) => s <= warmUp ? s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d) : 1 / Math.Sqrt((double)d * warmUp) / Math.Sqrt(s - warmUp)] },
            new("falls from too low", "At the end of the warm-up the rate drops: the height 1/√(d · warmUp) was divided by √s once more. The fall is c/√s with the c that gives this height at step `warmUp`.",
                (s, d, warmUp) => s <= warmUp ? s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d) : 1 / Math.Sqrt((double)d * warmUp) / Math.Sqrt(s))
            { Variants = [(s, d, warmUp) => s < warmUp ? s * Math.Pow(warmUp, -1.5) / Math.Sqrt(d) : 1 / Math.Sqrt((double)d * warmUp) / Math.Sqrt(s)] },
            new("whole powers", "`-1 / 2` is a quotient of whole numbers, 0, and `-3 / 2` is −1. Write −0.5 and −1.5.",
                (s, d, warmUp) => Math.Min(1, (double)s / warmUp))
            { Variants = [(s, d, warmUp) => Math.Min(1, (double)s / warmUp) / Math.Sqrt(d)] },
            new("the line ends elsewhere", "The branches do not meet: at step `warmUp` the line is not at 1/√(d · warmUp). Its slope is that height, divided by `warmUp`. (Is there a `-3 / 2`? In C# that is −1.)",
                (s, d, warmUp) => s < warmUp ? (double)s / warmUp / Math.Sqrt(d) : 1 / Math.Sqrt(s) / Math.Sqrt(d))
            { Variants = [(s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), s * Math.Pow(warmUp, -0.5)) / Math.Sqrt(d), (s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), (double)s / warmUp) / Math.Sqrt(d)] },
            new("level after the warm-up", "The rate stays at its height after the warm-up. It falls from there, like 1/√s.",
                (s, d, warmUp) => Math.Min(1 / Math.Sqrt(warmUp), s * Math.Pow(warmUp, -1.5)) / Math.Sqrt(d)),
            new("no warm-up", "The rate falls from the first step on. Up to step `warmUp` it rises in a line.",
                (s, d, warmUp) => 1 / Math.Sqrt(s) / Math.Sqrt(d)),
            new("falls like 1/s", "After the warm-up this falls like 1/s. It should fall like 1/√s: four times the steps, half the rate.",
                (s, d, warmUp) => (s < warmUp ? s * Math.Pow(warmUp, -1.5) : Math.Sqrt(warmUp) / s) / Math.Sqrt(d)),
            new("whole numbers", "s / warmUp is a quotient of whole numbers: 0 until the warm-up ends. Make one of them a double.",
                (s, d, warmUp) => (s < warmUp ? s / warmUp / Math.Sqrt(warmUp) : 1 / Math.Sqrt(s)) / Math.Sqrt(d))
            { Variants = [(s, d, warmUp) => Math.Min(1 / Math.Sqrt(s), s / warmUp / Math.Sqrt(warmUp)) / Math.Sqrt(d)] },
        ])
    {
        Formulas = [@"\eta_s ="],
    };
}
