namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double VarianceLeftFunction(double variance, double epsilon);

    public static FunctionExercise<VarianceLeftFunction> VarianceLeft { get; } = new(
        id: "01.3",
        title: "What ε leaves of the variance",
        statement: "Return the variance of the normalised token, from the variance of the token and ε.",
        solution: (variance, epsilon) => variance / (variance + epsilon),
        cases: [[1.0, 3.0], [1e-5, 1e-5], [100.0, 1e-5], [0.0, 1e-5], [2.0, 0.0], [3e6, 1e6]],
        randomCase: random => [Math.Exp(random.NormalVector(1, 2)[0]), Math.Exp(random.NormalVector(1, 2)[0])],
        hints:
        [
            "Taking the mean away changes no distance, so the variance of x − μ is that of x.",
            "Then every number is divided by one and the same root. When all numbers are divided by r, what is their variance divided by?",
            "It is divided by r². Here r² = σ² + ε.",
        ],
        mistakes:
        [
            new("always 1", "This is 1 whatever the token. It would be, if ε were not there: the root divides by a little more than σ.",
                (variance, epsilon) => 1),
            new("the deviation", "This is the standard deviation of the normalised token. Its variance is the square of that.",
                (variance, epsilon) => Math.Sqrt(variance / (variance + epsilon))),
            new("divided by the root once", "The numbers are divided by √(σ² + ε). Their variance, a mean of squares, is divided by the square of that.",
                (variance, epsilon) => variance / Math.Sqrt(variance + epsilon)),
            new("ε outside the root", "This has ε outside the root, as if the token was divided by σ + ε.",
                (variance, epsilon) => variance / Math.Pow(Math.Sqrt(variance) + epsilon, 2)),
            new("a root of each", "This divides by (σ + √ε)². The root of a sum is not the sum of the roots: √(σ² + ε) is less than σ + √ε.",
                (variance, epsilon) => variance / Math.Pow(Math.Sqrt(variance) + Math.Sqrt(epsilon), 2)),
            new("only the divisor", "This is by what the variance is multiplied, 1/(σ² + ε). The variance itself is missing above the line.",
                (variance, epsilon) => 1 / (variance + epsilon)),
            new("divided by the square of σ² + ε", "This is divided by (σ² + ε)². The numbers are divided by the root of σ² + ε, and the square of that root is σ² + ε itself.",
                (variance, epsilon) => variance / Math.Pow(variance + epsilon, 2)),
            new("parentheses missing", "Parentheses are missing: `variance / variance + epsilon` divides first. Write `variance / (variance + epsilon)`.",
                (variance, epsilon) => variance / variance + epsilon),
            new("the divisor itself", "This is what the numbers are divided by, or its square, or 1 divided by it. Asked for is what becomes of the variance.",
                (variance, epsilon) => Math.Sqrt(variance + epsilon)) { Variants = [(variance, epsilon) => variance + epsilon, (variance, epsilon) => 1 / Math.Sqrt(variance + epsilon)] },
            new("as it was", "This is the variance before. The numbers are divided by a root, and their variance by its square.",
                (variance, epsilon) => variance),
            new("one half", "This is right where the variance is as large as ε, and there alone. What is it for other tokens?",
                (variance, epsilon) => 0.5),
            new("divided by ε", "This is how many times ε the variance was. The numbers are divided by the root of σ² + ε, so their variance by σ² + ε.",
                (variance, epsilon) => variance / epsilon),
            new("what is lost", "This is the share that ε takes. Asked for is what is left: the variance of x̂ itself.",
                (variance, epsilon) => epsilon / (variance + epsilon)),
            new("σ over σ² + ε", "The variance of x is σ², and here σ stands above the line.",
                (variance, epsilon) => Math.Sqrt(variance) / (variance + epsilon)),
            new("squared once too often", "This is the square of the right number: `variance` is σ² already.",
                (variance, epsilon) => Math.Pow(variance / (variance + epsilon), 2)),
            new("upside down", "Upside down: the token is divided by the root, not multiplied by it.",
                (variance, epsilon) => (variance + epsilon) / variance),
        ]);
}
