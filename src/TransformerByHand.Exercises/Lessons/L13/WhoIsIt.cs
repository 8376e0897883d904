using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

/// <summary>The places of a sentence about 'it' that a head may look at.</summary>
public enum ItPlace
{
    /// <summary>The noun that did not do it.</summary>
    Who,

    /// <summary>The other noun.</summary>
    What,

    /// <summary>The word 'it'.</summary>
    It,

    /// <summary>The adjective, where it stands first.</summary>
    Adjective,

    /// <summary>The adjective in the question.</summary>
    AdjectiveAgain,

    /// <summary>Any other word.</summary>
    Other,
}

// What the lesson does with 'it was too tired'.
public static partial class Lesson13
{
    /// <summary>How far the right noun is ahead of the other: the difference of their logits where the answer belongs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pair">The sentences.</param>
    /// <param name="who">Which of the two.</param>
    /// <param name="change">What stands in for the outputs of heads, or null.</param>
    public static double LeadOf(ItModel model, ItPair pair, bool who, HeadChange? change = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pair);
        return LeadIn(Answered(model, model.Encode(pair.Text(who)), change), pair, who);
    }

    /// <summary>The mean lead over both sentences of some pairs.</summary>
    /// <inheritdoc cref="LeadOf"/>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="change">What stands in for the outputs of heads, or null.</param>
    public static double MeanLead(ItModel model, IReadOnlyList<ItPair> pairs, HeadChange? change = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return pairs.Average(pair => (LeadOf(model, pair, true, change) + LeadOf(model, pair, false, change)) / 2);
    }

    /// <summary>Of how many pairs both sentences are answered right, of the two nouns.</summary>
    /// <inheritdoc cref="MeanLead"/>
    public static int Flips(ItModel model, IReadOnlyList<ItPair> pairs, HeadChange? change = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return pairs.Count(pair => LeadOf(model, pair, true, change) > 0 && LeadOf(model, pair, false, change) > 0);
    }

    /// <summary>What share of the lead is lost when a head is taken away, for every head.</summary>
    /// <param name="ablate">13.4, which makes what stands in for it; the course's own where it is not written yet. Null for zeros.</param>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs on which it is measured.</param>
    /// <returns>The shares (layers × heads): 0 where nothing changes, 1 where no lead is left.</returns>
    public static double[,] LeadLostWithout(MeanAblateFunction? ablate, ItModel model, IReadOnlyList<ItPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(model);
        double whole = MeanLead(model, pairs);
        var instead = Instead(ablate, model.Model, [.. TextsOf(ItModel.Choosing).Select(model.Encode)]);
        return ForEachHead(model.Model, at => 1 - MeanLead(model, pairs, HeadRun.At(at, O => instead(at, O))) / whole);
    }

    /// <summary>The same when some heads are taken away together.</summary>
    /// <inheritdoc cref="LeadLostWithout"/>
    /// <param name="ablate">13.4; the course's own where it is not written yet. Null for zeros.</param>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs on which it is measured.</param>
    /// <param name="heads">The heads that are taken away.</param>
    /// <returns>The share of the lead that is lost, and of how many pairs both sentences are still answered right.</returns>
    public static (double Lost, int Flips) WithoutHeads(MeanAblateFunction? ablate, ItModel model, IReadOnlyList<ItPair> pairs, IReadOnlyCollection<(int Layer, int Head)> heads)
    {
        ArgumentNullException.ThrowIfNull(model);
        var instead = Instead(ablate, model.Model, [.. TextsOf(ItModel.Choosing).Select(model.Encode)]);
        HeadChange change = (l, h, O) => heads.Contains((l, h)) ? instead((l, h), O) : O;
        return (1 - MeanLead(model, pairs, change) / MeanLead(model, pairs), Flips(model, pairs, change));
    }

    /// <summary>How much of the way from one sentence of a pair to the other a single head's output carries, for every head: the mean over the pairs, both ways.</summary>
    /// <param name="patch">13.5; the course's own where it is not written yet.</param>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    /// <returns>The shares (layers × heads).</returns>
    public static double[,] CarriedByHead(PatchFunction patch, ItModel model, IReadOnlyList<ItPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        PatchFunction own = Stub.IsWritten(patch, f => f(_ => ([1, 0], new double[1, 1]), (_, _) => [1, 0], [0], [0], 0, 1)) ? patch : Patch.ReferenceSolution;
        return ForEachHead(model.Model, at => pairs.Average(pair => (Carried(at, pair, true) + Carried(at, pair, false)) / 2));

        double Carried((int Layer, int Head) at, ItPair pair, bool who) => own(
            ids =>
            {
                HeadRun run = HeadRun.Of(model.Model, ids);
                return (run.Logits.Row(model.AskedAt(ids)).ToArray(), run.Heads[at.Layer][at.Head].O.ToArray());
            },
            (ids, O) => Answered(model, ids, HeadRun.At(at, _ => Matrix<double>.Build.DenseOfArray(O))),
            model.Encode(pair.Text(who)), model.Encode(pair.Text(!who)), ItModel.Words.IdOf(pair.Answer(who)), ItModel.Words.IdOf(pair.Answer(!who)));
    }

    /// <summary>Where the heads look from a place, on the mean over both sentences of some pairs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="fromIt">Whether 'it' looks; if not, the place where the answer belongs.</param>
    /// <param name="who">Only the sentences in which 'it' is the one who, or what; both where it is null.</param>
    /// <returns>For each layer and head the weight on each <see cref="ItPlace"/>.</returns>
    public static IReadOnlyDictionary<(int Layer, int Head), double[]> LooksAt(ItModel model, IReadOnlyList<ItPair> pairs, bool fromIt = false, bool? who = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        var looks = new Dictionary<(int Layer, int Head), double[]>();
        bool[] both = who is { } one ? [one] : [true, false];
        foreach (ItPair pair in pairs)
            foreach (bool which in both)
            {
                int[] ids = model.Encode(pair.Text(which));
                ItPlace[] places = PlacesOf(ids, pair);
                int from = fromIt ? Array.IndexOf(places, ItPlace.It) : model.AskedAt(ids);
                HeadRun run = HeadRun.Of(model.Model, ids);
                for (int l = 0; l < run.Heads.Count; l++)
                    for (int h = 0; h < run.Heads[l].Count; h++)
                    {
                        double[] sums = looks.TryGetValue((l, h), out double[]? known) ? known : looks[(l, h)] = new double[6];
                        for (int k = 0; k < ids.Length; k++)
                            sums[(int)places[k]] += run.Heads[l][h].A[from, k] / (pairs.Count * both.Length);
                    }
            }
        return looks;
    }

    /// <summary>What each token of a sentence is.</summary>
    /// <param name="ids">The sentence.</param>
    /// <param name="pair">Its pair.</param>
    public static ItPlace[] PlacesOf(IReadOnlyList<int> ids, ItPair pair)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(pair);
        bool seen = false;
        return [.. ids.Select(id =>
        {
            string word = ItModel.Words[id];
            if (word == pair.Who) return ItPlace.Who;
            if (word == pair.What) return ItPlace.What;
            if (word == "it") return ItPlace.It;
            if (word != pair.WhoWas && word != pair.WhatWas) return ItPlace.Other;
            var place = seen ? ItPlace.AdjectiveAgain : ItPlace.Adjective;
            seen = true;
            return place;
        })];
    }

    private static IEnumerable<string> TextsOf(IEnumerable<ItPair> pairs) => pairs.SelectMany(pair => new[] { pair.Text(true), pair.Text(false) });

    private static double[] Answered(ItModel model, int[] ids, HeadChange? change) => HeadRun.Of(model.Model, ids, change).Logits.Row(model.AskedAt(ids)).ToArray();

    private static double LeadIn(double[] logits, ItPair pair, bool who) =>
        logits[ItModel.Words.IdOf(pair.Answer(who))] - logits[ItModel.Words.IdOf(pair.Answer(!who))];
}
