using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Tests.Support;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Tests.Models;

/// <summary>A small encoder under published names: what it computes, and that a reader's functions may compute it.</summary>
public class SentenceEncoderTests
{
    private const int Width = 6, Inner = 10, Layers = 2, Heads = 3;

    private static readonly string[] Pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "##s", "sat"];

    private readonly SentenceEncoder model = SentenceEncoder.FromPublished(Published(), Pieces, Heads);

    [Fact]
    public void It_computes_what_the_formulas_say()
    {
        ParameterSet w = Published();
        int[] ids = [2, 4, 5, 6, 7, 3];
        Matrix<double> X = Matrix<double>.Build.Dense(ids.Length, Width, (i, j) => At("embeddings.word_embeddings.weight", ids[i], j)
            + At("embeddings.position_embeddings.weight", i, j) + At("embeddings.token_type_embeddings.weight", 0, j));
        X = Norm(X, "embeddings.LayerNorm");
        for (int l = 0; l < Layers; l++)
        {
            string at = $"encoder.layer.{l}.";
            Matrix<double> Q = Linear(X, at + "attention.self.query"), K = Linear(X, at + "attention.self.key"), V = Linear(X, at + "attention.self.value");
            var O = Matrix<double>.Build.Dense(ids.Length, Width);
            for (int h = 0; h < Heads; h++)
            {
                Matrix<double> Part(Matrix<double> M) => M.SubMatrix(0, ids.Length, h * Width / Heads, Width / Heads);
                Matrix<double> A = Softmax.Forward(Part(Q) * Part(K).Transpose() / Math.Sqrt(Width / Heads));
                O.SetSubMatrix(0, h * Width / Heads, A * Part(V));
            }
            X = Norm(X + Linear(O, at + "attention.output.dense"), at + "attention.output.LayerNorm");
            X = Norm(X + Linear(Linear(X, at + "intermediate.dense").Map(Activation.GELU.Value, Zeros.Include), at + "output.dense"), at + "output.LayerNorm");
        }

        SentenceReading reading = model.Read("The cats sat");

        reading.Tokens.ShouldBe(["[CLS]", "the", "cat", "##s", "sat", "[SEP]"]);
        (reading.Y - X).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
        Vector<double> mean = X.ColumnSums() / ids.Length;
        (reading.Vector - mean / mean.L2Norm()).AbsoluteMaximum().ShouldBeLessThan(1e-12);

        double At(string name, int i, int j) => w[name].ToMatrix()[i, j];
        Matrix<double> Linear(Matrix<double> M, string name) => (M * w[name + ".weight"].ToMatrix().Transpose()).MapIndexed((_, j, v) => v + w[name + ".bias"][j], Zeros.Include);
        Matrix<double> Norm(Matrix<double> M, string name)
        {
            var Y = M.Clone();
            for (int i = 0; i < M.RowCount; i++)
            {
                double mean = M.Row(i).Average(), deviation = Math.Sqrt(M.Row(i).Average(x => (x - mean) * (x - mean)) + 1e-12);
                for (int j = 0; j < Width; j++) Y[i, j] = (M[i, j] - mean) / deviation * w[name + ".weight"][j] + w[name + ".bias"][j];
            }
            return Y;
        }
    }

    [Fact]
    public void Names_may_have_a_prefix_and_what_is_not_needed_is_left_aside()
    {
        ParameterSet prefixed = [.. Published().Select(p => p.Under("bert")), new("cls.weight", Matrix<double>.Build.Dense(2, 3, 1))];

        SentenceEncoder.FromPublished(prefixed, Pieces, Heads).Read("cat").Y.ShouldBe(model.Read("cat").Y);
    }

    [Fact]
    public void What_is_missing_or_has_another_shape_is_named()
    {
        ParameterSet w = Published();
        const string name = "encoder.layer.1.intermediate.dense.bias";

        Refused(new(w.Where(p => p.Name != name)), Pieces, Heads).ShouldContain(name);
        Refused(new(w.Select(p => p.Name == name ? new Parameter(name, Vector<double>.Build.Dense(3)) : p)), Pieces, Heads).ShouldContain($"{name} (3)");
        Refused(new(w.Where(p => !p.Name.StartsWith("embeddings.word"))), Pieces, Heads).ShouldContain("kind of BERT");
        Refused(new(w.Where(p => !p.Name.StartsWith("encoder"))), Pieces, Heads).ShouldContain("at least one layer");
        Refused(w, [.. Pieces, "more"], Heads).ShouldContain("9 pieces");
        Refused(w, Pieces, 4).ShouldContain("divide the width");

        static string Refused(ParameterSet weights, string[] pieces, int heads) => Should.Throw<ArgumentException>(() => SentenceEncoder.FromPublished(weights, pieces, heads)).Message;
    }

    [Fact]
    public void A_text_may_be_empty_and_one_that_is_too_long_is_cut_off()
    {
        model.Encode("").ShouldBe([2, 3]);
        model.Encode(string.Concat(Enumerable.Repeat("cat ", 50))).ShouldBe([2, .. Enumerable.Repeat(5, model.Longest - 2), 3]);
        model.Read("").Vector.L2Norm().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void The_parts_are_those_of_every_layer_in_order()
    {
        var parts = model.Read("the cat").Parts;

        parts.Count.ShouldBe(1 + Layers * 8);
        parts.Select(part => part.Name).Take(4).ShouldBe(["input", "layer 0: queries", "layer 0: keys", "layer 0: values"]);
        parts[^1].Name.ShouldBe("layer 1: norm 2");
        parts[^1].Value.ShouldBe(model.Read("the cat").Y);
    }

    [Fact]
    public void The_float32_engine_computes_the_same_to_rounding_with_padding()
    {
        FastTransformer fast = model.ToFast(2, 7);
        var batch = new Batch(2, 7);
        int[][] ids = [model.Encode("the cats sat"), model.Encode("cat")];
        for (int s = 0; s < 2; s++)
        {
            ids[s].CopyTo(batch.Inputs, 7 * s);
            batch.Lengths[s] = ids[s].Length;
        }

        float[] stream = fast.Stream(batch).ToArray();

        for (int s = 0; s < 2; s++)
        {
            Matrix<double> Y = model.Read(ids[s]).Y;
            for (int i = 0; i < Y.RowCount; i++)
                for (int j = 0; j < Width; j++) ((double)stream[(7 * s + i) * Width + j]).ShouldBe(Y[i, j], 1e-5);
        }
        fast.Logits(batch).Length.ShouldBe(2 * 7 * Pieces.Length);
    }

    [Fact]
    public void Functions_that_compute_the_same_are_said_to_do_so()
    {
        SentenceVector vector = model.Embed("The cats sat", new()
        {
            WordPiece = (word, vocabulary) => word == "cats" ? ["cat", "##s"] : [word],
            InputSums = (ids, E, P, T) => Matrix<double>.Build.Dense(ids.Length, Width, (i, j) => E[ids[i], j] + P[i, j] + T[0, j]).ToArray(),
            LayerNormOfToken = (x, γ, β, ε) => [.. x.Select((v, j) => (v - x.Average()) / Math.Sqrt(x.Average(u => (u - x.Average()) * (u - x.Average())) + ε) * γ[j] + β[j])],
            MultiHead = (X, M, W_Q, W_K, W_V, W_O, h, causal) => causal ? throw new InvalidOperationException() : new MultiHeadAttention(h, W_Q, W_K, W_V, W_O).Forward(X).Y,
            SentenceVector = (X, mask) => [.. Of(X).ColumnSums().Normalize(2)],
            Layer = (X, attention, feedForward, norm1, norm2, pre) => pre ? throw new InvalidOperationException() : norm1(X + attention(X)) is var H ? norm2(H + feedForward(H)) : X,
        });

        vector.IsTheSame.ShouldBeTrue();
        vector.Used.ShouldBe(["LayerNorm", "WordPiece", "input", "layer", "multi-head attention", "sentence vector"]);
        vector.ToText().ShouldContain("every number is the library's, to rounding");
    }

    [Fact]
    public void A_head_at_a_time_comes_to_the_same() => model.Embed("The cats sat", new()
    {
        Attention = (X, W_Q, W_K, W_V, causal) => new TransformerByHand.Layers.AttentionHead(W_Q, W_K, W_V).Forward(X).Y,
    }).IsTheSame.ShouldBeTrue();

    [Fact]
    public void Functions_that_compute_something_else_are_told_so()
    {
        model.Embed("the cats", new() { SentenceVector = (X, _) => [.. Of(X).Row(0).Normalize(2)] }).ToText().ShouldContain("differ from the library's");
        model.Embed("the cats", new() { WordPiece = (_, _) => ["[UNK]"] }).ToText().ShouldContain("the pieces are not the library's");
        Should.Throw<ArgumentException>(() => model.Embed("the", new() { WordPiece = (_, _) => ["thee"] })).Message.ShouldContain("'thee'");
        Should.Throw<ArgumentException>(() => model.Embed("the", new() { SentenceVector = (_, _) => [1, 2] })).Message.ShouldContain("6 numbers");
    }

    [Fact]
    public void Functions_that_are_not_written_yet_are_named_and_the_librarys_compute()
    {
        SentenceVector vector = model.Embed("the cats", new() { WordPiece = (_, _) => throw new NotImplementedException(), InputSums = (_, _, _, _) => throw new NotImplementedException() });

        vector.IsTheSame.ShouldBeTrue();
        vector.Used.ShouldBeEmpty();
        vector.ToText().ShouldContain("Not written yet, so the library's computed it: WordPiece, input.");
    }

    [Fact]
    public void Another_layer_leaves_the_model_as_it_is()
    {
        Matrix<double> before = model.Read("the cat").Y;

        SentenceEncoder other = model.WithLayer(1, model.Encoder.Layers[0]);

        other.Read("the cat").Y.ShouldNotBe(before);
        model.Read("the cat").Y.ShouldBe(before);
        Should.Throw<ArgumentOutOfRangeException>(() => model.WithLayer(2, model.Encoder.Layers[0])).Message.ShouldContain("0 to 1");
    }

    private static Matrix<double> Of(double[,] numbers) => Matrix<double>.Build.DenseOfArray(numbers);

    private static ParameterSet Published() => PublishedWeights.Of(Pieces.Length, longest: 9, Width, Inner, Layers);
}
