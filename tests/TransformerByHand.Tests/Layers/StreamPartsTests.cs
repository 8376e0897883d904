using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class StreamPartsTests
{
    private static (Encoder Encoder, EncoderTrace Trace) Run(NormPlacement placement, int seed, int layers = 3, bool skip = true, bool feedForward = true)
    {
        var random = SeededRandom.Create(seed);
        var encoder = Encoder.Random(random, layers, new LayerOptions { DModel = 4, Heads = 2, Placement = placement, Skip = skip, HasFeedForward = feedForward }).With(random);
        return (encoder, encoder.Forward(random.NormalMatrix(3, 4)).Trace);
    }

    [Fact]
    public void The_parts_add_up_to_the_stream_after_every_layer_whatever_γ_and_β_are() => Seeded.ForAll(
        from seed in Gen.Choose(1, 1000)
        from placement in Gen.Elements(NormPlacement.Post, NormPlacement.Pre, NormPlacement.OnWrite, NormPlacement.None)
        from feedForward in Gen.Elements(true, false)
        select (Trace: Run(placement, seed, feedForward: feedForward), placement),
        drawn =>
        {
            var (encoder, trace) = drawn.Trace;
            var parts = StreamParts.Of(encoder, trace);
            for (int l = 1; l <= 3; l++)
                Compare.Distance(parts.Sum(l), trace.StreamAfter(l)).ShouldBeLessThan(1e-9 * (1 + parts.Sum(l).FrobeniusNorm()));
        });

    [Fact]
    public void In_pre_the_embedding_stays_as_it_is_and_in_post_it_shrinks()
    {
        var (pre, preTrace) = Run(NormPlacement.Pre, 1);
        var (post, postTrace) = Run(NormPlacement.Post, 1);

        StreamParts.Of(pre, preTrace).Part(0, after: 3).ShouldBe(preTrace.Layers[0].Attention.X);

        var first = postTrace.Layers[0].Attention;
        var expected = first.X;
        foreach (var (norm, trace) in new[] { (post.Layers[0].AddAndNorm1.Norm!, first.Norm!), (post.Layers[0].AddAndNorm2.Norm!, postTrace.Layers[0].FeedForward.Norm!) })
            expected = Matrix<double>.Build.Dense(3, 4, (t, i) => (expected[t, i] - expected.Row(t).Average()) * trace.rstd[t] * norm.γ[i]);
        Compare.Distance(StreamParts.Of(post, postTrace).Part(0, after: 1), expected).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void A_part_is_zero_until_its_layer_has_written()
    {
        var (encoder, trace) = Run(NormPlacement.Post, 2);
        var parts = StreamParts.Of(encoder, trace);

        parts.Layers.ShouldBe(3);
        parts.Part(2, after: 1).Enumerate().ShouldAllBe(v => v == 0);
        parts.Part(2, after: 2).Enumerate().ShouldAllBe(v => v != 0);
    }

    [Fact]
    public void The_stream_is_followed_from_the_embedding_to_the_last_layer_and_no_further()
    {
        var (encoder, trace) = Run(NormPlacement.Pre, 5);

        trace.StreamAfter(0).ShouldBe(trace.Layers[0].Attention.X);
        trace.StreamAfter(2).ShouldBe(trace.Layers[2].Attention.X);
        var (_, alone) = Run(NormPlacement.Pre, 5, feedForward: false);
        alone.StreamAfter(2).ShouldBe(alone.Layers[2].Attention.X);
        alone.StreamAfter(3).ShouldBe(alone.Layers[2].Attention.Y);
        encoder.Norm!.Forward(trace.StreamAfter(3)).Y.ShouldBe(encoder.Forward(trace.StreamAfter(0)).Y);
        Should.Throw<ArgumentOutOfRangeException>(() => trace.StreamAfter(4)).Message.ShouldContain("layers is 4, but should be from 0 to 3");
    }

    [Fact]
    public void Reaches_add_up_to_the_length_of_the_stream()
    {
        var (encoder, trace) = Run(NormPlacement.Post, 3);
        var parts = StreamParts.Of(encoder, trace);

        double length = trace.Layers[2].FeedForward.Y.RowNorms(2).Average();
        Enumerable.Range(0, 4).Sum(part => parts.Reach(part, after: 3)).ShouldBe(length, 1e-9);
    }

    [Fact]
    public void A_stack_without_skips_is_refused()
    {
        var (encoder, trace) = Run(NormPlacement.Post, 4, skip: false);

        Should.Throw<ArgumentException>(() => StreamParts.Of(encoder, trace)).Message.ShouldContain("without a skip");
        var alone = Run(NormPlacement.Post, 4, skip: false, feedForward: false);
        Should.Throw<ArgumentException>(() => StreamParts.Of(alone.Encoder, alone.Trace)).Message.ShouldContain("without a skip");
        Should.Throw<ArgumentException>(() => ResidualStream.Of(trace)).Message.ShouldContain("layers.0.attention has no skip");
        Should.Throw<ArgumentException>(() => StreamParts.Of(Run(NormPlacement.Post, 4, layers: 2).Encoder, Run(NormPlacement.Post, 4).Trace)).Message.ShouldContain("trace is of 3 layers, but encoder has 2");
    }
}
