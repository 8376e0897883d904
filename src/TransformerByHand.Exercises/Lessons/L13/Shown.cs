using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

// What the lesson shows: tables and pictures of the experiments.
public static partial class Lesson13
{
    /// <summary>The weights of the reader's hand-made head on a row; the course's own where it is not written yet.</summary>
    /// <param name="previousToken">13.1.</param>
    /// <param name="V">How many letters there are.</param>
    /// <param name="ids">The row (n).</param>
    /// <returns>A (n × n).</returns>
    public static Matrix<double> ByHand(PreviousTokenFunction previousToken, int V, int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        PreviousTokenFunction own = Stub.IsWritten(previousToken, f => f(1, 1, HeadOn(1, 0))) ? previousToken : PreviousToken.ReferenceSolution;
        return DenseMatrix.OfArray(own(V, ids.Length, HeadOn(V, ids)));
    }

    /// <summary>The heads of the stored model of two layers, and of the one of one layer: what they look at, and the loss without them.</summary>
    /// <param name="score">13.2; the course's own where it is not written yet.</param>
    /// <param name="ablate">13.4; the course's own where it is not written yet.</param>
    public static Table HeadsOfRepeats(InductionScoreFunction score, MeanAblateFunction ablate)
    {
        var (rows, others) = (RepeatModel.Rows(8), RepeatModel.Rows(16).Skip(8).ToList());
        var table = new Table("model", "head", "weight on the place before", "induction score", "after any earlier place", "loss without it") { Digits = 2 };
        foreach (int layers in new[] { 2, 1 })
        {
            CausalLanguageModel model = RepeatModel.Load(layers);
            var (previous, scores, any, without) = (PreviousTokenScores(model, rows), ScoresOfHeads(score, model, rows), AnyEarlierScores(model, rows), RepeatLossWithout(ablate, model, rows, others));
            table = table.Row(layers == 2 ? "two layers" : "one layer", "all there", null, null, null, RepeatLoss(model, rows));
            for (int l = 0; l < layers; l++)
                for (int h = 0; h < 2; h++)
                    table = table.Row("", Name(l, h), previous[l, h], scores[l, h], any[l, h], without[l, h]);
        }
        return table;
    }

