using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Tests.Models;

/// <summary>The model that the lessons look into has learned what its tales hold, and can be taken apart and put together by a reader's functions.</summary>
public class GlimpseTests
{
    private const string Tale =
        "Anna was a baker and lived by the river. One morning she wanted a silver key, so she went to the castle. It rained all day, and the way took three hours. " +
        "There she met a grey wolf. The grey wolf looked at her with a smile. \"A silver key is all I need,\" she answered slowly. The grey wolf gave her the silver key for three coins. So";

    private readonly Glimpse glimpse = Glimpse.Load();

    [Fact]
    public void It_ends_a_tale_with_the_name_the_trade_and_the_wish_that_it_began_with() =>
        glimpse.Continue(Tale, 40).Written.ShouldStartWith("anna the baker carried the silver key home and");

    [Theory, InlineData("Karl", "sailor", "he", "his"), InlineData("Zoe", "weaver", "she", "her"), InlineData("Quint", "miller", "he", "his")]
    public void It_looks_at_the_word_that_it_repeats(string name, string trade, string he, string his)
    {
        string tale = Tale.Replace("Anna", name).Replace("baker", trade).Replace("she ", he + " ").Replace("her ", (his == "his" ? "him" : "her") + " ");

        GlimpseReading reading = glimpse.Read($"{tale} {name} the");

        reading.Next().ShouldBe(trade);
        var (layer, head) = reading.LoudestHead();
        Vector<double> weights = reading.Head(layer, head).A.Row(reading.Words.Count - 1);
        reading.Words[weights.MaximumIndex()].ShouldBe(trade);
    }

    [Fact]
    public void Of_the_tales_in_the_data_which_it_did_not_train_on_nearly_all_end_with_their_own_name_and_trade()
    {
        string[] tales = [.. Corpus.Tales.Generate().Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Take(20)];
        int right = tales.Count(tale =>
        {
            int end = tale.LastIndexOf("So ", StringComparison.Ordinal);
            string[] words = [.. WordTokeniser.Split(tale[end..]).Take(4)];   // so NAME the TRADE
            GlimpseReading reading = glimpse.Read(tale[..end] + string.Join(' ', words));
            int last = reading.Words.Count - 1;
            return reading.Next(last - 3) == words[1] && reading.Next(last - 1) == words[3];
        });

        right.ShouldBeGreaterThanOrEqualTo(19);
    }

    [Fact]
    public void Each_load_is_a_model_of_its_own()
    {
        Glimpse other = Glimpse.Load();
        other.FinalNorm.γ[0] += 1;

        Glimpse.Load().FinalNorm.γ[0].ShouldBe(glimpse.FinalNorm.γ[0]);
    }

    [Fact]
    public void A_head_by_itself_computes_what_the_model_computed()
    {
        GlimpseReading reading = glimpse.Read("Otto was a smith");
        for (int l = 0; l < glimpse.Layers; l++)
        {
            (glimpse.AttentionNorm(l).Forward(reading.StreamBefore(l)).Y - reading.AttentionInput(l)).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
            for (int h = 0; h < glimpse.Heads; h++)
            {
                var O = glimpse.Head(l, h).Forward(reading.AttentionInput(l), Mask.Causal(reading.Words.Count)).O;
                (O - reading.Head(l, h).O).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
            }
        }
    }

    [Fact]
    public void Functions_that_compute_the_same_leave_every_logit_as_it_is()
    {
        GlimpseParts parts = new()
        {
            LayerNormOfToken = Norm,
            Project = (X, Q, K, V) => (Times(X, Q), Times(X, K), Times(X, V)),
            Softmax = SoftmaxOf,
            FeedForward = (X, W_1, b_1, W_2, b_2) => new FeedForward(W_1, b_1, W_2, b_2).Forward(X).Y,
            Add = (X, write) => (M(X) + M(write)).ToArray(),
        };

        GlimpseText text = glimpse.Continue("Mila was a", 6, parts);

        text.IsTheSame.ShouldBeTrue();
        text.Used.ShouldBe(["LayerNorm", "addition to the stream", "feed-forward", "projection", "softmax"]);
        text.Words.ShouldBe(glimpse.Continue("Mila was a", 6).Words);
        text.ToText().ShouldContain("every logit is the library's, to rounding");
    }

