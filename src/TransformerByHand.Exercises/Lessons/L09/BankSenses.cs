using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

/// <summary>How far the vectors of 'bank' lie apart at one stage of a model.</summary>
/// <param name="Stage">Where: before the first layer, or after a block.</param>
/// <param name="Same">The mean distance between two sentences of the same sense that differ in the phrase alone.</param>
/// <param name="Other">The mean distance between two sentences of different senses that differ in the phrase alone.</param>
public sealed record SensesApart(string Stage, double Same, double Other)
{
    /// <summary>How much further apart different senses are than the same; NaN where all vectors are the same.</summary>
    public double Ratio => Other / Same;
}

public static partial class Lesson09
{
    /// <summary>How far apart the two senses are, stage by stage: for each person and way to the bank ten sentences, and the mean over these.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences: five phrases of each sense for each person and way.</param>
    /// <param name="apart">What measures; 09.5's solution if not given.</param>
    /// <param name="atQuestion">Whether the vectors are those of the word at which the sense is asked for; if not, those of 'bank'.</param>
    /// <param name="mask">For each text what is not allowed besides looking ahead, or null.</param>
    public static IReadOnlyList<SensesApart> Senses(BankModel model, IReadOnlyList<BankSentence> sentences, ApartFunction? apart = null, bool atQuestion = false, Func<string, Mask>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        apart ??= Apart.ReferenceSolution;
        var groups = sentences.GroupBy(sentence => (sentence.Person, sentence.Then)).Select(group =>
        {
            IReadOnlyList<Matrix<double>> Of(bool river) => model.LastWords(
                group.Where(sentence => sentence.IsRiver == river).Select(sentence => atQuestion ? sentence.Question(model.Asked) : sentence.UpToBank), mask);
            var (river, money) = (Of(true), Of(false));
            return BankModel.Stages.Select((_, stage) => apart(river[stage], money[stage])).ToArray();
        }).ToArray();
        return [.. BankModel.Stages.Select((name, stage) => new SensesApart(name, groups.Average(group => group[stage].same), groups.Average(group => group[stage].other)))];
    }

    /// <summary>Nothing after 'bank' may look at it.</summary>
    /// <param name="text">A text with 'bank' in it.</param>
    public static Mask BankHidden(string text) => Around(text, (i, j, bank) => j != bank || i <= bank);

    /// <summary>Nothing after 'bank' may look at what stands before it: what is known of that has to come through 'bank'.</summary>
    /// <param name="text">A text with 'bank' in it.</param>
    public static Mask ThroughBank(string text) => Around(text, (i, j, bank) => j >= bank || i <= bank);

    private static Mask Around(string text, Func<int, int, int, bool> allowed)
    {
        string[] words = [.. BankModel.Words(text)];
        int bank = Array.IndexOf(words, "bank");
        if (bank < 0) throw new ArgumentException($"text has no 'bank' in it: '{text}'.", nameof(text));
        return Mask.Where(words.Length, words.Length, (i, j) => allowed(i, j, bank));
    }

    /// <summary>The first 60 of the known sentences: heads are chosen on them.</summary>
    public static IReadOnlyList<BankSentence> Chosen => [.. BankModel.Known.Take(60)];

