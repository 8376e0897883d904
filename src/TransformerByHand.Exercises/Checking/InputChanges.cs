namespace TransformerByHand.Exercises;

/// <summary>
/// The mistakes that come down to a changed input: an answer that forgets ε gives what is right for ε = 0, one that leaves the
/// last row out what is right for a last row of zeros. They are derived from the reference solution, for every exercise, and
/// what is said is no guess: on every input the answer's numbers are those of the changed one.
/// </summary>
internal static class InputChanges
{
    private static readonly (double Value, string Name)[] UsualNumbers =
        [(0, "0"), (1, "1"), (1e-5, "1e-5"), (1e-6, "1e-6"), (1e-8, "1e-8"), (1e-12, "1e-12"), (2, "2"), (0.5, "0.5")];

    /// <summary>One way to change the arguments of a call.</summary>
    /// <param name="Sentence">What is true of an answer that gives what is right for the changed arguments.</param>
    /// <param name="Apply">Returns the changed arguments; null where they cannot be changed in this way.</param>
    public sealed record Change(string Sentence, Func<object?[], object?[]?> Apply);

    /// <summary>Every change that a signature's arguments allow, the simplest first.</summary>
    public static IEnumerable<Change> For(Signature signature, IReadOnlyList<object?> example)
    {
        IReadOnlyList<string> names = signature.Parameters;
        foreach (int p in Enumerable.Range(0, names.Count))
        {
            IEnumerable<(string, Func<object, object?>)> changes = example[p] switch
            {
                double => OfNumber(names[p]),
                int => OfCount(names[p]),
                bool => OfSwitch(names[p]),
                int[] => OfIds(names[p]),
                double[] or MathNet.Numerics.LinearAlgebra.Vector<double> => OfVector(names[p]),
                double[,] or MathNet.Numerics.LinearAlgebra.Matrix<double> => OfMatrix(names[p]),
                _ => [],
            };
            foreach ((string sentence, Func<object, object?> change) in changes)
                yield return new Change(sentence, arguments => change(arguments[p]!) is { } changed ? With(arguments, (p, changed)) : null);
        }

        for (int p = 0; p < names.Count; p++)
        {
            for (int q = 0; q < names.Count; q++)
            {
                (int to, int from) = (p, q);
                if (p == q || example[p] is null or Delegate || example[p]!.GetType() != example[q]?.GetType()) continue;
                yield return new Change($"Your numbers would be right if `{names[q]}` were given for `{names[p]}` as well: does `{names[q]}` stand where `{names[p]}` belongs?",
                    arguments => With(arguments, (to, arguments[from])));
                if (p < q)
                {
                    yield return new Change($"Your numbers would be right if `{names[p]}` and `{names[q]}` changed places: have they?",
                        arguments => With(arguments, (to, arguments[from]), (from, arguments[to])));
                }
            }
        }
    }

    private static object?[] With(object?[] arguments, params (int Place, object? Value)[] changes)
    {
        object?[] changed = [.. arguments];
        foreach ((int place, object? value) in changes) changed[place] = value;
        return changed;
    }

    private static IEnumerable<(string, Func<object, object?>)> OfNumber(string p)
    {
        foreach ((double value, string name) in UsualNumbers)
            yield return ($"Your numbers would be right for `{p}` = {name}, whatever `{p}` is: yours does not depend on it.", _ => value);
        yield return ($"Your numbers would be right for the square of `{p}`.", v => (double)v * (double)v);
        yield return ($"Your numbers would be right for the square root of `{p}`.", v => (double)v < 0 ? null : Math.Sqrt((double)v));
        yield return ($"Your numbers would be right for −`{p}`: is a sign the wrong way round?", v => -(double)v);
        yield return ($"Your numbers would be right for twice `{p}`: is it counted twice?", v => 2 * (double)v);
        yield return ($"Your numbers would be right for half of `{p}`.", v => (double)v / 2);
        yield return ($"Your numbers would be right for 1/`{p}`.", v => (double)v == 0 ? null : 1 / (double)v);
    }

    private static IEnumerable<(string, Func<object, object?>)> OfCount(string p)
    {
        yield return ($"Your numbers would be right for `{p}` − 1: does something begin, or end, one place off?", v => (int)v - 1);
        yield return ($"Your numbers would be right for `{p}` + 1: does something begin, or end, one place off?", v => (int)v + 1);
        foreach (int value in new[] { 0, 1, 2, 3 })
            yield return ($"Your numbers would be right for `{p}` = {value}, whatever `{p}` is: yours does not depend on it.", _ => value);
        yield return ($"Your numbers would be right for −`{p}`: is a sign the wrong way round?", v => -(int)v);
        yield return ($"Your numbers would be right for twice `{p}`.", v => 2 * (int)v);
        yield return ($"Your numbers would be right for half of `{p}`.", v => (int)v / 2);
        yield return ($"Your numbers would be right for the square of `{p}`.", v => (int)v * (int)v);
    }

