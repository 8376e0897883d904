using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

// What the laboratory shows of five models of 'it'.
public static partial class Lesson13
{
    /// <summary>How models answer, what the head costs that costs most on the pairs for choosing, there and on those for judging, and what one head carries at most.</summary>
    /// <param name="models">The models; their seeds are 1, 2, ….</param>
    public static Table FiveModels(IReadOnlyList<ItModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new Table("seed", "lead", "pairs right, of 15", "costliest head", "chosen: lost", "judged: lost", "pairs right without it", "carries most", "carried") { Digits = 2 }.RowForEach(
            Enumerable.Range(0, models.Count), i =>
            {
                ItModel model = models[i];
                double[,] choosing = LeadLostWithout(MeanAblate.ReferenceSolution, model, ItModel.Choosing), carried = CarriedByHead(Patch.ReferenceSolution, model, ItModel.Judging);
                var costliest = Heads(model).MaxBy(at => choosing[at.Layer, at.Head]);
                var most = Heads(model).MaxBy(at => carried[at.Layer, at.Head]);
                var (lost, flips) = WithoutHeads(MeanAblate.ReferenceSolution, model, ItModel.Judging, [costliest]);
                return
                [
                    i + 1, MeanLead(model, ItModel.Judging), Flips(model, ItModel.Judging), Name(costliest.Layer, costliest.Head), choosing[costliest.Layer, costliest.Head], lost, flips,
                    Name(most.Layer, most.Head), carried[most.Layer, most.Head],
                ];
            });
    }

    /// <summary>For each head of some models the place that gets more than half of its weight from the last word, after 'who' adjectives and after 'what' ones.</summary>
    /// <param name="models">The models; their seeds are 1, 2, ….</param>
    public static Table RolesTable(IReadOnlyList<ItModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var heads = Heads(models[0]).ToList();
        return new Table(["seed", "sentence", .. heads.Select(at => Name(at.Layer, at.Head))])
        {
            Rows = [.. models.SelectMany((model, i) => new[] { true, false }.Select(who =>
            {
                var looks = LooksAt(model, ItModel.Judging, who: who);
                return (object?[])[i + 1, who ? "too tired" : "too wide", .. heads.Select(at => Mark(looks[at]))];
            }))],
        };

        static string Mark(double[] looks)
        {
            double adjective = looks[(int)ItPlace.Adjective] + looks[(int)ItPlace.AdjectiveAgain];
            return looks[(int)ItPlace.Who] > 0.5 ? "who" : looks[(int)ItPlace.What] > 0.5 ? "what" : adjective > 0.5 ? "adjective" : "";
        }
    }

    /// <summary>How many pairs are still right both ways as heads are taken away, the cheapest first.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Of the pairs for judging, after 0, 1, … heads.</returns>
    public static IReadOnlyList<int> Pruned(ItModel model)
    {
        double[,] choosing = LeadLostWithout(MeanAblate.ReferenceSolution, model, ItModel.Choosing);
        var order = Heads(model).OrderBy(at => choosing[at.Layer, at.Head]).ToList();
        return [.. Enumerable.Range(0, order.Count + 1).Select(gone => WithoutHeads(MeanAblate.ReferenceSolution, model, ItModel.Judging, order[..gone]).Flips)];
    }

    /// <summary><see cref="Pruned"/> of some models.</summary>
    /// <param name="models">The models; their seeds are 1, 2, ….</param>
    public static LineChart PruningFigure(IReadOnlyList<ItModel> models) => new()
    {
        Title = "Pairs still right both ways, of 15, as heads go",
        X = Axis.Linear("heads taken away, of 8"), Y = Axis.Linear("pairs", min: 0, max: 16),
        Series = [.. models.Select((model, i) => new Series($"seed {i + 1}", Pruned(model).Select(right => (double)right)))],
    };
}