    [Fact]
    public void Whole_attention_and_whole_multi_head_attention_fit_too()
    {
        GlimpseParts attention = new() { Attention = (X, Q, K, V, causal) => new AttentionHead(Q, K, V).Forward(X, causal ? Mask.Causal(X.RowCount) : null).O };
        GlimpseParts multiHead = new()
        {
            MultiHead = (X, other, Q, K, V, O, h, causal) => new MultiHeadAttention(h, Q, K, V, O).Forward(X, Mask.Causal(X.RowCount)).Y,
        };

        glimpse.Continue("Mila was a", 4, attention).IsTheSame.ShouldBeTrue();
        glimpse.Continue("Mila was a", 4, multiHead).IsTheSame.ShouldBeTrue();
        glimpse.Continue("Mila was a", 4, new() { LayerNorm = (X, γ, β, ε) => new LayerNorm(V(γ), V(β), ε).Forward(M(X)).Y.ToArray() }).IsTheSame.ShouldBeTrue();
    }

    [Fact]
    public void A_function_that_computes_something_else_is_told_so()
    {
        GlimpseText text = glimpse.Continue("Mila was a", 4, new() { Softmax = s => [.. s.Select(_ => 1.0 / s.Length)] });

        text.IsTheSame.ShouldBeFalse();
        text.ToText().ShouldContain("the logits differ from the library's");
        glimpse.Continue("Mila was a", 1, new() { Add = (X, write) => new double[X.GetLength(0), X.GetLength(1)] }).IsTheSame.ShouldBeFalse();
    }

    [Fact]
    public void A_function_that_is_not_written_yet_leaves_the_work_to_the_library_and_is_named()
    {
        GlimpseText text = glimpse.Continue("Mila was a", 3, new()
        {
            LayerNorm = (_, _, _, _) => throw new NotImplementedException(),
            Project = (_, _, _, _) => throw new NotImplementedException(),
            Softmax = SoftmaxOf,
        });

        text.Missing.ShouldBe(["LayerNorm", "projection"]);
        text.Used.ShouldBe(["softmax"]);
        text.Words.ShouldBe(glimpse.Continue("Mila was a", 3).Words);
        text.ToText().ShouldContain("Not written yet, so the library's computed it: LayerNorm, projection.");
    }

    [Fact]
    public void A_result_of_the_wrong_shape_is_refused_with_both_shapes() =>
        Should.Throw<ArgumentException>(() => glimpse.Continue("Mila", 1, new() { Add = (X, _) => new double[1, 3] }))
            .Message.ShouldBe("Your addition to the stream returned a matrix of 1 × 3; it should be 2 × 64.");

    [Fact]
    public void A_result_that_is_not_finite_is_refused() =>
        Should.Throw<ArgumentException>(() => glimpse.Continue("Mila", 1, new() { LayerNormOfToken = (x, _, _, _) => [.. x.Select(_ => double.NaN)] }))
            .Message.ShouldContain("Your LayerNorm returned a number that is not finite, NaN");

    [Fact]
    public void A_word_that_it_never_met_is_named() =>
        glimpse.Continue("Anna was a dragon", 2).ToText().ShouldContain("read as <unknown>: 'dragon'.");

    [Fact]
    public void A_text_that_is_too_long_is_refused() =>
        Should.Throw<ArgumentException>(() => glimpse.Read(string.Join(' ', Enumerable.Repeat("key", 160)))).Message.ShouldContain("160 words and marks; the model reads at most 159");

    [Fact]
    public void A_layer_that_is_not_there_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => glimpse.Head(2, 0)).Message.ShouldContain("layer is 2, but should be from 0 to 1");

    [Fact]
    public void The_picture_says_in_words_where_it_looked()
    {
        var picture = glimpse.Read(Tale + " Anna the").WhereItLooked();

        picture.Answer.ShouldBe("baker");
        picture.Alt.ShouldContain("baker (place 4)");
        picture.ToText().ShouldContain("→ baker");
    }

    [Fact]
    public void The_file_is_small() =>
        new FileInfo(Path.Combine(RepositoryRoot(), "data", "glimpse.safetensors")).Length.ShouldBeLessThan(1_000_000);

    private static string RepositoryRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TransformerByHand.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    private static Matrix<double> M(double[,] numbers) => Matrix<double>.Build.DenseOfArray(numbers);

    private static Vector<double> V(double[] numbers) => Vector<double>.Build.Dense(numbers);

    private static double[,] Times(double[,] a, double[,] b) => (M(a) * M(b)).ToArray();

    private static double[] SoftmaxOf(double[] s)
    {
        double max = s.Max(), sum = s.Sum(v => Math.Exp(v - max));
        return [.. s.Select(v => Math.Exp(v - max) / sum)];
    }

    private static double[] Norm(double[] x, double[] γ, double[] β, double ε)
    {
        double μ = x.Average(), σ = Math.Sqrt(x.Average(v => (v - μ) * (v - μ)) + ε);
        return [.. x.Select((v, j) => γ[j] * (v - μ) / σ + β[j])];
    }
}
