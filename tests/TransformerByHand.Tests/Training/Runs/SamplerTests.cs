using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public class SamplerTests
{
    private static readonly ModelShape Causal = new() { Vocabulary = 11, DModel = 20, Heads = 4, Layers = 2, Context = 40 };

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void The_likeliest_tokens_are_those_of_a_full_forward_pass_each_time(int window) =>
        MustWriteAsAFullPassDoes(Causal with { Window = window });

    private static void MustWriteAsAFullPassDoes(ModelShape shape)
    {
        var model = FastTransformerTests.Make(shape);
        int[] written = [.. new Sampler(model) { Temperature = 0 }.Continue([3, 1, 4], 37)];

        List<int> tokens = [3, 1, 4];
        while (tokens.Count < 40)
        {
            var batch = new Batch(1, tokens.Count);
            tokens.CopyTo(batch.Inputs);
            tokens.Add(Likeliest(model.Logits(batch)[^11..]));
        }
        written.ShouldBe(tokens[3..]);
    }

    [Theory]
    [InlineData(Positions.Rotary)]
    [InlineData(Positions.ALiBi)]
    [InlineData(Positions.None)]
    public void Places_that_attention_tells_are_those_of_a_full_forward_pass(Positions positions) =>
        MustWriteAsAFullPassDoes(Causal with { Heads = 2, Positions = positions });

    [Fact]
    public void Running_sums_are_those_of_a_full_forward_pass() =>
        MustWriteAsAFullPassDoes(Causal with { AttentionKind = AttentionKind.Linear });

    [Fact]
    public void Shared_keys_and_values_are_those_of_a_full_forward_pass() =>
        MustWriteAsAFullPassDoes(Causal with { Heads = 2, KeyValueHeads = 1, Positions = Positions.Rotary });

    [Fact]
    public void An_encoder_decoder_writes_what_a_full_forward_pass_would()
    {
        var shape = Causal with { Architecture = Architecture.EncoderDecoder };
        var model = FastTransformerTests.Make(shape);
        int[] source = [5, 2, 9, 7];
        int[] written = [.. new Sampler(model) { Temperature = 0 }.Continue([0], 10, source)];

        List<int> tokens = [0];
        while (tokens.Count < 11)
        {
            var batch = new Batch(1, tokens.Count, 4);
            tokens.CopyTo(batch.Inputs);
            source.CopyTo(batch.Source, 0);
            tokens.Add(Likeliest(model.Logits(batch)[^11..]));
        }
        written.ShouldBe(tokens[1..]);
    }

    [Fact]
    public void Writing_goes_on_after_the_context_is_full()
    {
        int[] written = [.. new Sampler(FastTransformerTests.Make(Causal), seed: 1).Continue([3], 100)];
        written.Length.ShouldBe(100);
        written.ShouldAllBe(id => id >= 0 && id < 11);
    }

    [Fact]
    public void The_same_seed_writes_the_same()
    {
        var model = FastTransformerTests.Make(Causal);
        int[] once = [.. new Sampler(model, seed: 1).Continue([3], 30)];
        new Sampler(model, seed: 1).Continue([3], 30).ShouldBe(once);
        new Sampler(model, seed: 2).Continue([3], 30).ShouldNotBe(once);
    }

    [Fact]
    public void With_top_k_only_the_k_likeliest_are_ever_written()
    {
        var model = FastTransformerTests.Make(Causal);
        var batch = new Batch(1, 1);
        batch.Inputs[0] = 3;
        float[] logits = model.Logits(batch).ToArray();
        int[] allowed = [.. Enumerable.Range(0, 11).OrderByDescending(id => logits[id]).Take(3)];
        int[] seen = [.. Enumerable.Range(0, 200).Select(seed => new Sampler(model, seed) { TopK = 3, Temperature = 5 }.Continue([3], 1).Single()).Distinct()];
        seen.Order().ShouldBe(allowed.Order());
    }

    [Fact]
    public void Sampling_follows_the_models_probabilities()
    {
        var model = FastTransformerTests.Make(Causal);
        var batch = new Batch(1, 1);
        batch.Inputs[0] = 3;
        float[] logits = model.Logits(batch).ToArray();
        double sum = logits.Sum(z => Math.Exp(z));
        var sampler = new Sampler(model, seed: 7);
        int[] counts = new int[11];
        for (int i = 0; i < 4000; i++) counts[sampler.Continue([3], 1).Single()]++;
        // A frequency among 4000 draws has deviation √(p(1−p)/4000) ≤ 0.008.
        for (int id = 0; id < 11; id++)
            ((double)counts[id] / 4000).ShouldBe(Math.Exp(logits[id]) / sum, 0.03);
    }

    [Fact]
    public void It_stops_at_the_end_token()
    {
        var model = FastTransformerTests.Make(Causal);
        int[] written = [.. new Sampler(model) { Temperature = 0 }.Continue([3, 1, 4], 20)];
        int end = written[5];
        new Sampler(model) { Temperature = 0 }.Continue([3, 1, 4], 20, end: end).ShouldBe(written[..Array.IndexOf(written, end)]);
    }

    [Fact]
    public void What_cannot_be_continued_is_refused()
    {
        Should.Throw<ArgumentException>(() => new Sampler(FastTransformerTests.Make(Causal with { Architecture = Architecture.EncoderOnly })));
        var sampler = new Sampler(FastTransformerTests.Make(Causal));
        Should.Throw<ArgumentException>(() => sampler.Continue([], 1)).Message.ShouldContain("at least one");
        Should.Throw<ArgumentException>(() => sampler.Continue([11], 1)).Message.ShouldContain("0 to 10");
        Should.Throw<ArgumentOutOfRangeException>(() => sampler.Temperature = -1);
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best]) best = i;
        return best;
    }
}
