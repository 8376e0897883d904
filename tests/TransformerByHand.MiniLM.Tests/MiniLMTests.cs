using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Exercises;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using Referee = MiniLM;

namespace TransformerByHand.MiniLM.Tests;

/// <summary>The published model on this library's layers, beside ONNX Runtime and Microsoft's tokeniser.</summary>
public class MiniLMTests(Loaded loaded) : IClassFixture<Loaded>
{
    private readonly SentenceEncoder model = loaded.Model;

    [Fact]
    public void Every_part_of_every_layer_is_that_of_ONNX_Runtime_to_rounding()
    {
        SentenceReading reading = model.Read("The bank by the river was too steep for the tired animal.");

        foreach (var (ours, theirs) in reading.Parts.Zip(Referee.RefereeParts(reading.Ids)))
        {
            ours.Name.ShouldBe(theirs.Name);
            (Lesson15.Distance(ours.Value, theirs.Value) / theirs.Value.Enumerate().Max(Math.Abs)).ShouldBeLessThan(Lesson15.Rounding, ours.Name);
        }
    }

    [Fact]
    public void Two_hundred_texts_come_out_as_in_ONNX_Runtime_to_rounding()
    {
        IReadOnlyList<string> texts = Lesson15.ManyTexts(200);
        texts.Max(text => model.Encode(text).Length).ShouldBe(512);
        texts.Min(text => model.Encode(text).Length).ShouldBe(2);

        foreach (string text in texts)
        {
            SentenceReading reading = model.Read(text);
            Lesson15.Distance(reading.Y, Referee.Referee(reading.Ids)).ShouldBeLessThan(1e-5, text);
        }
    }

    [Fact]
    public void The_float32_engine_comes_out_as_ONNX_Runtime_to_a_few_roundings()
    {
        IReadOnlyList<string> texts = [.. Lesson15.ManyTexts(60).Where(text => model.Encode(text).Length < 100)];
        Matrix<double>[] streams = Lesson15.InFloats(model, texts);

        for (int s = 0; s < texts.Count; s++)
            Lesson15.Distance(streams[s], Referee.Referee(model.Encode(texts[s]))).ShouldBeLessThan(5e-5, texts[s]);
    }

    [Fact]
    public void Ten_thousand_lines_are_cut_as_by_Microsofts_tokeniser()
    {
        var differing = Lesson15.ManyLines(10_000).Where(line => !model.Tokeniser.Encode(line).SequenceEqual(Referee.RefereeIds(line)[1..^1])).ToList();

        differing.ShouldBeEmpty(string.Join("\n", differing.Take(20).Select(line =>
            $"{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(line))}: {Pieces(model.Tokeniser.Encode(line))} | {Pieces(Referee.RefereeIds(line)[1..^1])}")));

        string Pieces(int[] ids) => string.Join(' ', ids.Select(id => model.Tokeniser.Vocabulary[id]));
    }

    [Fact]
    public void The_solutions_of_the_lessons_compute_the_same()
    {
        SentenceVector vector = model.Embed("Unbelievably, the tokenisers' café serves rösti!", new()
        {
            WordPiece = Lesson15.WordPiece.ReferenceSolution.Invoke,
            InputSums = Lesson15.InputSums.ReferenceSolution.Invoke,
            SentenceVector = Lesson15.SentenceVector.ReferenceSolution.Invoke,
            LayerNorm = Lesson01.LayerNormRows.ReferenceSolution.Invoke,
            MultiHead = Lesson08.MultiHead.ReferenceSolution.Invoke,
        });

        vector.ToText().ShouldContain("every number is the library's, to rounding");
        vector.Used.ShouldBe(["LayerNorm", "WordPiece", "input", "multi-head attention", "sentence vector"]);
    }

    [Fact]
    public void Each_broken_model_is_named_from_its_numbers_alone()
    {
        SentenceReading reading = model.Read("The cat sat on the mat.");
        var theirs = Referee.RefereeParts(reading.Ids);
        string[] names = [.. theirs.Select(part => part.Name)];

        foreach (var (where, what, broken) in Lesson15.Broken(model))
            Lesson15.FirstDifference.ReferenceSolution(names, [.. broken.Read(reading.Ids).Parts.Select(part => part.Value.ToArray())], [.. theirs.Select(part => part.Value.ToArray())], Lesson15.TooFar)
                .ShouldBe(where, what);
    }

    [Fact]
    public void It_has_as_many_numbers_as_published_but_for_the_pooler() => model.NumberCount.ShouldBe(22_713_216 - 384 * 384 - 384);

    [Fact]
    public void A_damaged_model_is_said_to_be_damaged()
    {
        foreach (byte[] bytes in new byte[][] { [], [1, 2, 3, 255, 255], new byte[1000], [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))] })
            Should.Throw<InvalidDataException>(() => Referee.Parse(bytes)).Message.ShouldContain("damaged");
    }

    [Fact]
    public void A_model_without_one_of_its_weights_says_which()
    {
        ParameterSet weights = Referee.Weights(loaded.File);
        const string missing = "encoder.layer.3.output.dense.weight";

        Should.Throw<ArgumentException>(() => SentenceEncoder.FromPublished(new(weights.Where(p => p.Name != missing)), Referee.Vocabulary(), heads: 12))
            .Message.ShouldContain(missing);
    }
}

/// <summary>The model, loaded once.</summary>
public sealed class Loaded
{
    public SentenceEncoder Model { get; } = Referee.Load();

    public Onnx.ModelProto File => Referee.File;
}
