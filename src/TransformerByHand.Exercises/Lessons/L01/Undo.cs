namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate (double gamma, double beta) UndoFunction(double mean, double variance, double epsilon);

    public static FunctionExercise<UndoFunction> Undo { get; } = new(
        id: "01.6",
        title: "Undo it",
        statement: "Return the γ and the β, the same for all features, with which every token of this mean and variance comes out of LayerNorm as it went in.",
        solution: (mean, variance, epsilon) => (Math.Sqrt(variance + epsilon), mean),
        cases: [[10.0, 4.0, 5.0], [0.2, 0.02 / 3, 1e-5], [-3.0, 1.0, 0.0], [0.0, 2.0, 0.5], [5000.0, 9e6, 1e5]],
        randomCase: random => [random.NormalVector(1, 3)[0], Math.Exp(random.NormalVector(1, 2)[0]), 0.5],
        hints:
        [
            "The token went through two steps: the mean was taken away, then a root divided. Go back through them, last step first.",
            "γ has to make good the division, and β has to bring the mean back.",
            "By what was each number divided? By √(σ² + ε), ε included. Multiply by the same.",
        ],
        mistakes:
        [
            new("ε forgotten", "The token was divided by √(σ² + ε). This multiplies by σ, so it comes back a little too small.",
                (mean, variance, epsilon) => (Math.Sqrt(variance), mean)),
            new("ε outside the root", "The token was divided by √(σ² + ε), with ε inside the root. This multiplies by σ + ε.",
                (mean, variance, epsilon) => (Math.Sqrt(variance) + epsilon, mean)),
            new("the root forgotten", "The token was divided by a root, and this multiplies by what stands under it.",
                (mean, variance, epsilon) => (variance + epsilon, mean)),
            new("divides again", "γ divides a second time here. To undo a division, multiply.",
                (mean, variance, epsilon) => (1 / Math.Sqrt(variance + epsilon), mean)),
            new("normalises again", "This normalises a second time: γ divides by the root and β takes the mean away. To undo the two, multiply by the root and add the mean.",
                (mean, variance, epsilon) => (1 / Math.Sqrt(variance + epsilon), -mean)) { Variants = [(mean, variance, epsilon) => (1 / Math.Sqrt(variance + epsilon), -mean / Math.Sqrt(variance + epsilon))] },
            new("takes the mean away again", "The mean was taken away. β is added, so it is the mean itself that brings it back, not its opposite.",
                (mean, variance, epsilon) => (Math.Sqrt(variance + epsilon), -mean)),
            new("β scaled", "β is added after γ has multiplied, so it is not scaled any more: it is the mean itself.",
                (mean, variance, epsilon) => (Math.Sqrt(variance + epsilon), mean * Math.Sqrt(variance + epsilon))),
            new("γ and β exchanged", "The two have changed places: γ multiplies and comes first, β is added.",
                (mean, variance, epsilon) => (mean, Math.Sqrt(variance + epsilon))),
            new("the start values", "γ = 1 and β = 0 are what they are before training: they leave the normalised token as it is.",
                (mean, variance, epsilon) => (1, 0)),
        ]);
}
