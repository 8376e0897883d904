namespace TransformerByHand.Exercises;

/// <summary>One step of an optimiser: from weights, gradient, memories, the step's number from 1 and its rate to weights and memories.</summary>
public delegate (double[] w, double[] m, double[] v) UpdateFunction(double[] w, double[] g, double[] m, double[] v, int s, double η);

public static partial class Lesson11
{
    /// <summary>Where training ends, and the loss of each step.</summary>
    public delegate (double[] end, double[] losses) TrainFunction(
        double[] start, Func<double[], int, (double loss, double[] gradient)> model,
        Func<double[], double[]> clip, Func<int, double> rate, UpdateFunction update, int steps);

    /// <summary>11.6: the loop.</summary>
    public static FunctionExercise<TrainFunction> Train { get; } = new(
        id: "11.6",
        title: "The loop",
        statement: "Train for `steps` steps. `model` takes weights and the number of a batch, from 0, a new batch for every step, and returns loss and gradient. `clip` is for the gradient; `rate` gives η at a step counted from 1; `update` takes (w, g, m, v, s, η), s from 1, and returns new (w, m, v); both memories begin at 0. Return the weights at the end and each step's loss.",
        solution: (start, model, clip, rate, update, steps) =>
        {
            double[] w = start, m = new double[w.Length], v = new double[w.Length];
            var losses = new double[steps];
            for (int s = 1; s <= steps; s++)
            {
                var (loss, gradient) = model(w, s - 1);                         // a batch: forward, loss, backward
                losses[s - 1] = loss;
                (w, m, v) = update(w, clip(gradient), m, v, s, rate(s));
            }
            return (w, losses);
        },
        cases:
        [
            [new[] { 4.0, -2 }, Bowls(1), Limit(3), Fading(0.1), Remembering(0.5, 0.9), 4],
            [new[] { 5.0 }, Bowls(2), Limit(100), Fading(0.2), Remembering(0.9, 0.6), 1],
            [new[] { 1.0, 2, 3 }, Bowls(0.5), Limit(0.7), Fading(0.05), Remembering(0.8, 0.7), 0],
            [new[] { 1000.0, -1000, 500 }, Bowls(1.5), Limit(50), Fading(0.4), Remembering(0.6, 0.8), 5],
            [new[] { 2.0, 2 }, Bowls(0.3), Limit(1), Fading(0.3), Remembering(0.3, 0.5), 7],
        ],
        randomCase: random =>
        [
            random.NormalVector(random.Next(1, 5), 3).ToArray(), Bowls(0.3 + random.NextDouble()), Limit(0.5 + 2 * random.NextDouble()),
            Fading(0.05 + 0.2 * random.NextDouble()), Remembering(0.2 + 0.7 * random.NextDouble(), 0.3 + 0.6 * random.NextDouble()), random.Next(2, 7),
        ],
        hints:
        [
            "Before the loop: the weights, two memories as long as the weights, and room for the losses. Count the steps from 1: `for (int s = 1; s <= steps; s++)`.",
            "In each step: batch s − 1 through the model, note the loss, clip the gradient, update.",
            "`(w, m, v) = update(w, clip(gradient), m, v, s, rate(s));` puts all three back at once.",
        ],
        mistakes:
        [
            new("one batch for all steps", "Every step got batch 0. A new batch each time: step s takes batch s − 1.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, update, steps, batch: _ => 0)),
            new("the last batch for all steps", "Every step got the last batch. A new batch each time: step s takes batch s − 1.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, update, steps, batch: _ => steps - 1)),
            new("batches counted from 1", "The first step took batch 1. Batches are counted from 0, steps from 1.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, update, steps, batch: s => s)),
            new("steps counted from 0", "`rate` and `update` were given the step counted from 0. They count from 1: at 0 the rate of a warm-up is 0, and Adam's correction divides by 0.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, s => rate(s - 1), (w, g, m, v, s, η) => update(w, g, m, v, s - 1, η), steps)),
            new("update counts from 0", "`update` was given the step counted from 0. It counts from 1: at 0 Adam's correction divides by 0.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, (w, g, m, v, s, η) => update(w, g, m, v, s - 1, η), steps)),
            new("rate counts from 0", "`rate` was asked for the step counted from 0. It counts from 1.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, s => rate(s - 1), update, steps)),
            new("not clipped", "The gradient went into the update as it was. Clip it first.",
                (start, model, clip, rate, update, steps) => Loop(start, model, g => g, rate, update, steps)),
            new("the memories forgotten", "Each step began with empty memories. They go from step to step, like the weights.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, (w, g, m, v, s, η) => update(w, g, new double[w.Length], new double[w.Length], s, η), steps)),
            new("the memories exchanged", "m and v have changed places. `update` takes and returns them in the order w, m, v.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, (w, g, m, v, s, η) => update(w, g, v, m, s, η), steps)),
            new("one rate for all steps", "Every step had the rate of the first. Ask `rate` each time.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, _ => rate(1), update, steps))
            { Variants = [(start, model, clip, rate, update, steps) => Loop(start, model, clip, _ => rate(steps), update, steps)] },
            new("gradients piled up", "Each step's gradient was added to those before. Every step has its own; what is to be remembered of the others, m and v remember.",
                (start, model, clip, rate, update, steps) =>
                {
                    var sum = new double[start.Length];
                    return Loop(start, (w, b) => model(w, b) is var at ? (at.loss, sum = [.. sum.Zip(at.gradient, (a, g) => a + g)]) : at, clip, rate, update, steps);
                }),
            new("always from the start", "The model was asked about the start in every step. Ask about the weights as they are.",
                (start, model, clip, rate, update, steps) => Loop(start, (_, b) => model(start, b), clip, rate, update, steps)),
            new("the weights not put back", "The weights never changed: what `update` returns has to be put back.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, (w, g, m, v, s, η) => update(w, g, m, v, s, η) is var next ? ([.. start], next.m, next.v) : next, steps)),
            new("the loss after the step", "The losses were measured after each update. A step's loss is the one that its gradient belongs to, before the update; measuring again costs a whole pass.",
                (start, model, clip, rate, update, steps) =>
                {
                    List<double> losses = [];
                    var (end, _) = Loop(start, model, clip, rate, (w, g, m, v, s, η) => update(w, g, m, v, s, η) is var next && model(next.w, s - 1).loss is var loss && losses is var all && Note(all, loss) ? next : next, steps);
                    return (end, [.. losses]);
                }),
            new("one step too few", "There is one step too few: `s <= steps` where steps count from 1.",
                (start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, update, Math.Max(0, steps - 1)) is var fewer
                    ? (fewer.end, [.. fewer.losses, .. Enumerable.Repeat(0.0, steps - fewer.losses.Length)]) : fewer)
            { Variants = [(start, model, clip, rate, update, steps) => Loop(start, model, clip, rate, update, Math.Max(0, steps - 1))] },
        ]);

    /// <summary>½ Σ a (w_i − c)², a bowl whose bottom c is elsewhere for each batch.</summary>
    private static Func<double[], int, (double loss, double[] gradient)> Bowls(double a) => (w, batch) =>
    {
        double[] away = [.. w.Select((x, i) => x - Math.Cos(2 * batch + i))];
        return (a / 2 * away.Sum(x => x * x), [.. away.Select(x => a * x)]);
    };

    private static Func<double[], double[]> Limit(double limit) => g => Length(g) is var norm && norm > limit ? Scaled(g, limit / norm) : g;

    private static Func<int, double> Fading(double rate) => s => rate / (1 + 0.3 * s);

    /// <summary>A step with two memories that are told apart, and with the step's number in it.</summary>
    private static UpdateFunction Remembering(double β1, double β2) => (w, g, m, v, s, η) =>
    {
        double[] newM = [.. m.Select((x, i) => β1 * x + (1 - β1) * g[i])], newV = [.. v.Select((x, i) => β2 * x + (1 - β2) * g[i] * g[i])];
        return ([.. w.Select((x, i) => x - η * newM[i] / (1 - Math.Pow(0.5, s + 1)) / (Math.Sqrt(Math.Abs(newV[i])) + 1))], newM, newV);
    };

    private static bool Note(List<double> losses, double loss)
    {
        losses.Add(loss);
        return true;
    }

    private static (double[] end, double[] losses) Loop(
        double[] start, Func<double[], int, (double loss, double[] gradient)> model, Func<double[], double[]> clip, Func<int, double> rate, UpdateFunction update, int steps,
        Func<int, int>? batch = null)
    {
        double[] w = [.. start], m = new double[w.Length], v = new double[w.Length];
        var losses = new double[steps];
        for (int s = 1; s <= steps; s++)
        {
            var (loss, gradient) = model(w, batch?.Invoke(s) ?? s - 1);
            losses[s - 1] = loss;
            (w, m, v) = update(w, clip(gradient), m, v, s, rate(s));
        }
        return (w, losses);
    }
}