    /// <summary>What is left of the ratio after the last block, and of the answers, when one head writes its mean in place of what it found.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">On which it is measured. The mean write is that over <see cref="Chosen"/>.</param>
    /// <returns>For each head of each layer the ratio at 'bank' and the number of right answers; first the model as it is, with layer −1.</returns>
    public static IReadOnlyList<(int Layer, int Head, double Ratio, int Answers)> WithoutHeads(BankModel model, IReadOnlyList<BankSentence> sentences)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] known = [.. Chosen.Select(sentence => sentence.UpToBank)];
        return
        [
            (-1, -1, Senses(model, sentences)[^1].Ratio, model.Answers(sentences)),
            .. from layer in Enumerable.Range(0, model.Model.Encoder.Layers.Count)
               from head in Enumerable.Range(0, model.Model.Encoder.Layers[layer].Attention.h)
               let without = model.WithHeadFixed(layer, head, model.MeanWrite(layer, head, known))
               select (layer, head, Senses(without, sentences)[^1].Ratio, without.Answers(sentences)),
        ];
    }

    /// <summary>How much further apart 'bank' lies for two senses than for one, stage by stage, in held-out sentences: two trained models and one without training.</summary>
    /// <param name="apart">The reader's 09.5; as long as it is a stub, the solution measures.</param>
    public static Table BankTable(ApartFunction apart)
    {
        var (columns, isOwn) = OrSolution(() => Columns(apart), () => Columns(null));
        return new Table("the word “bank”", "untrained", "trained, asked later", "trained, asked at once")
        {
            Caption = isOwn ? "Distance of the other sense / of the same, 60 held-out sentences" : "Other / same, held out (09.5 is not written yet: the solution measures)", Digits = 3,
        }.RowForEach(Enumerable.Range(0, BankModel.Stages.Count), stage => [BankModel.Stages[stage], .. columns.Select(column => Ratio(column[stage]))]);

        static object Ratio(SensesApart senses) => senses.Other == 0 ? "all the same" : senses.Ratio;
        static IReadOnlyList<SensesApart>[] Columns(ApartFunction? apart) =>
            [.. new[] { BankModel.Untrained(1), BankModel.Load(BankAsked.Later), BankModel.Load(BankAsked.AtOnce) }.Select(model => Senses(model, BankModel.HeldOut, apart))];
    }

    /// <summary>Where 'bank' looks in a sentence: the weights of one head, word by word.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentence">The sentence.</param>
    /// <param name="layer">The head's layer, from 0.</param>
    /// <param name="head">Its number there, from 0.</param>
    public static ShadedWords WhereBankLooks(BankModel model, BankSentence sentence, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentence);
        var A = model.Read(sentence.UpToBank).Trace.Encoder.Layers[layer].Attention.Block.Heads[head].A;
        return new()
        {
            Title = $"Where head {head} of layer {layer} looks from 'bank'", Words = BankModel.Words(sentence.UpToBank), Values = A.Row(A.RowCount - 1).ToArray(), Framed = [A.RowCount - 1],
        };
    }

    /// <summary>The mean weight that 'bank' gives in one head to each word that stands before it, over the sentences in which that word stands.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="layer">The head's layer, from 0.</param>
    /// <param name="head">Its number there, from 0.</param>
    /// <returns>The words, the heaviest first.</returns>
    public static IReadOnlyList<(string Word, double Weight)> BankLooksAt(BankModel model, IReadOnlyList<BankSentence> sentences, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        var all = sentences.SelectMany(sentence =>
        {
            var A = model.Read(sentence.UpToBank).Trace.Encoder.Layers[layer].Attention.Block.Heads[head].A;
            return BankModel.Words(sentence.UpToBank).Select((word, j) => (Word: word, Weight: A[A.RowCount - 1, j]));
        });
        return [.. all.GroupBy(one => one.Word).Select(group => (group.Key, group.Average(one => one.Weight))).OrderByDescending(one => one.Item2)];
    }

    /// <summary>Every head of a model in turn writes its mean: what is left of the ratio at 'bank' and of the answers, on the sentences on which a head is chosen and on those that are held out.</summary>
    /// <param name="model">The model.</param>
    public static Table HeadsTable(BankModel model)
    {
        var known = WithoutHeads(model, Chosen);
        var held = WithoutHeads(model, BankModel.HeldOut);
        return new Table("without head", "other / same, 60 known", "other / same, 60 held out", "right answers, held out") { Digits = 3 }
            .RowForEach(known.Zip(held), pair => [pair.First.Layer < 0 ? "none" : $"{pair.First.Layer}.{pair.First.Head}", pair.First.Ratio, pair.Second.Ratio, pair.Second.Answers]);
    }

    /// <summary>Nobody may look at one word of the phrase but itself.</summary>
    /// <param name="text">A text of a <see cref="BankSentence"/>, or its beginning.</param>
    /// <param name="fromEnd">Which word: from the end of the phrase, 0 for its last.</param>
    public static Mask PhraseWordHidden(string text, int fromEnd)
    {
        string[] words = [.. BankModel.Words(text)];
        int and = Array.IndexOf(words, "and"), hidden = and - 1 - fromEnd;
        if (and < 0 || hidden < 2) throw new ArgumentException($"text has no such word of a phrase: '{text}'.", nameof(text));
        return Mask.Where(words.Length, words.Length, (i, j) => j != hidden || i == j);
    }

    /// <summary>Nobody may look at the first word of the phrase, its verb, but itself.</summary>
    /// <param name="text">A text of a <see cref="BankSentence"/>, or its beginning.</param>
    public static Mask VerbHidden(string text) => PhraseWordHidden(text, Array.IndexOf([.. BankModel.Words(text)], "and") - 3);

    /// <summary>Which word carries the sense: the ratio at 'bank' and the answers when words of the phrase are hidden from all others.</summary>
    /// <param name="model">The model.</param>
    public static Table WordsTable(BankModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (string Name, Func<string, Mask>? Mask)[] ways =
        [
            ("nothing", null), ("the verb (rowed, counted, …)", VerbHidden), ("the noun at the end (river, coins, …)", text => PhraseWordHidden(text, 0)),
            ("the verb and the noun", text => VerbHidden(text) & PhraseWordHidden(text, 0)),
        ];
        return new Table("hidden in the phrase", "other / same at “bank”", "right answers, of 60") { Digits = 3 }
            .RowForEach(ways, way => [way.Name, Senses(model, BankModel.HeldOut, mask: way.Mask)[^1].Ratio, model.Answers(BankModel.HeldOut, way.Mask)]);
    }

    /// <summary>Five trainings (seeds 1 to 5), each measured on held-out sentences: other / same at 'bank' after each block and where it is asked, and the right answers.</summary>
    /// <param name="asked">Where they are asked.</param>
    public static Table FiveTrainings(BankAsked asked)
    {
        bool later = asked == BankAsked.Later;
        string[] more = later ? ["where it is asked", "right, of 60", "“bank” hidden", "through “bank” alone"] : ["right, of 60"];
        return new Table(["seed", .. BankModel.Stages.Skip(1), .. more]) { Caption = "Other / same at “bank” after each block, and the answers", Digits = 2 }.RowForEach(Enumerable.Range(1, 5), seed =>
        {
            var model = BankModel.Train(seed, asked);
            object[] answers = later
                ? [Senses(model, BankModel.HeldOut, atQuestion: true)[^1].Ratio, model.Answers(BankModel.HeldOut), model.Answers(BankModel.HeldOut, BankHidden), model.Answers(BankModel.HeldOut, ThroughBank)]
                : [model.Answers(BankModel.HeldOut)];
            return [seed, .. Senses(model, BankModel.HeldOut).Skip(1).Select(senses => (object)senses.Ratio), .. answers];
        });
    }
}
