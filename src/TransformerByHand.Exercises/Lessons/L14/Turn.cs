namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate (double[] q, double[] k, double[] v) TurnFunction(double[] q, double[] k, double[] v, int p);

    public static FunctionExercise<TurnFunction> Turn { get; } = new(
        id: "14.4",
        title: "RoPE: turned by their place",
        statement: "Return the query, the key and the value of the token at place `p` as attention shall see them. What is turned is turned in pairs: features c and c + d/2 by the angle p · 10000^(−2c/d), from the first towards the second.",
        solution: (q, k, v, p) =>
        {
            double[] Turned(double[] x)
            {
                int half = x.Length / 2;
                var y = new double[x.Length];
                for (int c = 0; c < half; c++)
                {
                    var (sin, cos) = Math.SinCos(p * Math.Pow(10000, -2.0 * c / x.Length));
                    y[c] = x[c] * cos - x[c + half] * sin;
                    y[c + half] = x[c] * sin + x[c + half] * cos;
                }
                return y;
            }
            return (Turned(q), Turned(k), v);
        },
        cases:
        [
            [new double[] { 1, 2, 0.5, -1 }, new double[] { -1, 3, 2, 1 }, new double[] { 5, -2, 4, 1, -3, 2 }, 1],
            [new double[] { 1, 0 }, new double[] { 0, 1 }, new double[] { 1, 1 }, 2],
            [new double[] { 1, -2, 3, 0.5, -1, 2, 1, 4 }, new double[] { 2, 1, 0, -1, 3, 0.5, -2, 1 }, new double[] { 1, -1, 2, -2, 3, -3, 4, -4 }, 37],
            [new double[] { 1, 2, 3, 4, 5, 6 }, new double[] { 6, 5, 4, 3, 2, 1 }, new double[] { 7, -3 }, 0],
            [new double[] { 0.5, 1, -1, 2, 3, -2 }, new double[] { 1, -1, 2, 0.25, 1, 1 }, new double[] { 1, 2, 3, 4, 5, 6 }, 4096],
        ],
        randomCase: random =>
        {
            int d = 2 * random.Next(2, 6);
            return [random.NormalVector(d).ToArray(), random.NormalVector(d).ToArray(), random.NormalVector(d).ToArray(), random.Next(2, 60)];
        },
        neverOne: ["q", "k", "v"],   // features come in pairs; and a value of pairs shows whether it was turned
        hints:
        [
            "Which of the three meet in a score? Those are turned. What is carried home stays as it is.",
            "A turn by the angle α makes (a, b) into (a cos α − b sin α, a sin α + b cos α). Here a is x[c] and b is x[c + d/2].",
            "The angle is p · 10000^(−2c/d), with `2.0 * c / d`: with whole numbers 2 * c / d is 0. Write into a new array.",
        ],
        mistakes:
        [
            new("the value turned too", "The value is turned as well. Place matters for who looks at whom, and that is q and k alone; a turned value arrives turned, by an angle that nobody takes back.",
                (q, k, v, p) => (Turned(q, p), Turned(k, p), Turned(v, p))),
            new("neighbours for halves", "This turns neighbours, 2c and 2c + 1, as lesson 04's clocks stand. Here features c and c + d/2 make a pair. Either is a rotation; weights that were trained with the one are wrong for the other.",
                (q, k, v, p) => (Neighbours(q, p), Neighbours(k, p), v)),
            new("the key not turned", "Only the query is turned. Then the score depends on where the query stands, whatever the key's place.",
                (q, k, v, p) => (Turned(q, p), [.. k], v)),
            new("the query not turned", "Only the key is turned. Then the score depends on where the key stands, whatever the query's place.",
                (q, k, v, p) => ([.. q], Turned(k, p), v)),
            new("the key turned backwards", "The key is turned the other way round. Then the score depends on the *sum* of the two places; turned alike, it depends on their difference.",
                (q, k, v, p) => (Turned(q, p), Turned(k, -p), v)),
            new("both turned backwards", "Query and key are both turned the other way round; asked for is a turn from the first of a pair towards the second. Scores then know the distance too, but with the other sign, and weights that were trained with the one are wrong with the other.",
                (q, k, v, p) => (Turned(q, -p), Turned(k, -p), v)),
            new("one angle for all pairs", "Every pair is turned by p radians; pair c by p · 10000^(−2c/d). Perhaps `2 * c / d` was computed with whole numbers: it is then 0.",
                (q, k, v, p) => (Turned(q, p, (_, _) => 1), Turned(k, p, (_, _) => 1), v)),
            new("c/d in place of 2c/d", "The exponent is c/d. Pairs are counted from 0 to d/2 − 1, and it has to be 2c/d.",
                (q, k, v, p) => (Turned(q, p, (c, d) => Math.Pow(10000, -(double)c / d)), Turned(k, p, (c, d) => Math.Pow(10000, -(double)c / d)), v)),
            new("2(2c)/d in place of 2c/d", "The exponent is twice as large as it should be: pair c has 2c/d.",
                (q, k, v, p) => (Turned(q, p, (c, d) => Math.Pow(10000, -4.0 * c / d)), Turned(k, p, (c, d) => Math.Pow(10000, -4.0 * c / d)), v)),
            new("faster and faster", "The angles grow from pair to pair: the minus sign of the exponent is missing.",
                (q, k, v, p) => (Turned(q, p, (c, d) => Math.Pow(10000, 2.0 * c / d)), Turned(k, p, (c, d) => Math.Pow(10000, 2.0 * c / d)), v)),
            new("degrees", "The angles were taken for degrees; they are radians already.",
                (q, k, v, p) => (Turned(q, p, (c, d) => Speed(c, d) * Math.PI / 180), Turned(k, p, (c, d) => Speed(c, d) * Math.PI / 180), v)),
            new("counted from 1", "Every token is turned by one place too many, as if places were counted from 1. No score would change, only differences count; but place 0 is not turned.",
                (q, k, v, p) => (Turned(q, p + 1), Turned(k, p + 1), v)),
            new("overwrites what it still needs", "The first half of the features is right, the second is not: it was computed from the first after that had been replaced.",
                (q, k, v, p) => (Overwritten(q, p), Overwritten(k, p), v)),
            new("a sum in place of a difference", "The sign in the first of a pair is wrong: a cos α − b sin α, with a minus.",
                (q, k, v, p) => (Mixed(q, p, (a, b, sin, cos) => (a * cos + b * sin, a * sin + b * cos)), Mixed(k, p, (a, b, sin, cos) => (a * cos + b * sin, a * sin + b * cos)), v)),
        ]);

    private static double Speed(int c, int d) => Math.Pow(10000, -2.0 * c / d);

    private static double[] Turned(double[] x, int p, Func<int, int, double>? speed = null)
    {
        int half = x.Length / 2;
        var y = new double[x.Length];
        for (int c = 0; c < half; c++)
        {
            var (sin, cos) = Math.SinCos(p * (speed ?? Speed)(c, x.Length));
            (y[c], y[c + half]) = (x[c] * cos - x[c + half] * sin, x[c] * sin + x[c + half] * cos);
        }
        return y;
    }

    private static double[] Neighbours(double[] x, int p)
    {
        var y = new double[x.Length];
        for (int c = 0; c < x.Length / 2; c++)
        {
            var (sin, cos) = Math.SinCos(p * Speed(c, x.Length));
            (y[2 * c], y[2 * c + 1]) = (x[2 * c] * cos - x[2 * c + 1] * sin, x[2 * c] * sin + x[2 * c + 1] * cos);
        }
        return y;
    }

    private static double[] Overwritten(double[] x, int p)
    {
        double[] y = [.. x];
        int half = x.Length / 2;
        for (int c = 0; c < half; c++)
        {
            var (sin, cos) = Math.SinCos(p * Speed(c, x.Length));
            y[c] = y[c] * cos - y[c + half] * sin;
            y[c + half] = y[c] * sin + y[c + half] * cos;
        }
        return y;
    }

    private static double[] Mixed(double[] x, int p, Func<double, double, double, double, (double, double)> pair)
    {
        int half = x.Length / 2;
        var y = new double[x.Length];
        for (int c = 0; c < half; c++)
        {
            var (sin, cos) = Math.SinCos(p * Speed(c, x.Length));
            (y[c], y[c + half]) = pair(x[c], x[c + half], sin, cos);
        }
        return y;
    }
}
