using System.Text;

namespace TransformerByHand.Text.Corpora;

/// <summary>Short tales: somebody wants something, goes somewhere, meets somebody, and comes home.</summary>
/// <remarks>
/// Within a tale the hero keeps name, pronoun and wish, so a model that reads further than a few letters is rewarded: the
/// name at the end is the name at the beginning.
/// </remarks>
internal static class TaleGenerator
{
    private static readonly (string Name, string He, string His, string Him)[] Heroes =
    [
        ("Anna", "she", "her", "her"), ("Karl", "he", "his", "him"), ("Mila", "she", "her", "her"), ("Otto", "he", "his", "him"),
        ("Greta", "she", "her", "her"), ("Jonas", "he", "his", "him"), ("Vera", "she", "her", "her"), ("Paul", "he", "his", "him"),
        ("Ida", "she", "her", "her"), ("Felix", "he", "his", "him"), ("Zoe", "she", "her", "her"), ("Quint", "he", "his", "him"),
    ];

    private static readonly string[] Trades = ["baker", "miller", "fisher", "weaver", "shepherd", "smith", "gardener", "sailor", "clockmaker", "beekeeper"];
    private static readonly string[] Homes = ["at the edge of the wood", "by the river", "on a hill", "in a small town", "near the harbour", "under the mountain"];
    private static readonly string[] Places = ["the market", "the old mill", "the forest", "the castle", "the lake", "the far village", "the tower", "the valley"];
    private static readonly string[] Objects = ["a silver key", "a warm coat", "a loaf of bread", "a blue lantern", "a wooden flute", "a jar of honey", "a new axe", "a small clock", "a map of the sea", "a white goose"];
    private static readonly string[] Others = ["an old fox", "a tired knight", "a quiet owl", "a young queen", "a lost child", "a grey wolf", "a merry piper", "a thin cat"];
    private static readonly string[] Weathers = ["It rained all day", "The sun was hot", "Snow lay on the road", "The wind blew from the north", "There was fog over the fields", "The night was clear"];
    private static readonly string[] Days = ["On Monday", "One morning", "In the autumn", "After the harvest", "Before sunrise", "One evening", "In the first week of May"];
    private static readonly string[] Manners = ["slowly", "gladly", "without a word", "with a smile", "in a low voice", "very politely"];
    private static readonly string[] Looks = ["for a long time", "with a smile", "without a word", "with great care", "and nodded"];
    private static readonly string[] Endings = ["and slept until noon", "and told nobody", "and laughed for a long time", "and shut the door", "and lit the fire", "and was never hungry again"];
    private static readonly string[] Refusals = ["and said so", "and wanted one as well", "to give away", "and went off"];
    private static readonly string[] Numbers = ["two", "three", "four", "five", "six", "seven", "nine", "twelve"];

    public static string Generate(int seed, int length)
    {
        var random = SeededRandom.Create(seed);
        var text = new StringBuilder();
        while (text.Length < length) text.Append(Tale(random)).Append("\n\n");
        return text.ToString();
    }

    private static string Tale(Random random)
    {
        var hero = Pick(Heroes);
        string trade = Pick(Trades), place = Pick(Places), wish = Pick(Objects), other = Pick(Others), number = Pick(Numbers);
        string bareWish = wish[(wish.IndexOf(' ') + 1)..], bareOther = other[(other.IndexOf(' ') + 1)..];
        string article = "aeiou".Contains(trade[0], StringComparison.Ordinal) ? "an" : "a";
        List<string> sentences =
        [
            $"{hero.Name} was {article} {trade} and lived {Pick(Homes)}.",
            $"{Pick(Days)} {hero.He} wanted {wish}, so {hero.He} went to {place}.",
            $"{Pick(Weathers)}, and the way took {number} hours.",
        ];
        if (random.Next(2) == 0) sentences.Add($"{Capital(hero.He)} counted {hero.His} coins: there were {number} of them.");
        sentences.Add($"There {hero.He} met {other}.");
        sentences.Add(random.Next(3) switch
        {
            0 => $"\"What do you want, {hero.Name}?\" asked the {bareOther} {Pick(Manners)}.",
            1 => $"\"Good day, {trade},\" said the {bareOther} {Pick(Manners)}.",
            _ => $"The {bareOther} looked at {hero.Him} {Pick(Looks)}.",
        });
        sentences.Add(random.Next(2) == 0
            ? $"\"I want {wish},\" said {hero.Name}; \"will you give it to me?\""
            : $"\"{Capital(wish)} is all I need,\" {hero.He} answered {Pick(Manners)}.");
        bool given = random.Next(3) > 0;
        sentences.Add(given
            ? $"The {bareOther} gave {hero.Him} the {bareWish} for {number} coins."
            : $"But the {bareOther} had no {bareWish} {Pick(Refusals)}.");
        sentences.Add(given
            ? $"So {hero.Name} the {trade} carried the {bareWish} home {Pick(Endings)}."
            : $"So {hero.Name} the {trade} went home from {place} without the {bareWish}.");
        return string.Join(' ', sentences);

        T Pick<T>(T[] from) => Corpus.Pick(random, from);
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
