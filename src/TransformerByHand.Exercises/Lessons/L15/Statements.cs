using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    private static readonly string[] RiverBanks =
    [
        "We sat on the bank of the river and watched the boats.", "The otter climbed up the muddy bank.", "Reeds grow along the bank of the stream.",
        "The water rose until it flowed over the bank.", "He pulled the canoe onto the bank.", "Willows hang over the far bank.",
    ];

    private static readonly string[] MoneyBanks =
    [
        "She asked the bank for a loan.", "The bank raised its interest rates again.", "He keeps his savings in a bank.",
        "The bank closed my account last week.", "A clerk at the bank counted the notes.", "The bank charges a fee for every transfer.",
    ];

    /// <summary>How alike the vectors of 'bank' are, in two sentences where it means the same and in two where it does not, layer by layer.</summary>
    /// <param name="model">The model.</param>
    public static BankReading Banks(SentenceEncoder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Vector<double>[][] river = [.. RiverBanks.Select(BankIn)], money = [.. MoneyBanks.Select(BankIn)];
        return new([.. Enumerable.Range(0, model.Layers + 1).Select(l =>
        {
            var same = Pairs(river).Concat(Pairs(money)).Select(pair => Cosine(pair.A[l], pair.B[l])).ToList();
            var other = (from a in river from b in money select Cosine(a[l], b[l])).ToList();
            return (same.Average(), same.Min(), other.Average(), other.Max());
        })]);

        // The vectors of 'bank' at the input and after each layer.
        Vector<double>[] BankIn(string text)
        {
            SentenceReading reading = model.Read(text);
            int place = reading.PlaceOf("bank");
            return [.. Enumerable.Range(0, model.Layers + 1).Select(l => reading.StreamAfter(l).Row(place))];
        }

        static IEnumerable<(T A, T B)> Pairs<T>(T[] items) => from i in Enumerable.Range(0, items.Length) from j in Enumerable.Range(0, i) select (items[i], items[j]);
    }

    /// <summary>Sentences in which 'it' is the first noun with one last word, and the second with another: that on which a head is chosen.</summary>
    private static readonly (string Text, string First, string Second, string FirstWord, string SecondWord)[] Chosen =
    [
        ("The animal did not cross the street because it was too", "animal", "street", "tired", "wide"),
        ("The boy did not climb the wall because it was too", "boy", "wall", "weak", "high"),
        ("The dog did not enter the room because it was too", "dog", "room", "shy", "dark"),
        ("The truck did not pass the bridge because it was too", "truck", "bridge", "heavy", "old"),
        ("The horse did not drink the water because it was too", "horse", "water", "ill", "dirty"),
        ("The ball did not fit into the box because it was too", "ball", "box", "large", "small"),
    ];

    /// <summary>More of them, on which the chosen head is judged.</summary>
    private static readonly (string Text, string First, string Second, string FirstWord, string SecondWord)[] HeldOut =
    [
        ("The cat did not jump over the fence because it was too", "cat", "fence", "lazy", "tall"),
        ("The child did not read the book because it was too", "child", "book", "young", "long"),
        ("The car did not take the road because it was too", "car", "road", "fast", "narrow"),
        ("The bird did not leave the tree because it was too", "bird", "tree", "scared", "green"),
        ("The bear did not eat the fish because it was too", "bear", "fish", "full", "cold"),
        ("The ship did not enter the harbour because it was too", "ship", "harbour", "big", "shallow"),
        ("The woman did not buy the coat because it was too", "woman", "coat", "poor", "expensive"),
        ("The cow did not cross the field because it was too", "cow", "field", "slow", "wet"),
    ];

    /// <summary>Where 'it' looks when the last word makes it the one noun or the other: one head, chosen on some sentences and judged on others.</summary>
    /// <param name="model">The model.</param>
    public static TiredReading Tired(SentenceEncoder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var readings = Chosen.Select(Read).ToList();
        var (layer, head) = (from l in Enumerable.Range(0, model.Layers) from h in Enumerable.Range(0, model.Heads) select (l, h))
            .MaxBy(one => readings.Average(pair => pair.Lean(one.l, one.h) is var (first, second) ? first - second : 0));
        return new(layer, head, [.. readings.Select(pair => pair.Row(layer, head))], [.. HeldOut.Select(Read).Select(pair => pair.Row(layer, head))]);

        PairReading Read((string Text, string First, string Second, string FirstWord, string SecondWord) pair) =>
            new(pair.First, pair.Second, pair.FirstWord, pair.SecondWord, model.Read($"{pair.Text} {pair.FirstWord}."), model.Read($"{pair.Text} {pair.SecondWord}."));
    }

    /// <summary>
    /// The same of our own encoder, which lesson 13 read: a head of it, chosen in the same way on the pairs that are kept for choosing, and judged on those
    /// for judging.
    /// </summary>
    public static TiredReading TiredInOurs()
    {
        ItModel model = ItModel.LoadMasked();
        var chosen = (from l in Enumerable.Range(0, model.Layers) from h in Enumerable.Range(0, model.Heads) select (Layer: l, Head: h)).MaxBy(at => Rows(ItModel.Choosing, at).Average(row => row.WithFirst - row.WithSecond));
        return new(chosen.Layer, chosen.Head, Rows(ItModel.Choosing, chosen), Rows(ItModel.Judging, chosen));

        TiredRow[] Rows(IReadOnlyList<ItPair> pairs, (int, int) at) => [.. pairs.Select(pair => new TiredRow($"{pair.Who}, {pair.What}", pair.WhoWas, pair.WhatWas, Lean(pair, true, at), Lean(pair, false, at)))];

        double Lean(ItPair pair, bool who, (int, int) at) => Lesson13.LooksAt(model, [pair], fromIt: true, who)[at] is var weights ? weights[(int)ItPlace.Who] - weights[(int)ItPlace.What] : 0;
    }

    /// <summary>Every sentence that <see cref="Banks"/> and <see cref="Tired"/> read.</summary>
    internal static IEnumerable<string> Experimental =>
        [.. RiverBanks, .. MoneyBanks, .. Chosen.Concat(HeldOut).SelectMany(pair => new[] { $"{pair.Text} {pair.FirstWord}.", $"{pair.Text} {pair.SecondWord}." })];

    internal static double Cosine(Vector<double> a, Vector<double> b) => a * b / (a.L2Norm() * b.L2Norm());

    private sealed record PairReading(string First, string Second, string FirstWord, string SecondWord, SentenceReading WithFirst, SentenceReading WithSecond)
    {
        /// <summary>The weight of 'it' on the first noun less that on the second, with each of the two last words.</summary>
        public (double WithFirst, double WithSecond) Lean(int layer, int head) => (Lean(WithFirst, layer, head), Lean(WithSecond, layer, head));

        public TiredRow Row(int layer, int head) => Lean(layer, head) is var (first, second) ? new($"{First}, {Second}", FirstWord, SecondWord, first, second) : throw new InvalidOperationException();

        private double Lean(SentenceReading reading, int layer, int head)
        {
            Vector<double> weights = reading.Head(layer, head).A.Row(reading.PlaceOf("it"));
            return weights[reading.PlaceOf(First)] - weights[reading.PlaceOf(Second)];
        }
    }
}

