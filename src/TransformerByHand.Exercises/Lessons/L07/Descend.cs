namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>Where a descent ends, and the loss before each step and after the last.</summary>
    public delegate (double[] end, double[] losses) DescendFunction(double[] start, Func<double[], (double loss, double[] gradient)> model, double rate, int steps);

    /// <summary>07.5: the loop.</summary>
    public static FunctionExercise<DescendFunction> Descend { get; } = new(
        id: "07.5",
        title: "The loop",
        statement: "Take `steps` steps of gradient descent from `start`. Return where they end, and the losses: before each step, and after the last (steps + 1 numbers). Leave `start` as it is.",
        solution: (start, model, rate, steps) =>
        {
            double[] weights = [.. start];
            var losses = new double[steps + 1];
            for (int s = 0; s < steps; s++)
            {
                var (loss, gradient) = model(weights);              // forward, loss, backward
                losses[s] = loss;
                for (int i = 0; i < weights.Length; i++)
                    weights[i] -= rate * gradient[i];               // update
            }
            losses[steps] = model(weights).loss;
            return (weights, losses);
        },
        cases:
        [
            [new[] { 4.0, -2.0 }, Bowl([1, 4], [1, 1]), 0.1, 3],
            [new[] { 5.0 }, Bowl([2], [0]), 0.25, 1],
            [new[] { 3.0, 0, -7 }, Bowl([1, 2, 0.5], [0, 1, 2]), 0.05, 0],
            [new[] { 1000.0, -1000, 500 }, Bowl([1, 0.1, 2], [0, 3, -2]), 0.3, 4],
            [new[] { 2.0, 2.0 }, Bowl([1, 1], [2, 2]), 0.5, 2],
            [new[] { 1.0, -2, 3 }, Valley, 0.1, 3],
        ],
        randomCase: random =>
        {
            int n = random.Next(1, 5);
            return [random.NormalVector(n, 3).ToArray(), Bowl([.. Enumerable.Range(0, n).Select(_ => 0.2 + random.NextDouble())], random.NormalVector(n).ToArray()), 0.05 + 0.2 * random.NextDouble(), random.Next(1, 6)];
        },
        hints:
        [
            "Copy the start first: `double[] weights = [.. start];`. Then a loop over the steps.",
            "In each step: ask the model for loss and gradient at the weights as they are now, note the loss, then move every weight against its gradient.",
            "After the loop ask once more, for the last loss: `losses[steps] = model(weights).loss`.",
        ],
        mistakes:
        [
            new("uphill", "The weights moved with the gradient. It points to where the loss grows: subtract it.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w + rate * g)),
            new("the rate forgotten", "The whole gradient was subtracted, without the rate.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - g)),
            new("one gradient for all steps", "The gradient of the start was used in every step. It belongs to the weights as they are: ask the model again each time.",
                (start, model, rate, steps) =>
                {
                    double[] g = model(start).gradient;
                    return Loop(start, model, steps, (w, i) => w - rate * g[i]);
                })
            {
                Variants =
                [
                    // and the loss of the start with it
                    (start, model, rate, steps) =>
                    {
                        var (loss, g) = model(start);
                        double[] end = Loop(start, model, steps, (w, i) => w - rate * g[i]).end;
                        return (end, [.. Enumerable.Repeat(loss, steps), model(end).loss]);
                    },
                ],
            },
            new("always from the start", "Every step began at the start again. It begins where the last one ended.",
                (start, model, rate, steps) =>
                {
                    double[] g = model(start).gradient;
                    double[] end = steps == 0 ? [.. start] : [.. start.Select((w, i) => w - rate * g[i])];
                    double once = model(end).loss, first = model(start).loss;
                    return (end, [.. Enumerable.Range(0, steps + 1).Select(s => s == 0 ? first : once)]);
                })
            {
                Variants =
                [
                    // with the gradient of where the last one ended
                    (start, model, rate, steps) =>
                    {
                        double[] weights = [.. start];
                        List<double> losses = [model(weights).loss];
                        for (int s = 0; s < steps; s++)
                        {
                            double[] g = model(weights).gradient;
                            weights = [.. start.Select((w, i) => w - rate * g[i])];
                            losses.Add(model(weights).loss);
                        }
                        return (weights, [.. losses]);
                    },
                ],
            },
            new("only the sign", "Each weight moved by the rate, whatever its gradient. The step is rate times gradient: a steep weight moves further.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * Math.Sign(g))),
            new("divided by the length", "The gradient was divided by its length first, so that every step is as long as the rate. Plain gradient descent takes shorter steps where it is flatter.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, length) => length == 0 ? w : w - rate * g / length)),
            new("losses after the steps", "The losses begin after the first step. The first of them is the loss before any step.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * g) is var right
                    ? (right.end, [.. right.losses.Skip(1), model(right.end).loss]) : right),
            new("the last loss missing", "The loss after the last step is missing: there are steps + 1 of them.",
                (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * g) is var right ? (right.end, right.losses[..^1]) : right)
            {
                Variants =
                [
                    (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * g) is var right ? (right.end, [.. right.losses[..^1], 0]) : right,
                    // the one before it once more
                    (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * g) is var right ? (right.end, [.. right.losses[..^1], right.losses[Math.Max(0, steps - 1)]]) : right,
                    (start, model, rate, steps) => Loop(start, model, steps, (w, g, _) => w - rate * g) is var right ? (right.end, [.. right.losses[..^1], steps == 0 ? 0 : right.losses[steps - 1]]) : right,
                ],
            },
            new("a new gradient for every weight", "Within one step the model was asked again after each weight, so the later weights follow a gradient of weights that have moved already. One gradient moves them all.",
                (start, model, rate, steps) =>
                {
                    double[] weights = [.. start];
                    List<double> losses = [model([.. weights]).loss];
                    for (int s = 0; s < steps; s++)
                    {
                        for (int i = 0; i < weights.Length; i++) weights[i] -= rate * model([.. weights]).gradient[i];
                        losses.Add(model([.. weights]).loss);
                    }
                    return (weights, [.. losses]);
                }),
            new("one step too many", "There is one step too many. `steps` of them are taken, and losses are noted steps + 1 times.",
                (start, model, rate, steps) => Loop(start, model, steps + 1, (w, g, _) => w - rate * g) is var more ? (more.end, more.losses[..^1]) : more),
            new("writes into start", "The weights are `start` itself, so its numbers are gone afterwards. Take a copy: `[.. start]`.",
                (start, model, rate, steps) =>
                {
                    var right = Loop(start, model, steps, (w, g, _) => w - rate * g);
                    right.end.CopyTo(start, 0);
                    return (start, right.losses);
                }),
        ]);

    /// <summary>½ Σ a_i (w_i − c_i)², a bowl with its bottom at c.</summary>
    private static Func<double[], (double loss, double[] gradient)> Bowl(double[] a, double[] c) => w =>
    {
        double loss = 0;
        var gradient = new double[w.Length];
        for (int i = 0; i < w.Length; i++)
        {
            loss += a[i] / 2 * (w[i] - c[i]) * (w[i] - c[i]);
            gradient[i] = a[i] * (w[i] - c[i]);
        }
        return (loss, gradient);
    };

    /// <summary>½ (Σ w_i − 1)² and half the sum of the squares: here one weight's gradient depends on all of them.</summary>
    private static Func<double[], (double loss, double[] gradient)> Valley => w =>
        ((w.Sum() - 1) * (w.Sum() - 1) / 2 + w.Sum(v => v * v) / 2, [.. w.Select(v => w.Sum() - 1 + v)]);

    private static (double[] end, double[] losses) Loop(double[] start, Func<double[], (double loss, double[] gradient)> model, int steps, Func<double, int, double> move)
    {
        double[] weights = [.. start];
        List<double> losses = [model(weights).loss];
        for (int s = 0; s < steps; s++)
        {
            weights = [.. weights.Select(move)];
            losses.Add(model(weights).loss);
        }
        return (weights, [.. losses]);
    }

    private static (double[] end, double[] losses) Loop(double[] start, Func<double[], (double loss, double[] gradient)> model, int steps, Func<double, double, double, double> move)
    {
        double[] weights = [.. start];
        List<double> losses = [model(weights).loss];
        for (int s = 0; s < steps; s++)
        {
            double[] g = model(weights).gradient;
            double length = Math.Sqrt(g.Sum(v => v * v));
            weights = [.. weights.Select((w, i) => move(w, g[i], length))];
            losses.Add(model(weights).loss);
        }
        return (weights, [.. losses]);
    }
}