    private static IEnumerable<(string, Func<object, object?>)> OfSwitch(string p)
    {
        yield return ($"Your numbers would be right for `{p}` = false, whatever `{p}` is.", _ => false);
        yield return ($"Your numbers would be right for `{p}` = true, whatever `{p}` is.", _ => true);
        yield return ($"Your numbers would be right for the other value of `{p}`: have true and false changed places?", v => !(bool)v);
    }

    private static IEnumerable<(string, Func<object, object?>)> OfIds(string p)
    {
        yield return ($"Your numbers would be right for `{p}` with each number one larger.", v => Array.ConvertAll((int[])v, id => id + 1));
        yield return ($"Your numbers would be right for `{p}` with each number one smaller.", v => Array.ConvertAll((int[])v, id => id - 1));
        yield return ($"Your numbers would be right for `{p}` in the opposite order.", v => ((int[])v).Reverse().ToArray());
        yield return ($"Your numbers would be right if all numbers of `{p}` were its first.", v => Array.ConvertAll((int[])v, _ => ((int[])v)[0]));
        yield return ($"Your numbers would be right for `{p}` without its last number: does a loop end too early?", v => ((int[])v)[..^1]);
        yield return ($"Your numbers would be right for `{p}` without its first number: does a loop begin at 1?", v => ((int[])v)[1..]);
        yield return ($"Your numbers would be right for 0, 1, 2, … in place of `{p}`: yours does not depend on what it holds.", v => Enumerable.Range(0, ((int[])v).Length).ToArray());
    }

    private static IEnumerable<(string, Func<object, object?>)> OfVector(string p)
    {
        yield return Same($"Your numbers would be right if all of `{p}` were 0: what it holds has no effect.", (_, _, _) => 0);
        yield return Same($"Your numbers would be right if all of `{p}` were 1: what it holds has no effect.", (_, _, _) => 1);
        yield return Same($"Your numbers would be right if all numbers of `{p}` were its first, `{p}[0]`.", (g, _, _) => g.At(0, 0));
        yield return Same($"Your numbers would be right if all numbers of `{p}` were its last.", (g, _, _) => g.At(0, g.Columns - 1));
        yield return Same($"Your numbers would be right if the last number of `{p}` were 0: that number has no effect. Does a loop end too early?", (g, _, j) => j == g.Columns - 1 ? 0 : g.At(0, j));
        yield return Same($"Your numbers would be right if the first number of `{p}` were 0: that number has no effect. Does a loop begin at 1?", (g, _, j) => j == 0 ? 0 : g.At(0, j));
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its last number: does each step overwrite the one before, with `=` where `+=` belongs?", (g, _, j) => j == g.Columns - 1 ? g.At(0, j) : 0);
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its first number: no other has an effect.", (g, _, j) => j == 0 ? g.At(0, j) : 0);
        yield return Same($"Your numbers would be right for −`{p}`: is a sign the wrong way round?", (g, _, j) => -g.At(0, j));
        yield return Same($"Your numbers would be right for twice `{p}`: is it counted twice?", (g, _, j) => 2 * g.At(0, j));
        yield return Same($"Your numbers would be right for half of `{p}`.", (g, _, j) => g.At(0, j) / 2);
        yield return Same($"Your numbers would be right for `{p}` in the opposite order.", (g, _, j) => g.At(0, g.Columns - 1 - j));
        yield return Same($"Your numbers would be right for the squares of what is in `{p}`.", (g, _, j) => g.At(0, j) * g.At(0, j));
        yield return Same($"Your numbers would be right if `{p}` had no signs.", (g, _, j) => Math.Abs(g.At(0, j)));
        yield return Same($"Your numbers would be right if its mean were taken away from `{p}` first.", (g, _, j) => g.At(0, j) - RowSum(g, 0) / g.Columns);
        yield return Same($"Your numbers would be right if `{p}` were divided by its sum first.", (g, _, j) => g.At(0, j) / RowSum(g, 0));
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its last number: does a loop end too early?", g => g.Columns < 2 ? null : new Grid(1, g.Columns - 1, g.At));
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its first number: does a loop begin at 1?", g => g.Columns < 2 ? null : new Grid(1, g.Columns - 1, (i, j) => g.At(i, j + 1)));
    }