/// <summary>How alike the vectors of 'bank' are, layer by layer: mean and least cosine where it means the same, mean and greatest where it does not.</summary>
/// <param name="Cosines">At the input, then after each layer.</param>
public sealed record BankReading(IReadOnlyList<(double Same, double LeastSame, double Other, double GreatestOther)> Cosines)
{
    /// <summary>The two means over the layers, with the extremes as bands.</summary>
    public LineChart Figure()
    {
        double[] layers = [.. Enumerable.Range(0, Cosines.Count).Select(l => (double)l)];
        return new()
        {
            Title = "How alike 'bank' and 'bank' are", X = Axis.Linear("layers passed"), Y = Axis.Linear("mean cosine"),
            Series =
            [
                new("the same meaning", layers, [.. Cosines.Select(c => c.Same)]),
                new("river and money", layers, [.. Cosines.Select(c => c.Other)]),
            ],
        };
    }

    /// <summary>The numbers at the input and at the end.</summary>
    public Table Ends() => new Table("", "same, mean", "same, least", "other, mean", "other, greatest") { Digits = 3 }
        .RowForEach([0, Cosines.Count - 1], l => [l == 0 ? "at the input" : $"after {l} layers", Cosines[l].Same, Cosines[l].LeastSame, Cosines[l].Other, Cosines[l].GreatestOther]);
}

