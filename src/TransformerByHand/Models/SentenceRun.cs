using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Text;

namespace TransformerByHand.Models;

/// <summary>The whole forward pass of a sentence encoder, written out, with a reader's functions where there are any.</summary>
internal sealed class SentenceRun(SentenceEncoder model, SentenceParts parts) : PartsRun(parts, causal: false)
{
    private readonly SentenceParts own = parts;

    /// <summary>The vector of a text, compared with what the library's reading of it gave.</summary>
    public SentenceVector Embed(string text, SentenceReading reading)
    {
        int[] ids = Ids(text);
        Matrix<double> Y = Stream(ids);                                                                 // (n × d_model)
        Vector<double> vector = Pooled(Y);                                                              // (d_model)
        double difference = ids.SequenceEqual(reading.Ids)
            ? Math.Max((Y - reading.Y).Enumerate().Max(Math.Abs), (vector - reading.Vector).AbsoluteMaximum())
            : double.PositiveInfinity;
        return new(text, [.. ids.Select(id => model.Tokeniser.Vocabulary[id])], vector, Used, Missing, difference);
    }

    private Matrix<double> Stream(int[] ids)
    {
        var X = Norm(Sums(ids), model.Input.Norm!);                                                     // (n × d_model)
        foreach (EncoderLayer layer in model.Encoder.Layers)
            X = Layer(X, x => MultiHead(x, layer.Attention), x => layer.FeedForward.Forward(x).Y, x => Norm(x, layer.AddAndNorm1.Norm!), x => Norm(x, layer.AddAndNorm2.Norm!));
        return X;
    }

    private Matrix<double> Layer(
        Matrix<double> X, Func<Matrix<double>, Matrix<double>> attention, Func<Matrix<double>, Matrix<double>> feedForward,
        Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2)
    {
        Func<double[,]>? function = own.Layer is { } layer ? () => layer(X.Clone(), attention, feedForward, norm1, norm2, false).ToArray() : null;
        if (Own("layer", function, X.RowCount, X.ColumnCount) is { } Y) return Y;
        var H = norm1(Add(X, attention(X)));                                                            // (n × d_model)
        return norm2(Add(H, feedForward(H)));                                                           // (n × d_model)
    }

    private Matrix<double> Sums(int[] ids)
    {
        Func<double[,]>? function = own.InputSums is { } sums ? () => sums([.. ids], model.Tables.E, model.Tables.P, model.Tables.T) : null;
        return Own("input", function, ids.Length, model.Width)
            ?? model.Input.Positions!.Forward(model.Input.Embedding.Forward(ids).X).Y;
    }

    private Vector<double> Pooled(Matrix<double> Y)
    {
        int[] mask = [.. Enumerable.Repeat(1, Y.RowCount)];
        Func<double[,]>? function = own.SentenceVector is not { } pool ? null : () =>
        {
            double[] v = pool(Y.ToArray(), mask);
            RequireLength(v, model.Width, "sentence vector");
            return Vector<double>.Build.Dense(v).ToRowMatrix().ToArray();
        };
        return Own("sentence vector", function, 1, model.Width)?.Row(0) ?? Y.ColumnSums().Normalize(2);
    }

    private int[] Ids(string text)
    {
        if (own.WordPiece is not { } cut) return model.Encode(text);
        string[] vocabulary = [.. model.Tokeniser.Vocabulary];
        try
        {
            List<int> ids = [];
            foreach (string word in WordPieceTokeniser.Words(text))
            {
                // A word that is too long never reaches the reader's function: the library calls it unknown.
                string[] pieces = WordPieceTokeniser.IsTooLong(word) ? ["[UNK]"] : cut(word, vocabulary)
                    ?? throw new ArgumentException($"Your WordPiece returned null for '{word}'; it should be the word's pieces.");
                ids.AddRange(pieces.Select(piece => model.Tokeniser.Vocabulary.Find(piece)
                    ?? throw new ArgumentException($"Your WordPiece made '{piece}' of '{word}', which is not in the vocabulary.")));
            }
            Used.Add("WordPiece");
            return model.Framed(ids);
        }
        catch (NotImplementedException)
        {
            Missing.Add("WordPiece");
            return model.Encode(text);
        }
    }
}