    private static IEnumerable<(string, Func<object, object?>)> OfMatrix(string p)
    {
        yield return Reshaped($"Your numbers would be right if `{p}` were transposed: have its rows and columns changed places?", g => new Grid(g.Columns, g.Rows, (i, j) => g.At(j, i)));
        yield return Same($"Your numbers would be right if all of `{p}` were 0: what it holds has no effect.", (_, _, _) => 0);
        yield return Same($"Your numbers would be right if all of `{p}` were 1: what it holds has no effect.", (_, _, _) => 1);
        yield return Same($"Your numbers would be right if `{p}` were 1 on its diagonal and 0 elsewhere: what it holds has no effect.", (_, i, j) => i == j ? 1 : 0);
        yield return Same($"Your numbers would be right if the last row of `{p}` were 0: that row has no effect. Does a loop end too early?", (g, i, j) => i == g.Rows - 1 ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if the first row of `{p}` were 0: that row has no effect. Does a loop begin at 1?", (g, i, j) => i == 0 ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if the last column of `{p}` were 0: that column has no effect. Does a loop end too early?", (g, i, j) => j == g.Columns - 1 ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if the first column of `{p}` were 0: that column has no effect. Does a loop begin at 1?", (g, i, j) => j == 0 ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its last row: does each step overwrite the one before, with `=` where `+=` belongs?", (g, i, j) => i == g.Rows - 1 ? g.At(i, j) : 0);
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its last column: does each step overwrite the one before, with `=` where `+=` belongs?", (g, i, j) => j == g.Columns - 1 ? g.At(i, j) : 0);
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its first row: no other row has an effect.", (g, i, j) => i == 0 ? g.At(i, j) : 0);
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its first column: no other column has an effect.", (g, i, j) => j == 0 ? g.At(i, j) : 0);
        yield return Same($"Your numbers would be right if all rows of `{p}` were its first: the others have no effect.", (g, _, j) => g.At(0, j));
        yield return Same($"Your numbers would be right if all rows of `{p}` were its last: the others have no effect.", (g, _, j) => g.At(g.Rows - 1, j));
        yield return Same($"Your numbers would be right if all columns of `{p}` were its first: the others have no effect.", (g, i, _) => g.At(i, 0));
        yield return Same($"Your numbers would be right if `{p}` were 0 but for its diagonal: nothing else has an effect.", (g, i, j) => i == j ? g.At(i, j) : 0);
        yield return Same($"Your numbers would be right if the diagonal of `{p}` were 0: the diagonal has no effect.", (g, i, j) => i == j ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if `{p}` were 0 above its diagonal: what stands there has no effect.", (g, i, j) => j > i ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right if `{p}` were 0 below its diagonal: what stands there has no effect.", (g, i, j) => j < i ? 0 : g.At(i, j));
        yield return Same($"Your numbers would be right for −`{p}`: is a sign the wrong way round?", (g, i, j) => -g.At(i, j));
        yield return Same($"Your numbers would be right for twice `{p}`: is it counted twice?", (g, i, j) => 2 * g.At(i, j));
        yield return Same($"Your numbers would be right for half of `{p}`.", (g, i, j) => g.At(i, j) / 2);
        yield return Same($"Your numbers would be right for `{p}` with its rows in the opposite order.", (g, i, j) => g.At(g.Rows - 1 - i, j));
        yield return Same($"Your numbers would be right for `{p}` with its columns in the opposite order.", (g, i, j) => g.At(i, g.Columns - 1 - j));
        yield return Same($"Your numbers would be right for the squares of what is in `{p}`.", (g, i, j) => g.At(i, j) * g.At(i, j));
        yield return Same($"Your numbers would be right if `{p}` had no signs.", (g, i, j) => Math.Abs(g.At(i, j)));
        yield return Same($"Your numbers would be right if the rows of `{p}` were divided by their sums first.", (g, i, j) => g.At(i, j) / RowSum(g, i));
        yield return Same($"Your numbers would be right if their means were taken away from the rows of `{p}` first.", (g, i, j) => g.At(i, j) - RowSum(g, i) / g.Columns);
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its last row: does a loop end too early?", g => g.Rows < 2 ? null : new Grid(g.Rows - 1, g.Columns, g.At));
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its first row: does a loop begin at 1?", g => g.Rows < 2 ? null : new Grid(g.Rows - 1, g.Columns, (i, j) => g.At(i + 1, j)));
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its last column: does a loop end too early?", g => g.Columns < 2 ? null : new Grid(g.Rows, g.Columns - 1, g.At));
        yield return Reshaped($"Your numbers would be right if `{p}` lacked its first column: does a loop begin at 1?", g => g.Columns < 2 ? null : new Grid(g.Rows, g.Columns - 1, (i, j) => g.At(i, j + 1)));
    }

    private static double RowSum(Grid grid, int row) => Enumerable.Range(0, grid.Columns).Sum(j => grid.At(row, j));

    private static (string, Func<object, object?>) Same(string sentence, Func<Grid, int, int, double> entry) =>
        Reshaped(sentence, grid => new Grid(grid.Rows, grid.Columns, (i, j) => entry(grid, i, j)));

    private static (string, Func<object, object?>) Reshaped(string sentence, Func<Grid, Grid?> change) =>
        (sentence, value => Grid.Of(value) is { } grid && change(grid) is { } changed ? changed.As(value) : null);
}
