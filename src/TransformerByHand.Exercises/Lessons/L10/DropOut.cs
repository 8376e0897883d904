using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>Y and dX (n × d) from X, the coins and dY (n × d), and the probability p.</summary>
    public delegate (Matrix<double> Y, Matrix<double> dX) DropOutFunction(Matrix<double> X, Matrix<double> coins, double p, Matrix<double> dY);

    /// <summary>10.2: dropout, forward and backward.</summary>
    public static FunctionExercise<DropOutFunction> DropOut { get; } = new(
        id: "10.2",
        title: "Dropout, there and back",
        statement: "Set a number of X to 0 where its coin is below p, and scale the others so that the mean over many draws of the coins is X. Return that, and dX.",
        solution: (X, coins, p, dY) =>
        {
            var mask = coins.Map(coin => coin < p ? 0 : 1 / (1 - p), Zeros.Include);    // (n × d)
            return (X.PointwiseMultiply(mask), dY.PointwiseMultiply(mask));
        },
        cases:
        [
            [Of(new double[,] { { 1, 2, 3 }, { 4, 5, -6 } }), Of(new double[,] { { 0.9, 0.1, 0.3 }, { 0.2, 0.7, 0.5 } }), 0.25, Of(new double[,] { { 1, -1, 2 }, { 3, 1, 0.5 } })],
            [Of(new double[,] { { 4 } }), Of(new double[,] { { 0.5 } }), 0.2, Of(new double[,] { { 8 } })],
            [Of(new double[,] { { 0, 2 }, { 3, 0 }, { 0, 0 } }), Of(new double[,] { { 0.8, 0.1 }, { 0.6, 0.9 }, { 0.3, 0.7 } }), 0.5, Of(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } })],   // zeros in X are no dropped numbers
            [Of(new double[,] { { 1, 2, 3, 4 } }), Of(new double[,] { { 0.5, 0.25, 0.1, 0 } }), 0.25, Of(new double[,] { { 1, 2, 3, 4 } })],   // a coin that is p itself
            [Of(new double[,] { { 1, 2 }, { 3, 4 } }), Of(new double[,] { { 0, 0.99 }, { 0.5, 0.01 } }), 0.0, Of(new double[,] { { 5, 6 }, { 7, 8 } })],
            [Of(new double[,] { { 2000, -3000 }, { 5000, 1000 } }), Of(new double[,] { { 0.95, 0.2 }, { 0.91, 0.99 } }), 0.9, Of(new double[,] { { 1, 2 }, { 3, 4 } })],
        ],
        randomCase: random =>
        {
            (int n, int d) = (random.Next(1, 5), random.Next(1, 6));
            var coins = Matrix<double>.Build.Dense(n, d, (_, _) => random.NextDouble());
            return [random.NormalMatrix(n, d), coins, 0.1 + 0.6 * random.NextDouble(), random.NormalMatrix(n, d)];
        },
        derived: DerivedCases.Single,   // coins are numbers from 0 to 1
        hints:
        [
            "A number survives with the probability 1 − p, and is then multiplied by some c. What must c be, so that the mean of 0 (with p) and c·x (with 1 − p) is x?",
            "Make a matrix of factors first, the mask: `coins.Map(coin => coin < p ? 0 : …)`. Then Y is X times the mask, number by number.",
            "Each number of X was multiplied by a factor that does not depend on X. So what does its gradient get?",
        ],
        mistakes:
        [
            new("not scaled", "The numbers that are kept are not scaled. Their mean over many draws is (1 − p)·X: the model would meet smaller numbers in training than afterwards.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1, 1)),
            new("scaled by 1 − p", "What is kept was multiplied by 1 − p, which makes it smaller still. It has to make up for what is dropped.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 - p, 1 - p)),
            new("scaled by 1/p", "What is kept was divided by p, the probability of being dropped. A number is kept with the probability 1 − p. (At p = 0.5 the two agree, and nobody sees it.)",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / p, 1 / p)),
            new("scaled by p", "What is kept was multiplied by p.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, p, p)),
            new("the others dropped", "The wrong ones are dropped: those whose coin is p or more.",
                (X, coins, p, dY) => Masked(X, dY, coins.Map(coin => coin < p ? 1 / (1 - p) : 0, Zeros.Include)))
                {
                    Variants =
                    [
                        (X, coins, p, dY) => Masked(X, dY, coins.Map(coin => coin < p ? 1 / p : 0, Zeros.Include)),
                        (X, coins, p, dY) => Masked(X, dY, coins.Map(coin => coin > p ? 0 : 1 / (1 - p), Zeros.Include)),
                        (X, coins, p, dY) => Masked(X, dY, coins.Map(coin => coin < p ? 1.0 : 0, Zeros.Include)),
                    ],
                },
            new("a coin that is p itself", "A coin that is exactly p drops its number here. It is kept: dropped is what lies below.",
                (X, coins, p, dY) => Masked(X, dY, coins.Map(coin => coin <= p ? 0 : 1 / (1 - p), Zeros.Include))),
            new("backward: nothing dropped", "Forward is right. Backward, the gradient reaches numbers that were dropped. Nothing that happens to them was seen at the output.",
                (X, coins, p, dY) => (Dropped(X, coins, p, dY, 1 / (1 - p), 0).Y, dY / (1 - p)))
                { Variants = [(X, coins, p, dY) => (Dropped(X, coins, p, dY, 1 / (1 - p), 0).Y, dY.Clone())] },
            new("backward: not scaled", "Forward is right. Backward, the scale is missing: what was multiplied by a factor on the way there has its gradient multiplied by it too.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1)),
            new("backward: the scale undone", "Forward is right. Backward, the scale was turned round. A factor is the same factor on the way back.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 - p)),
            new("backward: scaled twice", "Forward is right. Backward, the scale was applied twice.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / ((1 - p) * (1 - p)))),
            new("backward: zeros of Y taken for dropped", "The backward pass takes every 0 of Y for a dropped number. X may hold zeros of its own: look at the coins.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / (1 - p)) is var right ? (right.Y, right.dX.MapIndexed((i, j, g) => right.Y[i, j] == 0 ? 0 : g, Zeros.Include)) : right),
            new("backward: other numbers dropped", "Forward is right. Backward, others are dropped than forward: that is what a fresh mask does. Use the same one.",
                (X, coins, p, dY) => (Dropped(X, coins, p, dY, 1 / (1 - p), 0).Y, dY.PointwiseMultiply(coins.Map(coin => coin < p ? 1 / (1 - p) : 0, Zeros.Include)))),
            new("scaled by the share that was kept", "The scale is one over the share that happened to be kept. It should be one over the probability, the same for every draw.",
                (X, coins, p, dY) => coins.Enumerate().Average(coin => coin < p ? 0.0 : 1.0) is var share ? Dropped(X, coins, p, dY, 1 / share, 1 / share) : default),
            new("coins as factors", "The coins themselves are factors here. A number is kept whole or not at all.",
                (X, coins, p, dY) => Masked(X, dY, coins)),
            new("nothing dropped", "Nothing is dropped.",
                (X, coins, p, dY) => (X.Clone(), dY.Clone()))
                { Variants = [(X, coins, p, dY) => (X / (1 - p), dY / (1 - p))] },
            new("the two exchanged", "The two results have changed places: Y first, then dX.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / (1 - p)) is var right ? (right.dX, right.Y) : default),
            new("backward: times Y", "Forward is right. Backward, dY was multiplied by Y, with X in it. The slope of a factor times x is the factor alone.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / (1 - p)) is var right ? (right.Y, dY.PointwiseMultiply(right.Y)) : default)
                { Variants = [(X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / (1 - p)) is var right ? (right.Y, right.dX.PointwiseMultiply(right.Y)) : default] },
            new("backward: times X", "Forward is right. Backward, dY was multiplied by X. The slope of a factor times x is the factor alone: 0 where the number was dropped, and 1/(1 − p) elsewhere.",
                (X, coins, p, dY) => (Dropped(X, coins, p, dY, 1 / (1 - p), 0).Y, dY.PointwiseMultiply(X))),
            new("dX from X", "dX was made of X. It is made of dY, what arrives at Y.",
                (X, coins, p, dY) => Dropped(X, coins, p, dY, 1 / (1 - p), 1 / (1 - p)) is var right ? (right.Y, right.Y) : default),
        ])
    {
        Formulas = [@"1/(1-p)"],
    };

    private static (Matrix<double> Y, Matrix<double> dX) Masked(Matrix<double> X, Matrix<double> dY, Matrix<double> mask) => (X.PointwiseMultiply(mask), dY.PointwiseMultiply(mask));

    /// <summary>Drops the right numbers, and scales the others forward and backward by factors of one's choice.</summary>
    private static (Matrix<double> Y, Matrix<double> dX) Dropped(Matrix<double> X, Matrix<double> coins, double p, Matrix<double> dY, double forward, double backward)
    {
        var kept = coins.Map(coin => coin < p ? 0.0 : 1.0, Zeros.Include);
        return (forward * X.PointwiseMultiply(kept), backward * dY.PointwiseMultiply(kept));
    }
}
