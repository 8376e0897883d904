using System.Net;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text;

namespace TransformerByHand.Exercises;

/// <summary>Functions of the reader's that compute in place of the solutions while a model writes from its cache. Each is null where the solution is wanted.</summary>
public sealed record CacheParts
{
    /// <summary>14.2.</summary>
    public Lesson14.FromCacheFunction? FromCache { get; init; }

    /// <summary>14.3.</summary>
    public Lesson14.KeyHeadFunction? KeyHead { get; init; }

    /// <summary>14.4.</summary>
    public Lesson14.TurnFunction? Turn { get; init; }
}

/// <summary>Runs a causal model on a text that grows: every token is read once, and of each layer its keys and values are kept.</summary>
/// <remarks>
/// What stands in the cache is turned already, where the model turns: a key's place does not change when the text grows. With a window
/// the cache keeps the newest w − 1 tokens, and, where that is asked for, the first few of the text.
/// </remarks>
/// <param name="model">The model, in pre-LN.</param>
/// <param name="w">How many tokens a token sees, itself included; null for all.</param>
/// <param name="parts">Functions of the reader's.</param>
/// <param name="first">How many tokens at the beginning are kept beside the window.</param>
public sealed class CachedWriter(LanguageModel model, int? w = null, CacheParts? parts = null, int first = 0)
{
    private readonly Lesson14.FromCacheFunction fromCache = Lesson14.WrittenOr(parts?.FromCache, f => f(new double[1, 1], new double[1, 1], new double[1, 1], 1), Lesson14.FromCache.ReferenceSolution);
    private readonly Lesson14.KeyHeadFunction keyHead = Lesson14.WrittenOr(parts?.KeyHead, f => f(0, 1, 1), Lesson14.KeyHead.ReferenceSolution);
    private readonly Lesson14.TurnFunction turn = Lesson14.WrittenOr(parts?.Turn, f => f([1, 0], [1, 0], [1], 0), Lesson14.Turn.ReferenceSolution);
    private readonly List<int> read = [];
    private readonly List<double[]>[][] keys = Empty(model), values = Empty(model);

    /// <summary>How many tokens were read so far.</summary>
    public int Places => read.Count;

    /// <summary>How many numbers are kept now, in all layers.</summary>
    public long NumbersKept => keys.Concat(values).SelectMany(heads => heads).Sum(rows => rows.Sum(row => (long)row.Length));

