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
    /// <summary>How far apart the senses of 'bank' are, stage by stage: for each person and way to the bank ten sentences, and the mean over these.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences: five phrases of each sense for each person and way.</param>
    /// <param name="apart">What measures; 09.5's solution if not given.</param>
    /// <param name="mask">For each text what is not allowed besides looking ahead, or null.</param>
    public static IReadOnlyList<SensesApart> SensesOfBank(BankModel model, IReadOnlyList<BankSentence> sentences, ApartFunction? apart = null, Func<string, Mask>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        apart ??= Apart.ReferenceSolution;
        var groups = sentences.GroupBy(sentence => (sentence.Person, sentence.Then)).Select(group =>
        {
            IReadOnlyList<Matrix<double>> Of(bool river) => model.LastWords(group.Where(sentence => sentence.IsRiver == river).Select(sentence => sentence.UpToBank), mask);
            var (river, money) = (Of(true), Of(false));
            return BankModel.Stages.Select((_, stage) => apart(river[stage], money[stage])).ToArray();
        }).ToArray();
        return [.. BankModel.Stages.Select((name, stage) => new SensesApart(name, groups.Average(group => group[stage].same), groups.Average(group => group[stage].other)))];
    }

    /// <summary>The senses of 'bank' in held-out sentences, in the trained model and in one that has seen no training.</summary>
    /// <param name="apart">The reader's 09.5; as long as it is a stub, the solution measures.</param>
    public static Table BankTable(ApartFunction apart)
    {
        var ((trained, untrained), isOwn) = OrSolution(() => Both(apart), () => Both(null));
        return new Table("“bank”, 60 held-out sentences", "same sense", "other sense", "other / same", "other / same, untrained")
        {
            Caption = isOwn ? null : "09.5 is not written yet: the solution measures", Digits = 3,
        }.RowForEach(trained.Zip(untrained), pair => [pair.First.Stage, pair.First.Same, pair.First.Other, Ratio(pair.First), Ratio(pair.Second)]);

        static object Ratio(SensesApart senses) => senses.Same == 0 ? "all the same" : senses.Ratio;
        static (IReadOnlyList<SensesApart> Trained, IReadOnlyList<SensesApart> Untrained) Both(ApartFunction? apart) =>
            (SensesOfBank(BankModel.Load(), BankModel.HeldOut, apart), SensesOfBank(BankModel.Untrained(1), BankModel.HeldOut, apart));
    }

    /// <summary>What is left of the ratio after the last block when one head writes its mean in place of what it found.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">On which it is measured. The mean write is that over the known sentences.</param>
    /// <returns>For each head of each layer the ratio; the first row is the model as it is, with layer −1.</returns>
    public static IReadOnlyList<(int Layer, int Head, double Ratio, int Answers)> WithoutHeads(BankModel model, IReadOnlyList<BankSentence> sentences)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] known = [.. BankModel.Known.Select(sentence => sentence.UpToBank)];
        return
        [
            (-1, -1, SensesOfBank(model, sentences)[^1].Ratio, model.Answers(sentences)),
            .. from layer in Enumerable.Range(0, model.Model.Encoder.Layers.Count)
               from head in Enumerable.Range(0, model.Model.Encoder.Layers[layer].Attention.h)
               let without = model.WithHeadFixed(layer, head, model.MeanWrite(layer, head, known))
               select (layer, head, SensesOfBank(without, sentences)[^1].Ratio, without.Answers(sentences)),
        ];
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

    /// <summary>The mean weight, over some sentences, that 'bank' gives in one head to: begin, the person, each word of the phrase, 'and', the way, 'the', itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="layer">The head's layer, from 0.</param>
    /// <param name="head">Its number there, from 0.</param>
    public static IReadOnlyList<(string Words, double Weight)> BankLooksAt(BankModel model, IReadOnlyList<BankSentence> sentences, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        var all = sentences.SelectMany(sentence =>
        {
            var A = model.Read(sentence.UpToBank).Trace.Encoder.Layers[layer].Attention.Block.Heads[head].A;
            int last = A.RowCount - 1, phrase = sentence.Phrase.Split(' ').Length;
            string Kind(int j) => j == 0 ? "<begin>" : j == 1 ? "the person" : j < 2 + phrase ? $"in the phrase" : j == last ? "bank itself" : "and went to the";
            return Enumerable.Range(0, last + 1).Select(j => (Kind: Kind(j), Weight: A[last, j]));
        });
        return [.. all.GroupBy(one => one.Kind).Select(group => (group.Key, group.Sum(one => one.Weight) / sentences.Count)).OrderByDescending(one => one.Item2)];
    }
}
