using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

/// <summary>Small exercises to try the engine on.</summary>
internal static class Samples
{
    public delegate double[] DoubledFunction(double[] x);

    public delegate Matrix<double> ProductFunction(Matrix<double> A, Matrix<double> B);

    public delegate (Matrix<double> Twice, Matrix<double> Thrice) PairFunction(Matrix<double> A);

    public delegate (double[] dX, double[] dGamma) GradientFunction(double[] x, double[] dOut);

    public delegate bool EvenTest(Func<int, bool> isEven);

    // Nothing here may depend on how busy the machine is: answers that come back have all the time they want, and those that
    // do not are stopped soon.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    /// <summary>Every number doubled.</summary>
    public static FunctionExercise<DoubledFunction> Doubled { get; } = new(
        "98.1", "Doubled", "Return a new vector with every number doubled.",
        x => [.. x.Select(value => 2 * value)],
        cases: [[new[] { 1.0, 2, 3 }], [new[] { -1.0 }], [new[] { 0.0, 5 }]],
        hints: ["Look at each number.", "Multiply by 2."],
        mistakes:
        [
            new("squares", "This squares.", x => [.. x.Select(value => value * value)]),
            new("halves in place", "This works in place, and halves.", x =>
            {
                for (int i = 0; i < x.Length; i++) x[i] /= 2;
                return [.. x];
            }),
            new("looks one place too far", "This reads past the end.", x => [.. x.Select((_, i) => 2 * x[i + 1])]) { HoldsWithoutNumbers = true },
        ],
        timeLimit: Long);

    /// <summary>A matrix product, square and not.</summary>
    public static FunctionExercise<ProductFunction> Product { get; } = new(
        "98.2", "Product", "Return AB.",
        (A, B) => A * B,
        cases: [],
        randomCase: random =>
        {
            int n = random.Next(1, 5), inner = random.Next(1, 5), m = random.Next(1, 5);
            return [random.NormalMatrix(n, inner), random.NormalMatrix(inner, m)];
        },
        hints: ["Rows times columns."],
        mistakes: [],
        timeLimit: Long);

    /// <summary>Two matrices in one tuple, square and not.</summary>
    public static FunctionExercise<PairFunction> Pair { get; } = new(
        "98.14", "Two matrices", "Return 2A and 3A.",
        A => (2 * A, 3 * A),
        cases: [[Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 2 }, { 3, 4 } })], [Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 2, 5 } })]],
        hints: ["Multiply."],
        mistakes: [],
        timeLimit: Long);

    /// <summary>A number that one mistake misses by much and another by next to nothing.</summary>
    public static FunctionExercise<DoubledFunction> Grown { get; } = new(
        "98.15", "Grown", "Return a new vector with every number times 1000.",
        x => [.. x.Select(value => 1000 * value)],
        cases: [[new[] { 1.0, 2, 3 }]],
        hints: ["Multiply."],
        mistakes:
        [
            new("times a million", "This multiplies twice.", x => [.. x.Select(value => 1e6 * value)]),
            new("a little too much", "This adds a little something.", x => [.. x.Select(value => 1000 * value + 1e-5)]),
        ],
        timeLimit: Long);

    /// <summary>Two gradients in one tuple.</summary>
    public static FunctionExercise<GradientFunction> Gradients { get; } = new(
        "98.3", "Two gradients", "Return dX = dOut + x and dGamma = dOut.",
        (x, dOut) => ([.. x.Zip(dOut, (a, b) => a + b)], [.. dOut]),
        cases: [[new[] { 1.0, 2 }, new[] { 0.5, 0.25 }]],
        hints: ["Add."],
        mistakes: [],
        timeLimit: Long);

    /// <summary>The same number, in a hurry.</summary>
    public static FunctionExercise<Func<double, double>> Hasty { get; } = new(
        "98.5", "The same", "Return x.", x => x, cases: [[1.0], [2.0]], hints: ["It is x."], mistakes: [], timeLimit: Soon);

    /// <summary>A test of a constant, in a hurry.</summary>
    public static TestExercise<Func<Func<int>, bool>, Func<int>> HastyTest { get; } = new(
        "98.6", "Is it 1", "Say whether it is 1.", one => one() == 1,
        correct: [new("is 1", "1 is right.", () => 1)], wrong: [new("is 2", "2 is not 1.", () => 2)], hints: ["1."], mistakes: [], timeLimit: Soon);

    /// <summary>A test of "is it even", with one right and three wrong implementations.</summary>
    public static TestExercise<EvenTest, Func<int, bool>> EvenIsRight { get; } = new(
        "98.4", "A test of evenness", "Say whether `isEven` is right.",
        isEven => isEven(0) && isEven(-2) && !isEven(-1) && !isEven(3) && isEven(10),
        correct: [new("takes the remainder", "n % 2 == 0 is right.", n => n % 2 == 0)],
        wrong:
        [
            new("always says yes", "an odd number shows it.", _ => true),
            new("is odd", "it is the other way round.", n => n % 2 != 0),
            new("forgets negative numbers", "n % 2 is -1 for an odd number below 0.", n => n % 2 != 1),
        ],
        hints: ["Try 3.", "Try -1."],
        mistakes: [new("tries only positive numbers", "Try a number below 0 too.", isEven => isEven(2) && !isEven(3))],
        timeLimit: Long);
}
