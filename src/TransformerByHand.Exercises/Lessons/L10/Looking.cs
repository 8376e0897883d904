using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

/// <summary>Where a trained encoder–decoder looks while it writes, and what its answers depend on: means over held-out rows of letters.</summary>
/// <param name="Rows">How many rows of letters.</param>
/// <param name="WeightOnLetter">The weight that cross-attention gives to the place of the letter that is written next, mean of all heads.</param>
/// <param name="BestHead">The same for the head that gives it most.</param>
/// <param name="Even">What it would be if all letters got the same, and the task nothing.</param>
/// <param name="WeightOnTask">The weight on the task.</param>
/// <param name="ChangesWithLetter">How often the answer changes when the letter that is written next is replaced by one that does not occur.</param>
/// <param name="ChangesWithOther">How often it changes when another letter is replaced.</param>
public sealed record Looking(int Rows, double WeightOnLetter, double BestHead, double Even, double WeightOnTask, double ChangesWithLetter, double ChangesWithOther);

public static partial class Lesson10
{
    /// <summary>Where the model looks and what moves its answers, on held-out rows of 4 or more different letters.</summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="rows">How many rows at most.</param>
    public static Looking WhereItLooks(Transformer model, string task, int rows = 40)
    {
        ArgumentNullException.ThrowIfNull(model);
        var chosen = Speller.HeldOut.Where(row => row.Task == task && row.Letters.Length >= 4 && row.Letters.Distinct().Count() == row.Letters.Length).Take(rows).ToArray();
        int heads = model.Decoder.Layers[0].CrossAttention.h, letters = 0, others = 0;
        double even = 0, onTask = 0, changes = 0, changesOther = 0;
        double[] onLetter = new double[heads];
        foreach (var row in chosen)
        {
            int n = row.Letters.Length;
            int[] source = Speller.Source(task, row.Letters), target = Target(row.Result);
            var (logits, trace) = model.Forward(source, target);
            letters += n;
            for (int i = 0; i < n; i++)
            {
                int place = 1 + row.Letters.IndexOf(row.Result[i], StringComparison.Ordinal);
                even += 1.0 / n;
                for (int h = 0; h < heads; h++)
                {
                    var A = trace.Decoder.Layers[^1].CrossAttention.Block.Heads[h].A;
                    onLetter[h] += A[i, place];
                    onTask += A[i, 0] / heads;
                }
            }
            for (int j = 0; j < n; j++)
            {
                var moved = model.Forward(Replaced(source, 1 + j, row.Letters), target).Logits;
                for (int i = 0; i < n; i++)
                {
                    int change = moved.Row(i).MaximumIndex() != logits.Row(i).MaximumIndex() ? 1 : 0;
                    if (row.Letters[j] == row.Result[i]) changes += change;
                    else
                    {
                        changesOther += change;
                        others++;
                    }
                }
            }
        }
        return new(chosen.Length, onLetter.Sum() / heads / letters, onLetter.Max() / letters, even / letters, onTask / letters, changes / letters, changesOther / others);
    }

    /// <summary>How many held-out rows a model gets right, writing greedily.</summary>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="write">What the model writes for a row.</param>
    /// <param name="rows">How many rows at most.</param>
    /// <returns>How many are right, and of how many.</returns>
    public static (int Right, int Of) RowsRight(string task, Func<SequenceTask, string> write, int rows = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(write);
        var chosen = Speller.HeldOut.Where(row => row.Task == task).Take(rows).ToArray();
        return (chosen.Count(row => write(row) == row.Result), chosen.Length);
    }

    /// <summary>The cross-attention of every head for one row of letters: a row for each letter that is written.</summary>
    /// <param name="reading">What the model has read and written.</param>
    public static SmallMultiples CrossAttentionFigure(SpellerReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        int heads = reading.Trace.Decoder.Layers[0].CrossAttention.Block.Heads.Count;
        return new()
        {
            Title = $"{reading.Task} {reading.Letters} → {reading.Written}: where the cross-attention looks for each letter", Columns = 2,
            Figures =
            [
                .. Enumerable.Range(0, heads).Select(h => new Heatmap(Rounded(reading.CrossAttention(h)))
                {
                    Title = $"head {h}", RowLabels = reading.WritesNext, RowTitle = "writes", ColumnLabels = reading.SourceWords, ColumnTitle = "reads", Min = 0, Max = 1, Digits = 2,
                }),
            ],
        };
    }

    /// <summary>
    /// What each letter that is written depends on: by how much its probability falls when a letter that was read is replaced by one that does not
    /// occur. What was written before is left as it is.
    /// </summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="letters">The letters, all different, fewer than ten.</param>
    /// <returns>A row for each letter of the right result, a column for each letter that was read.</returns>
    public static Matrix<double> Dependence(Transformer model, string task, string letters)
    {
        ArgumentNullException.ThrowIfNull(model);
        string result = SequenceGenerator.Result(task, letters);
        int[] source = Speller.Source(task, letters), target = Target(result);
        int n = letters.Length;
        Vector<double> Probabilities(int[] read) => Softmax.Forward(model.Forward(read, target).Logits) is var P
            ? Vector<double>.Build.Dense(n, i => P[i, Speller.Words.IdOf(result[i].ToString())]) : default!;
        var before = Probabilities(source);
        return Matrix<double>.Build.DenseOfColumnVectors(Enumerable.Range(0, n).Select(j => before - Probabilities(Replaced(source, 1 + j, letters))));
    }

