using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Training.Model;
using Embedding = TransformerByHand.Layers.Embedding;
using FeedForward = TransformerByHand.Layers.FeedForward;

namespace TransformerByHand.Models;

/// <summary>An encoder of the kind of BERT with published weights: a text becomes one vector.</summary>
/// <remarks>
/// <para>Forward, for the ids t_0 … t_(n−1) of the pieces, [CLS] in front and [SEP] at the end:</para>
/// <code>
/// X_0     = LN(E[t_i] + P[i] + T[0])       (n × d_model)     token, position, and which of two texts it stands in: always the first here
/// X_(l+1) = layer_l(X_l)                   (n × d_model)     post-LN, with biases everywhere and GELU
/// v       = Σ_i X_L,i / ‖Σ_i X_L,i‖        (d_model)         the mean of the tokens, brought to length 1
/// </code>
/// <para>
/// Sources: Devlin et al. 2018, 'BERT: Pre-training of Deep Bidirectional Transformers'; for the vector, Reimers and Gurevych 2019, 'Sentence-BERT', §3.
/// </para>
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class SentenceEncoder : IShown
{
    private readonly Lazy<(double[,] E, double[,] P, double[,] T)> tables;

    private SentenceEncoder(WordPieceTokeniser tokeniser, InputLayer input, Encoder encoder, Matrix<double> P, Matrix<double> T)
    {
        (Tokeniser, Input, Encoder, this.P, this.T) = (tokeniser, input, encoder, P, T);
        tables = new(() => (E.ToArray(), P.ToArray(), T.ToArray()));
    }

    /// <summary>Builds the model from weights under their published names, such as <c>encoder.layer.0.attention.self.query.weight</c> (d_out × d_in).</summary>
    /// <param name="weights">The weights; what is not needed, such as those of a pooler, is left aside. A prefix such as <c>bert.</c> does not matter.</param>
    /// <param name="vocabulary">The pieces, each at the place of its id.</param>
    /// <param name="heads">h: how many heads a layer has, which no shape tells.</param>
    /// <param name="ε">The ε of the norms.</param>
    /// <exception cref="ArgumentException">A weight is missing or has another shape than it should, the heads do not divide the width, or the vocabulary does not fit.</exception>
    public static SentenceEncoder FromPublished(ParameterSet weights, IEnumerable<string> vocabulary, int heads, double ε = 1e-12)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        var tokeniser = new WordPieceTokeniser(vocabulary);
        const string tokens = "embeddings.word_embeddings.weight";
        string prefix = weights.FirstOrDefault(p => p.Name.EndsWith(tokens, StringComparison.Ordinal))?.Name[..^tokens.Length]
            ?? throw new ArgumentException($"weights has no '{tokens}': these {weights.Count} weights do not belong to a model of the kind of BERT.", nameof(weights));

        Matrix<double> E = Matrix(tokens);                                                      // (V × d_model)
        int d = E.ColumnCount;
        if (E.RowCount != tokeniser.Vocabulary.Count)
            throw new ArgumentException($"vocabulary has {tokeniser.Vocabulary.Count} pieces, but the embedding {E.RowCount} rows; each piece should have one.", nameof(vocabulary));
        if (d % heads != 0)
            throw new ArgumentException($"heads is {heads}, but should divide the width, which is {d}.", nameof(heads));
        Matrix<double> P = Matrix("embeddings.position_embeddings.weight", columns: d);         // (longest × d_model)
        Matrix<double> T = Matrix("embeddings.token_type_embeddings.weight", columns: d);       // (2 × d_model)
        // Every token stands in the first of two texts: T[0] is the same for all, and may as well be added to the positions.
        Matrix<double> place = P.MapIndexed((_, j, p) => p + T[0, j], Zeros.Include);           // (longest × d_model)
        var input = new InputLayer(new Embedding(E), new LearnedPositions(place), norm: Norm("embeddings.LayerNorm"));

        int layers = 0;
        while (weights.Contains($"{prefix}{BertPart.All[0].PublishedIn(layers)}.weight")) layers++;
        if (layers == 0) throw new ArgumentException($"weights has no '{BertPart.All[0].PublishedIn(0)}.weight': there should be at least one layer.", nameof(weights));
        return new(tokeniser, input, new Encoder([.. Enumerable.Range(0, layers).Select(Layer)], norm: null), P, T);

        EncoderLayer Layer(int l)
        {
            string[] at = [.. BertPart.All.Select(part => part.PublishedIn(l))];
            Matrix<double> W(int part, int rows, int? columns) => Matrix(at[part] + ".weight", columns, rows).Transpose();
            Vector<double> b(int part, int length) => Vector(at[part] + ".bias", length);
            var W_1 = W(5, 0, d);                                                               // (d_model × d_ff)
            return new(
                new MultiHeadAttention(heads, W(0, d, d), W(1, d, d), W(2, d, d), W(3, d, d), b(0, d), b(1, d), b(2, d), b(3, d)),
                new FeedForward(W_1, b(5, W_1.ColumnCount), W(6, d, W_1.ColumnCount), b(6, d), Activation.GELU),
                new AddAndNorm(NormPlacement.Post, Norm(at[4])), new AddAndNorm(NormPlacement.Post, Norm(at[7])));
        }

        LayerNorm Norm(string name) => new(Vector(name + ".weight", d), Vector(name + ".bias", d), ε);

        Parameter Find(string name, bool fits, string should) => !weights.Contains(prefix + name)
            ? throw new ArgumentException($"weights has no '{prefix}{name}'.", nameof(weights))
            : fits ? weights[prefix + name] : throw new ArgumentException($"weights has {weights[prefix + name]}, which should be {should}.", nameof(weights));

        Matrix<double> Matrix(string name, int? columns = null, int rows = 0)
        {
            var shape = weights.Contains(prefix + name) ? weights[prefix + name].Shape : [];
            bool fits = shape.Count == 2 && (rows == 0 || shape[0] == rows) && (columns is null || shape[1] == columns);
            return Find(name, fits, $"a matrix of {(rows == 0 ? "any number of" : rows)} rows and {columns?.ToString() ?? "any number of"} columns").ToMatrix();
        }

        Vector<double> Vector(string name, int length)
        {
            bool fits = !weights.Contains(prefix + name) || weights[prefix + name].Shape.SequenceEqual([length]);
            return Vector<double>.Build.DenseOfArray(Find(name, fits, $"a vector of {length} numbers").ToArray());
        }
    }

    /// <summary>Cuts text into the model's pieces.</summary>
    public WordPieceTokeniser Tokeniser { get; }

    /// <summary>Embedding, positions (with T[0]) and the first norm.</summary>
    public InputLayer Input { get; }

    /// <summary>The layers.</summary>
    public Encoder Encoder { get; }

    /// <summary>The table of the pieces (V × d_model).</summary>
    public Matrix<double> E => Input.Embedding.E;

    /// <summary>The table of the positions (longest × d_model), as published.</summary>
    public Matrix<double> P { get; }

    /// <summary>The table that tells two texts apart (2 × d_model), as published.</summary>
    public Matrix<double> T { get; }

    /// <summary>The number of layers.</summary>
    public int Layers => Encoder.Layers.Count;

    /// <summary>h: the number of heads of each layer.</summary>
    public int Heads => Encoder.Layers[0].Attention.h;

    /// <summary>d_model: the width of a token, and of a sentence's vector.</summary>
    public int Width => E.ColumnCount;

    /// <summary>The longest text in pieces, [CLS] and [SEP] included.</summary>
    public int Longest => P.RowCount;

    /// <summary>How many numbers the model holds.</summary>
    public int NumberCount => E.RowCount * Width + P.RowCount * Width + T.RowCount * Width + Input.Norm!.Parameters.NumberCount + Encoder.Parameters.NumberCount;

    internal (double[,] E, double[,] P, double[,] T) Tables => tables.Value;

    /// <summary>Turns a text into ids: [CLS], its pieces, [SEP]. A text that is too long is cut off.</summary>
    /// <param name="text">Any text; it may be empty.</param>
    /// <returns>The ids (n), n from 2 to <see cref="Longest"/>.</returns>
    public int[] Encode(string text) => Framed(Tokeniser.Encode(text));

    /// <summary>Sends a text through the model and keeps everything that was computed on the way.</summary>
    /// <param name="text">Any text; it may be empty.</param>
    public SentenceReading Read(string text) => Read(Encode(text));

    /// <summary>Sends ids through the model and keeps everything that was computed on the way.</summary>
    /// <param name="ids">The ids (n), with those of [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">There are none, or too many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public SentenceReading Read(IReadOnlyList<int> ids)
    {
        var (X, input) = Input.Forward(ids);                    // (n × d_model)
        var (Y, encoder) = Encoder.Forward(X);                  // (n × d_model)
        return new(this, [.. ids], input, encoder, Y);
    }

    /// <summary>The vector of a text.</summary>
    /// <param name="text">Any text; it may be empty.</param>
    /// <param name="with">
    /// Functions of yours that compute in place of the library's, on the same weights; the result then says whether it is still the
    /// same. A function that throws <see cref="NotImplementedException"/> is not written yet: the library's takes its place.
    /// </param>
    /// <returns>The vector, to be shown.</returns>
    /// <exception cref="ArgumentException">A function returns something of another shape.</exception>
    public SentenceVector Embed(string text, SentenceParts? with = null)
    {
        SentenceReading reading = Read(text);
        if (with is null) return new(text, reading.Tokens, reading.Vector);
        var run = new SentenceRun(this, with);
        return run.Embed(text, reading);
    }

    /// <summary>The same model with another layer in place of one; all else is shared.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="other">What takes its place.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public SentenceEncoder WithLayer(int layer, EncoderLayer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Glimpse.RequireIndex(layer, Layers, nameof(layer));
        return new(Tokeniser, Input, new Encoder([.. Encoder.Layers.Select((own, l) => l == layer ? other : own)], norm: null), P, T);
    }

    /// <summary>The same model in the float32 engine: <see cref="FastTransformer.Stream"/> gives the stream after the last layer.</summary>
    /// <param name="sequences">How many texts go through at once.</param>
    /// <param name="longest">The longest text, in pieces.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or <paramref name="longest"/> above <see cref="Longest"/>.</exception>
    public FastTransformer ToFast(int sequences, int longest)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(longest, Longest);
        EncoderLayer first = Encoder.Layers[0];
        var fast = new FastTransformer(new ModelShape
        {
            Architecture = Architecture.EncoderOnly, Vocabulary = E.RowCount, DModel = Width, Heads = Heads, Layers = Layers, Context = longest,
            DFF = first.FeedForward.W_1.ColumnCount, Placement = NormPlacement.Post, InputNorm = true, ε = Input.Norm!.ε,
            Activation = first.FeedForward.Activation, TiedOutput = true,
        }, sequences);
        Matrix<double> place = ((LearnedPositions)Input.Positions!).P.SubMatrix(0, longest, 0, Width);
        fast.CopyFrom([new("E", E), new("P", place), .. Input.Norm.Parameters.Under(PartName.InputNorm), .. Encoder.Parameters]);
        return fast;
    }

    /// <inheritdoc/>
    public string ToText() => Names().ToText();

    /// <inheritdoc/>
    public string ToHtml() => Names().ToHtml();

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    internal int[] Framed(IEnumerable<int> pieces) => [Tokeniser.Begin, .. pieces.Take(Longest - 2), Tokeniser.End];

    private Table Names()
    {
        ParameterSet layer = Encoder.Layers[0].Parameters;
        var table = new Table("here", "in the file", "shape") { Caption = $"{NumberCount:N0} numbers: {Layers} layers of {Heads} heads, d_model {Width}" }
            .Row("E", "embeddings.word_embeddings", Shape(E))
            .Row("P", "embeddings.position_embeddings", Shape(P))
            .Row("T", "embeddings.token_type_embeddings", Shape(T))
            .Row("inputNorm.γ, β", "embeddings.LayerNorm", $"{Width}, {Width}")
            .RowForEach(BertPart.All, part => [$"layers.0.{part.Weight}, {part.Bias[(part.Bias.IndexOf('.') + 1)..]}", part.PublishedIn(0),
                $"{string.Join(" × ", layer[part.Weight].Shape)}, {layer[part.Bias].Count}"]);
        return Layers == 1 ? table : table.Row($"layers.1 … {Layers - 1}", "the same again", "");

        static string Shape(Matrix<double> M) => $"{M.RowCount} × {M.ColumnCount}";
    }
}