    /// <summary>Where a head looks from the last place, in both sentences of a pair.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pair">The sentences.</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="head">Which head of it, from 0.</param>
    public static SmallMultiples WhereItLooks(ItModel model, ItPair pair, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pair);
        return new()
        {
            Title = $"Where head {Name(layer, head)} looks before the answer", Columns = 1,
            Figures = [.. new[] { true, false }.Select(who =>
            {
                int[] ids = model.Encode(pair.Text(who));
                HeadRun run = HeadRun.Of(model.Model, ids);
                int asked = model.AskedAt(ids);
                return new ShadedWords
                {
                    Title = $"too {(who ? pair.WhoWas : pair.WhatWas)}", Words = [.. ids.Select(id => ItModel.Words[id])], Values = [.. run.Heads[layer][head].A.Row(asked)],
                    Framed = [asked], Answer = ItModel.Words[run.Logits.Row(asked).MaximumIndex()], MaxWidth = 620,
                };
            })],
        };
    }

    /// <summary>How a model answers some pairs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    public static Table AnswersTo(ItModel model, IReadOnlyList<ItPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new Table("sentence", "answer", "lead of the right noun") { Digits = 3 }.RowForEach(
            pairs.SelectMany(pair => new[] { (Pair: pair, Who: true), (Pair: pair, Who: false) }),
            one =>
            {
                int[] ids = model.Encode(one.Pair.Text(one.Who));
                string answer = ItModel.Words[model.Model.Forward(ids).Logits.Row(model.AskedAt(ids)).MaximumIndex()];
                return [$"the {one.Pair.Who} {one.Pair.Did} the {one.Pair.What} because it was too {(one.Who ? one.Pair.WhoWas : one.Pair.WhatWas)}", answer, LeadOf(model, one.Pair, one.Who)];
            });
    }

    /// <summary>A number for every head, as a picture: a layer a row.</summary>
    /// <param name="title">The figure's title.</param>
    /// <param name="numbers">The numbers (layers × heads).</param>
    public static Heatmap PerHead(string title, double[,] numbers) => new(numbers)
    {
        Title = title, RowTitle = "layer", ColumnTitle = "head", Digits = 2, Min = 0, Max = 0.5, Palette = Palette.Sequential,
    };

    /// <summary>A8: in a causal model the largest difference between the weights of 'it' in the two sentences of a pair.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    public static double ItDiffers(ItModel model, IReadOnlyList<ItPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        return pairs.Max(pair =>
        {
            var (first, second) = (model.Encode(pair.Text(true)), model.Encode(pair.Text(false)));
            int it = Array.IndexOf(PlacesOf(first, pair), ItPlace.It);
            var (a, b) = (HeadRun.Of(model.Model, first), HeadRun.Of(model.Model, second));
            return ForEachHead(model.Model, at => (a.Heads[at.Layer][at.Head].A.Row(it) - b.Heads[at.Layer][at.Head].A.Row(it)).AbsoluteMaximum()).Cast<double>().Max();
        });
    }

    /// <summary>A8: how much weight 'it' gives to the right noun and to the other, in the mean over the heads of a layer and both sentences of some pairs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="layer">Which layer, from 0.</param>
    public static (double Right, double Wrong) ItLooksAt(ItModel model, IReadOnlyList<ItPair> pairs, int layer)
    {
        var (who, what) = (LooksAt(model, pairs, fromIt: true, who: true), LooksAt(model, pairs, fromIt: true, who: false));
        var heads = who.Keys.Where(at => at.Layer == layer).ToList();
        return (
            heads.Average(at => (who[at][(int)ItPlace.Who] + what[at][(int)ItPlace.What]) / 2),
            heads.Average(at => (who[at][(int)ItPlace.What] + what[at][(int)ItPlace.Who]) / 2));
    }

    /// <summary>A8: what share of the lead is lost when no head, in any layer, tells 'it' anything of its own: there, and only there, each has its mean.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    public static double LeadLostWithoutIt(ItModel model, IReadOnlyList<ItPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        var instead = Instead(MeanAblate.ReferenceSolution, model.Model, [.. TextsOf(ItModel.Choosing).Select(model.Encode)]);
        return 1 - pairs.Average(pair => (Without(pair, true) + Without(pair, false)) / 2) / MeanLead(model, pairs);

        double Without(ItPair pair, bool who)
        {
            int it = Array.IndexOf(PlacesOf(model.Encode(pair.Text(who)), pair), ItPlace.It);
            return LeadOf(model, pair, who, (l, h, O) =>
            {
                Matrix<double> changed = O.Clone();
                changed.SetRow(it, instead((l, h), O).Row(it));
                return changed;
            });
        }
    }

    /// <summary>The figures of claim A8.</summary>
    public static (string Name, double Value)[] ItAndItsNoun()
    {
        var (causal, encoder) = (ItModel.Load(), ItModel.LoadMasked());
        var (right, wrong) = ItLooksAt(encoder, ItModel.Judging, layer: 1);
        return
        [
            ("causal: largest difference between the weights of 'it'", ItDiffers(causal, ItModel.Judging)),
            ("encoder, layer 1: weight of 'it' on the right noun", right),
            ("encoder, layer 1: weight of 'it' on the other noun", wrong),
            ("encoder: share of the lead lost when the heads tell 'it' nothing", LeadLostWithoutIt(encoder, ItModel.Judging)),
        ];
    }

    /// <summary>The figures of claim M4, of the first of the five models.</summary>
    public static (string Name, double Value)[] RolesOfHeads()
    {
        ItModel model = ItModel.Load();
        double[,] lost = LeadLostWithout(MeanAblate.ReferenceSolution, model, ItModel.Judging);
        var most = Heads(model).MaxBy(at => lost[at.Layer, at.Head]);
        var (who, what) = (LooksAt(model, ItModel.Judging, who: true)[(0, 1)], LooksAt(model, ItModel.Judging, who: false)[(0, 1)]);
        return
        [
            ("held-out pairs answered right both ways, of 15", Flips(model, ItModel.Judging)),
            ("most of the lead lost with one head", lost[most.Layer, most.Head]),
            ("pairs still right both ways without that head, of 15", WithoutHeads(MeanAblate.ReferenceSolution, model, ItModel.Judging, [most]).Flips),
            ("head 0.1, words like 'tired': weight on the adjective", who[(int)ItPlace.Adjective] + who[(int)ItPlace.AdjectiveAgain]),
            ("head 0.1, words like 'wide': weight on the other noun", what[(int)ItPlace.What]),
            ("heads that can go, the cheapest first, before a pair is lost, of 8", Pruned(model).TakeWhile(flips => flips == ItModel.Judging.Count).Count() - 1),
            ("most of the way carried by one head", CarriedByHead(Patch.ReferenceSolution, model, ItModel.Judging).Cast<double>().Max()),
        ];
    }

    /// <summary>Four ways to fool oneself, each done.</summary>
    public static Table WaysToFoolOneself()
    {
        var (first, fifth) = (ItModel.Load(), ItModel.Load(5));
        MeanAblateFunction ablate = MeanAblate.ReferenceSolution;
        double[,] choosing = LeadLostWithout(ablate, first, ItModel.Choosing), judging = LeadLostWithout(ablate, first, ItModel.Judging);
        var best = Heads(first).MaxBy(at => choosing[at.Layer, at.Head]);
        var (rows, others) = (RepeatModel.Rows(8), RepeatModel.Rows(16).Skip(8).ToList());
        CausalLanguageModel repeats = RepeatModel.Load(2);
        double itself = Heads(first).Average(at => CarriedIntoItself(first, ItModel.Judging[0], at));
        return new Table("what one does", "one sees", "one should look at", "and sees") { Digits = 2 }
            .Row("look at a picture (model 5, head 1.0): weight on the right noun, 'too tired'", LooksAt(fifth, ItModel.Judging, who: true)[(1, 0)][(int)ItPlace.Who], "share of the lead lost without it", LeadLostWithout(ablate, fifth, ItModel.Judging)[1, 0])
            .Row($"choose the head that matters most ({Name(best.Layer, best.Head)}), and judge it on the same sentences: lead lost", choosing[best.Layer, best.Head], "the same on other sentences", judging[best.Layer, best.Head])
            .Row("set a head (0.0 of the rows' model) to zero: loss", RepeatLossWithout(null, repeats, rows, others)[0, 0], "set it to its mean", RepeatLossWithout(ablate, repeats, rows, others)[0, 0])
            .Row("put the clean head into the clean sentence: carried, mean of all heads", itself, "put it into the corrupt one", CarriedByHead(Patch.ReferenceSolution, first, [ItModel.Judging[0]]).Cast<double>().Average());
    }

    /// <summary>The glimpse's heads, read and taken away by functions of the reader's: does one of them repeat, and which tell the trade at a tale's end?</summary>
    /// <param name="score">13.2; the course's own where it is not written yet.</param>
    /// <param name="ablate">13.4; the course's own where it is not written yet.</param>
    /// <param name="tale">A tale up to the place where the trade belongs.</param>
    public static Table HeadsOfGlimpse(InductionScoreFunction score, MeanAblateFunction ablate, string tale)
    {
        Glimpse glimpse = Glimpse.Load();
        int[] ids = glimpse.Encode(tale);
        int[][] others = [.. Corpus.Tales.Generate().Split("\n\n").Take(6).Select(glimpse.Encode)];
        var random = SeededRandom.Create(1);
        int[][] rows = [.. Enumerable.Range(0, 8).Select(_ =>
        {
            int[] words = [.. Enumerable.Range(5, glimpse.Words.Count - 5).OrderBy(_ => random.Next()).Take(15)];
            return (int[])[Text.WordTokeniser.Begin, .. words, .. words];
        })];
        double[,] scores = ScoresOfHeads(score, glimpse.Model, rows);
        var instead = Instead(ablate, glimpse.Model, others);
        int next = HeadRun.Of(glimpse.Model, ids).Logits.Row(ids.Length - 1).MaximumIndex();
        var table = new Table("head", "induction score", $"P({glimpse.Words[next]}) without it") { Digits = 2 };
        table = table.Row("all there", null, Probability(null));
        for (int l = 0; l < glimpse.Layers; l++)
            for (int h = 0; h < glimpse.Heads; h++)
                table = table.Row(Name(l, h), scores[l, h], Probability(HeadRun.At((l, h), O => instead((l, h), O))));
        return table;

        double Probability(HeadChange? change) => Layers.Softmax.Of(HeadRun.Of(glimpse.Model, ids, change).Logits.Row(ids.Length - 1))[next];
    }

    internal static IEnumerable<(int Layer, int Head)> Heads(ItModel model) =>
        from l in Enumerable.Range(0, model.Layers) from h in Enumerable.Range(0, model.Heads) select (l, h);

    internal static string Name(int layer, int head) => FormattableString.Invariant($"{layer}.{head}");

    private static double CarriedIntoItself(ItModel model, ItPair pair, (int Layer, int Head) at)
    {
        double clean = LeadOf(model, pair, true), corrupt = -LeadOf(model, pair, false);
        Matrix<double> O = HeadRun.Of(model.Model, model.Encode(pair.Text(true))).Heads[at.Layer][at.Head].O;
        return (LeadOf(model, pair, true, HeadRun.At(at, _ => O)) - corrupt) / (clean - corrupt);
    }
}