    /// <summary><see cref="Dependence"/> as a picture.</summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="letters">The letters, all different, fewer than ten.</param>
    public static Heatmap DependenceFigure(Transformer model, string task, string letters) => new(Rounded(Dependence(model, task, letters)))
    {
        Title = $"{task} {letters}: how much less sure it is of a letter when one that it read is replaced",
        RowLabels = [.. SequenceGenerator.Result(task, letters).Select(letter => letter.ToString())], RowTitle = "writes",
        ColumnLabels = [.. letters.Select(letter => letter.ToString())], ColumnTitle = "replaced", Min = 0, Max = 1, Digits = 2,
    };

    /// <summary>A table of <see cref="WhereItLooks"/> for each task.</summary>
    /// <param name="speller">The model.</param>
    public static Display.Table LookingTable(Speller speller)
    {
        ArgumentNullException.ThrowIfNull(speller);
        return new Display.Table("", "weight on the letter that is written", "in the best head", "if all letters got the same", "answer changes when it is replaced", "when another is") { Digits = 2 }
            .RowForEach(Speller.Tasks, (string task) => WhereItLooks(speller.Model, task) is var seen
                ? [task, seen.WeightOnLetter, seen.BestHead, seen.Even, seen.ChangesWithLetter, seen.ChangesWithOther] : []);
    }

    /// <summary>
    /// Where a letter's trace lies in M: the letter at one place is replaced, but the decoder gets only one row of M from that run and all others from
    /// the right one. How much less sure is it then of that letter?
    /// </summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="letters">The letters, all different, fewer than ten.</param>
    /// <returns>A row for each letter that was read, and a column for each row of M, that of the task first.</returns>
    public static Matrix<double> WhereLettersLie(Transformer model, string task, string letters)
    {
        ArgumentNullException.ThrowIfNull(model);
        string result = SequenceGenerator.Result(task, letters);
        int[] source = Speller.Source(task, letters), target = Target(result);
        var M = Encoded(model, source);
        double Sure(Matrix<double> read, char letter) =>
            Softmax.Forward(Decoded(model, target, read))[result.IndexOf(letter, StringComparison.Ordinal), Speller.Words.IdOf(letter.ToString())];
        return Matrix<double>.Build.Dense(letters.Length, source.Length, (j, k) =>
        {
            var patched = M.Clone();
            patched.SetRow(k, Encoded(model, Replaced(source, 1 + j, letters)).Row(k));
            return Sure(M, letters[j]) - Sure(patched, letters[j]);
        });
    }

    /// <summary><see cref="WhereLettersLie"/> as a picture.</summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="letters">The letters, all different, fewer than ten.</param>
    public static Heatmap WhereLettersLieFigure(Transformer model, string task, string letters) => new(Rounded(WhereLettersLie(model, task, letters)))
    {
        Title = $"{task} {letters}: how much less sure it is of a letter when one row of M is exchanged",
        RowLabels = [.. letters.Select(letter => letter.ToString())], RowTitle = "letter",
        ColumnLabels = [task, .. letters.Select(letter => letter.ToString())], ColumnTitle = "row of M", Min = 0, Max = 1, Digits = 2,
    };

    /// <summary>
    /// How the cross-attention's weights lie about the letter that is written next: the mean over heads and held-out rows of 4 or more different letters.
    /// </summary>
    /// <param name="model">An encoder–decoder that knows <see cref="Speller.Words"/>.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="reach">How many places to each side are looked at.</param>
    /// <returns>The mean weight at the place −reach, …, 0 (the letter itself), …, +reach, counted from the letter in the row that was read; the task's place is left out.</returns>
    public static double[] WeightsAboutTheLetter(Transformer model, string task, int reach = 2)
    {
        ArgumentNullException.ThrowIfNull(model);
        double[] sums = new double[2 * reach + 1];
        int count = 0;
        foreach (var row in Speller.HeldOut.Where(row => row.Task == task && row.Letters.Length >= 4 && row.Letters.Distinct().Count() == row.Letters.Length).Take(40))
        {
            var heads = model.Forward(Speller.Source(task, row.Letters), Target(row.Result)).Trace.Decoder.Layers[^1].CrossAttention.Block.Heads;
            for (int i = 0; i < row.Letters.Length; i++, count++)
                for (int offset = -reach; offset <= reach; offset++)
                {
                    int place = 1 + row.Letters.IndexOf(row.Result[i], StringComparison.Ordinal) + offset;
                    if (place >= 1 && place <= row.Letters.Length) sums[offset + reach] += heads.Average(head => head.A[i, place]);
                }
        }
        return [.. sums.Select(sum => sum / count)];
    }

    /// <summary>To two places, so that a picture's text is readable.</summary>
    private static Matrix<double> Rounded(Matrix<double> M) => M.Map(v => Math.Round(v, 2) + 0.0, Zeros.Include);

    private static Matrix<double> Encoded(Transformer model, int[] source) => model.Encoder.Forward(model.Source.Forward(source).X).Y;

    private static Matrix<double> Decoded(Transformer model, int[] target, Matrix<double> M) =>
        model.Unembedding.Forward(model.Decoder.Forward(model.Target.Forward(target).X, M, Mask.Causal(target.Length)).Y).Y;

    /// <summary>What the decoder reads while it writes a result, letter by letter.</summary>
    private static int[] Target(string result) => [Speller.Words.IdOf("<begin>"), .. result.Select(letter => Speller.Words.IdOf(letter.ToString()))];

    /// <summary>The source with one letter replaced by the first of the alphabet that does not occur.</summary>
    private static int[] Replaced(int[] source, int place, string letters)
    {
        int[] changed = [.. source];
        changed[place] = Speller.Words.IdOf("abcdefghij".First(letter => !letters.Contains(letter, StringComparison.Ordinal)).ToString());
        return changed;
    }
}
