using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Models;
using TransformerByHand.Tests.Support;
using TransformerByHand.Text;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>The experiments of lesson 15 on a small made-up model, so that they are tested without the published one.</summary>
public class RealModelTests
{
    private const string Text = "An owl hunts mice at night.";

    private static readonly SentenceEncoder Model = MakeModel();

    private readonly SentenceReading reading = Model.Read(Text);

    [Fact]
    public void Each_of_the_eight_parts_is_broken_once_and_named_from_the_numbers_alone()
    {
        var broken = Lesson15.Broken(Model);

        broken.Select(one => one.Where[(one.Where.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Order().ShouldBe(BertPart.All.Select(part => part.Name).Order());
        foreach (var (where, what, model) in broken)
            Lesson15.FirstDifference.ReferenceSolution(
                [.. reading.Parts.Select(part => part.Name)], [.. model.Read(Text).Parts.Select(part => part.Value.ToArray())],
                [.. reading.Parts.Select(part => part.Value.ToArray())], 1e-9).ShouldBe(where, what);
    }

    [Fact]
    public void A_wrong_search_names_something_else_and_one_that_is_not_written_is_said_to_be_so()
    {
        string last = Lesson15.NameTheBroken((names, _, _, _) => names[^1], Model, Text, reading.Parts).ToText();
        string unwritten = Lesson15.NameTheBroken((_, _, _, _) => throw new NotImplementedException(), Model, Text, reading.Parts).ToText();

        last.ShouldContain("Named by your function");
        last.ShouldContain("layer 5: norm 2");
        unwritten.ShouldContain("15.3 is not written yet");
        unwritten.ShouldContain("1, to rounding");      // the keys' bias
    }

    [Fact]
    public void A_model_agrees_with_itself_in_every_layer_and_a_broken_one_from_the_break_on()
    {
        Lesson15.LayerByLayer(reading, reading.Parts).ToText().ShouldNotContain("no");
        string[] rows = Lesson15.LayerByLayer(Lesson15.Broken(Model).Single(one => one.Where == "layer 3: queries").Model.Read(Text), reading.Parts).ToText().Split('\n')[1..];

        rows.Select(row => row.TrimEnd().EndsWith("yes", StringComparison.Ordinal)).ShouldBe([true, true, true, true, false, false, false]);
        Should.Throw<ArgumentException>(() => Lesson15.LayerByLayer(reading, [.. reading.Parts.Skip(1)])).Message.ShouldContain("other parts");
    }

    [Fact]
    public void The_engine_gives_the_streams_of_the_clear_layers()
    {
        string[] texts = ["An owl.", Text, ""];
        foreach (var (stream, text) in Lesson15.InFloats(Model, texts).Zip(texts))
            Lesson15.Distance(stream, Model.Read(text).Y).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Heads_are_read_by_the_readers_function_or_by_the_courses_where_that_is_a_stub()
    {
        var own = Lesson15.ReadHeads(A => (1, 2, 3), Model, [Text]);
        var courses = Lesson15.ReadHeads(A => throw new NotImplementedException(), Model, [Text, "An owl."]);

        own.IsOwn.ShouldBeTrue();
        own.Mean(one => one.Last).ShouldBe(2, 1e-12);
        courses.IsOwn.ShouldBeFalse();
        double previous = new[] { Text, "An owl." }.Average(text => Lesson15.ReadHead.ReferenceSolution(Model.Read(text).Head(2, 1).A.ToArray()).previous);
        courses.Means[2, 1].Previous.ShouldBe(previous, 1e-12);
    }

    [Fact]
    public void Bank_is_itself_at_the_input_where_it_stands_in_the_same_place()
    {
        var banks = Lesson15.Banks(Model);

        banks.Cosines.Count.ShouldBe(Model.Layers + 1);
        banks.Cosines[0].GreatestOther.ShouldBe(1, 1e-12);
        banks.Cosines.ShouldAllBe(c => c.LeastSame <= c.Same && c.Other <= c.GreatestOther);
    }

    [Fact]
    public void The_head_is_chosen_on_other_pairs_than_it_is_judged_on()
    {
        var tired = Lesson15.Tired(Model);

        tired.Chosen.Select(row => row.Nouns).Intersect(tired.HeldOut.Select(row => row.Nouns)).ShouldBeEmpty();
        tired.Chosen.Average(row => row.WithFirst - row.WithSecond).ShouldBeGreaterThan(0);
        tired.HeldOut.Count.ShouldBe(8);
    }

    [Fact]
    public void A_map_keeps_the_distances_along_the_two_directions_in_which_vectors_differ_most()
    {
        Vector<double>[] vectors = [V(3, 0, 0.1), V(-3, 0, 0), V(0, 1, 0), V(0, -1, -0.1)];

        string text = Lesson15.Map(vectors, ["a", "b"]).ToText();

        text.ShouldContain("a: point (3");
        Should.Throw<ArgumentException>(() => Lesson15.Map(vectors, ["a", "b", "c"])).Message.ShouldContain("4 vectors and 3 names");

        static Vector<double> V(params double[] numbers) => Vector<double>.Build.Dense(numbers);
    }

    [Fact]
    public void Without_heads_a_vector_turns_and_with_all_of_them_it_stays()
    {
        var left = Lesson15.HeadsRemoved(Model);

        left.CosineWithout(0).ShouldBe(1, 1e-12);
        left.Rows[^1].Removed.ShouldBe(left.All);
        left.CosineWithout(left.All).ShouldBeLessThan(1 - 1e-7);      // little, because random heads bring little
    }

    /// <summary>A small model that has every word of the experiments as a piece.</summary>
    private static SentenceEncoder MakeModel()
    {
        string[] words = [.. Lesson15.Sentences.Concat(Lesson15.Experimental).SelectMany(WordPieceTokeniser.Words).Distinct()];
        string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. words];
        return SentenceEncoder.FromPublished(PublishedWeights.Of(pieces.Length, longest: 24, width: 12, inner: 20, layers: 6), pieces, heads: 3);
    }
}
