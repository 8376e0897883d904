using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>What lesson 14 writes from a cache, and the figures that it takes from print.</summary>
public class LongTextTests
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];

    [Theory]
    [InlineData(Positions.Learned, null), InlineData(Positions.Rotary, null), InlineData(Positions.Rotary, 4), InlineData(Positions.None, 1), InlineData(Positions.Sinusoidal, 3)]
    public void Reading_from_the_cache_gives_the_logits_of_the_whole_text(Positions positions, int? w)
    {
        LanguageModel model = Model(positions);
        Matrix<double> whole = model.Forward(Ids, w is { } window ? Mask.SlidingWindow(Ids.Length, window) : null).Logits;
        var writer = new CachedWriter(model, w);
        Matrix<double> read = writer.Read(Ids[..4]);
        foreach (int id in Ids[4..^2]) read = read.Stack(writer.Read([id]));
        read = read.Stack(writer.Read(Ids[^2..]));

        (read - whole).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-10);
        writer.Places.ShouldBe(Ids.Length);
    }

    [Fact]
    public void With_a_window_the_cache_stops_growing()
    {
        var writer = new CachedWriter(Model(Positions.Rotary), w: 4);
        writer.Read(Ids);
        long kept = writer.NumbersKept;
        writer.Read([7, 7, 7]);
        writer.NumbersKept.ShouldBe(kept);
    }

    [Fact]
    public void A_beginning_that_is_kept_is_seen_beside_the_window()
    {
        LanguageModel model = Model(Positions.Rotary);
        Mask mask = Mask.Where(Ids.Length, Ids.Length, (i, j) => j <= i && (j < 2 || i - j < 3));
        Matrix<double> read = new CachedWriter(model, w: 3, first: 2).Read(Ids);
        (read - model.Forward(Ids, mask).Logits).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-10);
    }

    [Fact]
    public void The_published_caches_come_out() =>
        Lesson14.PublishedCaches.Select(cache => Math.Round(cache.Gigabytes, 2)).ShouldBe([17.18, 4.29, 3.14, 0.78]);

    [Fact]
    public void Norm_and_turn_may_change_places_only_without_weights_of_their_own_for_each_feature()
    {
        Lesson14.OrderMatters(null).ShouldBeLessThan(1e-12);
        Lesson14.OrderMatters(true).ShouldBeLessThan(1e-12);
        Lesson14.OrderMatters(false).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void The_stored_model_knows_at_the_end_of_a_tale_whose_it_was()
    {
        LongGlimpse glimpse = LongGlimpse.Load();
        var tales = Lesson14.TalesWithName(10);
        tales.Count(tale =>
        {
            Matrix<double> logits = new CachedWriter(glimpse.Model).Read(glimpse.Encode(tale.Beginning));
            return logits.Row(logits.RowCount - 1).MaximumIndex() == glimpse.Words.IdOf(tale.Name);
        }).ShouldBeGreaterThan(8);
    }

    private static LanguageModel Model(Positions positions) => new ModelShape
    {
        Vocabulary = 10, DModel = 16, Heads = 4, KeyValueHeads = 2, Layers = 2, Context = 20, AttentionBias = false, Positions = positions,
    }.ToLanguageModel(SeededRandom.Create(14));
}
