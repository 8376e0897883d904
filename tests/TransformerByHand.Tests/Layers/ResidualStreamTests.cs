using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class ResidualStreamTests
{
    private static LayerOptions Options(NormPlacement placement) => new() { DModel = 4, Heads = 2, DFF = 6, Placement = placement };

    [Fact]
    public void The_stream_is_its_start_and_every_write_in_either_placement() => Seeded.ForAll(
        from random in Seeded.Random
        from placement in Gen.Elements(NormPlacement.Pre, NormPlacement.Post, NormPlacement.None)
        from layers in Gen.Choose(1, 6)
        from feedForward in Gen.Elements(true, false)
        select (random.NormalMatrix(3, 4), Encoder.Random(random, layers, Options(placement) with { HasFeedForward = feedForward }).With(random)),
        c =>
        {
            var (X, stack) = c;
            var stream = ResidualStream.Of(stack.Forward(X).Trace);

            stream.Start.ShouldBe(X);
            stream.RoundingError.ShouldBeLessThan(1e-13 * (1 + stream.Writes.Max(w => w.After.FrobeniusNorm())));
            (stream.Sum() - stream.End).Enumerate().Max(Math.Abs).ShouldBe(stream.RoundingError);
        });

    [Fact]
    public void In_pre_only_blocks_write_and_in_post_norms_do_too()
    {
        var random = SeededRandom.Create(1);
        IEnumerable<string> Names(NormPlacement placement, bool feedForward = true) =>
            ResidualStream.Of(Encoder.Random(random, 1, Options(placement) with { HasFeedForward = feedForward }).Forward(random.NormalMatrix(2, 4)).Trace).Writes.Select(w => w.Name);

        Names(NormPlacement.Pre).ShouldBe(["layers.0.attention", "layers.0.feedForward"]);
        Names(NormPlacement.Post).ShouldBe(["layers.0.attention", "layers.0.norm1", "layers.0.feedForward", "layers.0.norm2"]);
        Names(NormPlacement.Post, feedForward: false).ShouldBe(["layers.0.attention", "layers.0.norm1"]);
    }

    [Fact]
    public void The_writes_are_what_the_blocks_put_out()
    {
        var random = SeededRandom.Create(2);
        var layer = EncoderLayer.Random(random, Options(NormPlacement.Pre)).With(random);
        var trace = layer.Forward(random.NormalMatrix(2, 4)).Trace;
        var stream = ResidualStream.Of(trace);

        stream.Writes[0].Value.ShouldBe(trace.Attention.Block.Y);
        stream.Writes[1].Value.ShouldBe(trace.FeedForward.Block.Y);
        // The attention's write is, in turn, the sum of what its heads write.
        Compare.MustBeClose("heads", layer.Attention.HeadWrites(trace.Attention.Block).Aggregate((a, b) => a + b).AddRow(layer.Attention.b_O!), stream.Writes[0].Value, 1e-14);
    }

    [Fact]
    public void A_decoder_has_three_writes_a_layer()
    {
        var random = SeededRandom.Create(3);
        var stack = Decoder.Random(random, 2, Options(NormPlacement.Pre));
        var stream = ResidualStream.Of(stack.Forward(random.NormalMatrix(2, 4), random.NormalMatrix(3, 4), Mask.Causal(2)).Trace);

        stream.Writes.Select(w => w.Name).Take(3).ShouldBe(["layers.0.selfAttention", "layers.0.crossAttention", "layers.0.feedForward"]);
        stream.Writes.Count.ShouldBe(6);
        stream.RoundingError.ShouldBeLessThan(1e-13);
    }

    [Fact]
    public void It_shows_every_write_by_name()
    {
        var random = SeededRandom.Create(4);
        var stream = ResidualStream.Of(Encoder.Random(random, 2, Options(NormPlacement.Pre)).Forward(random.NormalMatrix(2, 4)).Trace);

        foreach (string shown in new[] { stream.ToText(), stream.ToHtml() })
            foreach (var write in stream.Writes)
                shown.ShouldContain(write.Name);
    }
}