    /// <summary>How many pairs of a query and a key were compared so far, in one head of one layer.</summary>
    public long Pairs { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="ids">The next tokens, at least one; one at a time where some at the beginning are kept beside a window.</param>
    /// <returns>The logits of these tokens (as many × V).</returns>
    public Matrix<double> Read(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int before = Places, fresh = ids.Count;
        if (first > 0 && fresh > 1) return DenseMatrix.OfRows(ids.Select(id => Read([id]).Row(0)));
        read.AddRange(ids);
        Matrix<double> X = model.Input.Forward(read).X.SubMatrix(before, fresh, 0, model.Input.Embedding.E.ColumnCount);        // (fresh × d_model)
        Pairs += Enumerable.Range(before, fresh).Sum(place => (long)Math.Min(place + 1, w + first ?? int.MaxValue));
        for (int l = 0; l < model.Encoder.Layers.Count; l++)
        {
            EncoderLayer layer = model.Encoder.Layers[l];
            X += Attend(layer.AddAndNorm1.Norm!.Forward(X).Y, layer.Attention, l, before);                                     // (fresh × d_model)
            X += layer.FeedForward.Forward(layer.AddAndNorm2.Norm!.Forward(X).Y).Y;                                             // (fresh × d_model)
        }
        return model.ReadOut(X);                                                                                                // (fresh × V)
    }

    private Matrix<double> Attend(Matrix<double> X, MultiHeadAttention attention, int l, int before)
    {
        int h = attention.h, d_k = attention.W_Q.ColumnCount / h, g = attention.W_K.ColumnCount / d_k, fresh = X.RowCount;
        Matrix<double> Q = X * attention.W_Q, K = X * attention.W_K, V = X * attention.W_V;                                     // (fresh × h·d_k), (fresh × g·d_k) twice
        var O = new DenseMatrix(fresh, h * d_k);
        int[] appended = new int[g];
        for (int head = 0; head < h; head++)
        {
            int group = keyHead(head, h, g);
            var queries = new double[fresh, d_k];
            for (int i = 0; i < fresh; i++)
            {
                var (q, k, v) = (Part(Q, i, head), Part(K, i, group), Part(V, i, group));
                if (attention.UseRotary) (q, k, v) = turn(q, k, v, before + i);
                for (int c = 0; c < d_k; c++) queries[i, c] = q[c];
                if (appended[group] > i) continue;                          // another head of the group has been here
                keys[l][group].Add(k);
                values[l][group].Add(v);
                appended[group]++;
            }
            double[,] o = fromCache(queries, Square(keys[l][group]), Square(values[l][group]), first > 0 ? int.MaxValue / 2 : w ?? int.MaxValue / 2);
            for (int i = 0; i < fresh; i++)
                for (int c = 0; c < d_k; c++) O[i, head * d_k + c] = o[i, c];
        }
        if (w is { } window)
            foreach (var rows in keys[l].Concat(values[l]))
                if (rows.Count > first + window - 1) rows.RemoveRange(first, rows.Count - first - window + 1);
        return O * attention.W_O;                                                                                               // (fresh × d_model)

        double[] Part(Matrix<double> M, int i, int head) => [.. Enumerable.Range(head * d_k, d_k).Select(c => M[i, c])];
    }

    private static double[,] Square(List<double[]> rows) => Arrays.Build(rows.Count, rows[0].Length, (i, c) => rows[i][c]);

    private static List<double[]>[][] Empty(LanguageModel model) =>
        [.. model.Encoder.Layers.Select(layer => Enumerable.Range(0, layer.Attention.h).Select(_ => new List<double[]>()).ToArray())];
}

/// <summary>A tale that a model wrote on from its cache.</summary>
/// <param name="Given">How it was begun.</param>
/// <param name="Written">What the model wrote.</param>
/// <param name="Tokens">How many tokens there are in the end.</param>
/// <param name="Kept">How many numbers the cache holds in the end.</param>
/// <param name="Pairs">How many pairs were compared, in one head of one layer.</param>
/// <param name="PairsWithout">How many there would have been if the whole text had been read again for every word.</param>
/// <param name="Difference">By how much a logit differed from the library's at most, which has no cache; null where there is a window.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record CachedText(string Given, string Written, int Tokens, long Kept, long Pairs, long PairsWithout, double? Difference) : IShown
{
    /// <inheritdoc/>
    public string ToText() => $"{Given} […] {Written}\n{Note}";

    /// <inheritdoc/>
    public string ToHtml() => new WrittenText(Given, $" {Written}").ToHtml() + $"<p>{WebUtility.HtmlEncode(Note)}</p>";

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private string Note => FormattableString.Invariant($"{Tokens} tokens, numbers kept: {Kept}, pairs compared in a head: {Pairs} (without a cache {PairsWithout}).")
        + (Difference is not { } off ? "" : off < 1e-8 ? " Every logit is the library's, to rounding." : $" The logits differ from the library's, by up to {Numbers.Format(off, 3)}.");
}

public static partial class Lesson14
{
    /// <summary>Writes a tale on, word by word, always taking the likeliest, from the cache.</summary>
    /// <param name="glimpse">The model.</param>
    /// <param name="text">How it begins.</param>
    /// <param name="words">How many words and marks to write at most.</param>
    /// <param name="w">How many tokens a token sees; null for all.</param>
    /// <param name="with">Functions of the reader's.</param>
    public static CachedText WriteOn(LongGlimpse glimpse, string text, int words = 16, int? w = null, CacheParts? with = null)
    {
        ArgumentNullException.ThrowIfNull(glimpse);
        ArgumentNullException.ThrowIfNull(text);
        var writer = new CachedWriter(glimpse.Model, w, with);
        List<int> ids = [.. glimpse.Encode(text)];
        int given = ids.Count;
        long without = 0;
        double difference = 0;
        Matrix<double> logits = writer.Read(ids);
        for (int word = 0; word < words; word++)
        {
            without += (long)ids.Count * (ids.Count + 1) / 2;
            if (w is null) difference = Math.Max(difference, (logits.Row(logits.RowCount - 1) - glimpse.Model.Forward(ids).Logits.Row(ids.Count - 1)).AbsoluteMaximum());
            int next = logits.Row(logits.RowCount - 1).MaximumIndex();
            if (next == WordTokeniser.End) break;
            ids.Add(next);
            if (word < words - 1) logits = writer.Read([next]);
        }
        return new(text, glimpse.Tokeniser.Decode([.. ids.Skip(given)]), ids.Count, writer.NumbersKept, writer.Pairs, without, w is null ? difference : null);
    }

    /// <summary>How likely a word is after a text, for windows of several sizes.</summary>
    /// <param name="glimpse">The glimpse of lesson 00: its learned positions are added before the cache.</param>
    /// <param name="text">The text.</param>
    /// <param name="word">The word.</param>
    /// <param name="windows">The windows; null for none.</param>
    public static Table WithWindows(Glimpse glimpse, string text, string word, params int?[] windows)
    {
        ArgumentNullException.ThrowIfNull(glimpse);
        int[] ids = glimpse.Encode(text);
        return new Table("window", "numbers kept", $"P({word})", "likeliest") { Digits = 2 }.RowForEach(windows, w =>
        {
            var writer = new CachedWriter(glimpse.Model, w);
            var p = Layers.Softmax.Of(writer.Read(ids).Row(ids.Length - 1));
            return [w is null ? "none" : $"{w}", writer.NumbersKept, p[glimpse.Words.IdOf(word)], glimpse.Words[p.MaximumIndex()]];
        });
    }

    internal static TFunction WrittenOr<TFunction>(TFunction? function, Action<TFunction> call, TFunction otherwise)
        where TFunction : Delegate => function is not null && Stub.IsWritten(function, call) ? function : otherwise;
}
