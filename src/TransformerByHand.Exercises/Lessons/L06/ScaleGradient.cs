using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> ScaleGradientFunction(Matrix<double> dZ, int d_k);

    public static FunctionExercise<ScaleGradientFunction> ScaleGradient { get; } = new(
        id: "06.6",
        title: "Back through the scale",
        statement: "Z = S / √d_k. Return dS, given dZ and the width of a query.",
        solution: (dZ, d_k) => dZ / Math.Sqrt(d_k),
        cases: [[Of(new double[,] { { 1, -3, 2 }, { 4, 0, -4 }, { 0.5, 0.5, -1 } }), 4], [Of(new double[,] { { 8, -8 } }), 64], [Of(new double[,] { { 3 }, { -2 } }), 1]],
        randomCase: random => [random.NormalMatrix(random.Next(2, 5), random.Next(2, 5)), random.Next(6, 20)],
        hints:
        [
            "z = s / √d_k is a straight line through 0. What is its slope?",
            "The slope is 1/√d_k, wherever you are. A factor on the way forward is the same factor on the way back.",
        ],
        mistakes:
        [
            new("scale forgotten", "dZ came back as it was. The scores were divided by √d_k on the way forward, so a score moves its scaled score by only 1/√d_k. (If you wrote `Math.Pow(d_k, 1 / 2)`: `1 / 2` is 0 in C#, since both are int.)",
                (dZ, _) => dZ.Clone()),
            new("undone", "This multiplies by √d_k, as if the way back had to undo the way forward. A gradient is not undone: the slope of s/√d_k is 1/√d_k, so divide again.",
                (dZ, d_k) => dZ * Math.Sqrt(d_k)),
            new("scale twice", "This divides by d_k, that is by √d_k twice. Only the way back is asked for here, and it needs √d_k once.",
                (dZ, d_k) => dZ / d_k),
            new("the root of the number of keys", "This divides by the root of the number of keys. The scale comes from the width of a query, d_k.",
                (dZ, _) => dZ / Math.Sqrt(dZ.ColumnCount)),
            new("the root of the number of queries", "This divides by the root of the number of queries. The scale comes from the width of a query, d_k.",
                (dZ, _) => dZ / Math.Sqrt(dZ.RowCount)),
            new("integer division", "It is right for d_k = 1, and otherwise every number is 0, as `1 / d_k` is in C#: both are int (and it is the root of d_k that is asked for).",
                (dZ, d_k) => dZ * (1 / d_k)),
            new("the root as an integer", "The root was cut off to an int. √d_k is a whole number only for 4, 9, 16, …",
                (dZ, d_k) => dZ / (int)Math.Sqrt(d_k)),
            new("the example's root", "This divides by 8, the root in the example. Take it from d_k.",
                (dZ, _) => dZ / 8),
            new("rounded to float", "The root was rounded to a float: about eight digits are right. `Math.Sqrt` gives a double.",
                (dZ, d_k) => dZ / MathF.Sqrt(d_k)),
            new("half", "This divides by d_k / 2. It is the root that is asked for: `Math.Sqrt(d_k)`.",
                (dZ, d_k) => dZ / (d_k / 2.0)) { Variants = [(dZ, d_k) => dZ / (d_k / 2)] },
        ]);
}