/// <summary>Where 'it' leans in one pair of sentences.</summary>
/// <param name="Nouns">The first noun and the second.</param>
/// <param name="FirstWord">The last word that makes 'it' the first noun.</param>
/// <param name="SecondWord">The one that makes it the second.</param>
/// <param name="WithFirst">The weight on the first noun less that on the second, with the first word.</param>
/// <param name="WithSecond">The same with the second word.</param>
public sealed record TiredRow(string Nouns, string FirstWord, string SecondWord, double WithFirst, double WithSecond)
{
    /// <summary>Whether the word moves it the right way.</summary>
    public bool MovesRightly => WithFirst > WithSecond;

    /// <summary>Whether it looks more at the right noun both times.</summary>
    public bool Flips => WithFirst > 0 && WithSecond < 0;
}

/// <summary>Where 'it' looks, through the head that moves most on the sentences it was chosen on.</summary>
/// <param name="Layer">The head's layer.</param>
/// <param name="Head">The head.</param>
/// <param name="Chosen">The pairs on which it was chosen.</param>
/// <param name="HeldOut">The pairs on which it is judged.</param>
public sealed record TiredReading(int Layer, int Head, IReadOnlyList<TiredRow> Chosen, IReadOnlyList<TiredRow> HeldOut)
{
    /// <summary>The held-out pairs one by one, and how many move and flip.</summary>
    public Table Table()
    {
        var table = new Table("nouns", "last word", "first − second", "other word", "first − second", "moves rightly", "flips")
            { Caption = FormattableString.Invariant($"Head {Layer}.{Head}, chosen on {Chosen.Count} other pairs"), Digits = 2 };
        return table.RowForEach(HeldOut, row => [row.Nouns, row.FirstWord, row.WithFirst, row.SecondWord, row.WithSecond, row.MovesRightly, row.Flips]);
    }

    /// <summary>This head beside one of another model, each on its own held-out pairs.</summary>
    /// <param name="name">What this model is called.</param>
    /// <param name="other">The other.</param>
    /// <param name="otherName">What that is called.</param>
    public Table Beside(string name, TiredReading other, string otherName) =>
        new Table("encoder", "head", "held-out pairs", "first − second, 'too tired'", "first − second, 'too wide'", "move rightly", "flip") { Digits = 2 }
            .RowForEach([(Name: name, Of: this), (Name: otherName, Of: other)], one =>
            [
                one.Name, FormattableString.Invariant($"{one.Of.Layer}.{one.Of.Head}"), one.Of.HeldOut.Count, one.Of.HeldOut.Average(row => row.WithFirst), one.Of.HeldOut.Average(row => row.WithSecond),
                one.Of.HeldOut.Count(row => row.MovesRightly), one.Of.HeldOut.Count(row => row.Flips),
            ]);

    /// <summary>How many pairs move rightly and how many flip, on the chosen and on the held-out ones.</summary>
    public Table Counts() => new Table("pairs", "how many", "move rightly", "flip")
        .Row("it was chosen on", Chosen.Count, Chosen.Count(row => row.MovesRightly), Chosen.Count(row => row.Flips))
        .Row("held out", HeldOut.Count, HeldOut.Count(row => row.MovesRightly), HeldOut.Count(row => row.Flips));
}
