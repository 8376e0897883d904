using System.Text;

namespace TransformerByHand.Text.Corpora;

/// <summary>Makes stories in which the right word is known.</summary>
/// <remarks>
/// Stories come in pairs that differ in one word and have different answers (tired or wide, one dog or many, river or money),
/// so that nothing but that word can tell the answer.
/// </remarks>
public static class StoryGenerator
{
    private static readonly (string Did, string[] Who, string[] What, string[] WhoWas, string[] WhatWas)[] Obstacles =
    [
        ("did not cross", ["animal", "dog", "child", "horse", "old man"], ["street", "river", "bridge", "field"], ["tired", "afraid", "lazy", "slow"], ["wide", "long", "busy", "wet"]),
        ("did not fit into", ["ball", "book", "cake", "coat", "drum"], ["box", "bag", "drawer", "cart"], ["big", "thick", "heavy", "round"], ["small", "narrow", "full", "weak"]),
        ("did not jump over", ["cat", "goat", "rider", "fox", "boy"], ["fence", "wall", "gate", "ditch"], ["old", "tired", "fat", "young"], ["high", "deep", "steep", "wide"]),
    ];

    private static readonly (string One, string Many)[] Nouns =
        [("dog", "dogs"), ("cat", "cats"), ("horse", "horses"), ("key", "keys"), ("tree", "trees"), ("boat", "boats"), ("teacher", "teachers"), ("bird", "birds")];

    private static readonly (string One, string Many)[] Others =
        [("house", "houses"), ("garden", "gardens"), ("river", "rivers"), ("tower", "towers"), ("door", "doors"), ("hill", "hills")];

    private static readonly string[] Between = ["near", "behind", "in front of", "next to"];
    private static readonly string[] States = ["quiet", "small", "old", "hungry", "grey", "lost"];
    private static readonly string[] People = ["anna", "karl", "mila", "otto", "greta", "jonas", "vera", "paul"];
    private static readonly string[] ByWater = ["rowed along the river", "fished in the stream", "swam across the water", "followed the wet path", "pulled the boat out of the river"];
    private static readonly string[] WithMoney = ["counted the coins", "carried the money", "earned a good wage", "signed the cheque", "wanted to open an account"];
    private static readonly string[] Then = ["and came to the bank.", "and went to the bank.", "and stopped at the bank."];

    /// <summary>Makes stories: as many pairs of each kind, in random order.</summary>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <param name="count">How many stories, at least 1.</param>
    public static IReadOnlyList<Story> Generate(int seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var random = SeededRandom.Create(seed);
        List<Story> stories = [];
        for (int i = 0; stories.Count < count; i++)
            stories.AddRange((i % 3) switch
            {
                0 => Agreement(random),
                1 => Coreference(random),
                _ => Bank(random),
            });
        for (int i = stories.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (stories[i], stories[j]) = (stories[j], stories[i]);
        }
        return stories[..count];
    }

    /// <summary>The lines of a file: kind, beginning, answer and end, separated by tabs.</summary>
    public static string ToFile(IEnumerable<Story> stories)
    {
        ArgumentNullException.ThrowIfNull(stories);
        var text = new StringBuilder();
        foreach (var story in stories)
            text.Append(story.Kind.ToString().ToLowerInvariant()).Append('\t').Append(story.Beginning).Append('\t').Append(story.Answer).Append('\t').Append(story.End).Append('\n');
        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToFile"/> wrote.</summary>
    /// <exception cref="FormatException">A line is not of that form.</exception>
    public static IReadOnlyList<Story> FromFile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) => line.Split('\t') is [var kind, var beginning, var answer, var end] && Enum.TryParse<StoryKind>(kind, ignoreCase: true, out var parsed)
            ? new Story(parsed, beginning, answer, end)
            : throw new FormatException($"Line {i + 1} should be kind, beginning, answer and end, separated by tabs; it is '{line}'."))];
    }

    private static Story[] Agreement(Random random)
    {
        var (noun, other) = (Corpus.Pick(random, Nouns), Corpus.Pick(random, Others));
        string between = Corpus.Pick(random, Between), state = Corpus.Pick(random, States);
        string distractor = random.Next(2) == 0 ? other.One : other.Many;
        return
        [
            new(StoryKind.Agreement, $"the {noun.One} {between} the {distractor}", "is", $" {state}."),
            new(StoryKind.Agreement, $"the {noun.Many} {between} the {distractor}", "are", $" {state}."),
        ];
    }

    private static Story[] Coreference(Random random)
    {
        var obstacle = Corpus.Pick(random, Obstacles);
        string who = Corpus.Pick(random, obstacle.Who), what = Corpus.Pick(random, obstacle.What);
        string whoWas = Corpus.Pick(random, obstacle.WhoWas), whatWas = Corpus.Pick(random, obstacle.WhatWas);
        // The last word of 'old man' is what is asked for.
        return [Make(whoWas, who), Make(whatWas, what)];

        Story Make(string was, string answer)
        {
            int blank = answer.LastIndexOf(' ') + 1;
            return new(StoryKind.Coreference,
                $"the {who} {obstacle.Did} the {what} because it was too {was}. what was too {was}? the {answer[..blank]}".TrimEnd(), answer[blank..], ".");
        }
    }

    private static Story[] Bank(Random random)
    {
        string person = Corpus.Pick(random, People), then = Corpus.Pick(random, Then);
        string water = Corpus.Pick(random, ByWater), money = Corpus.Pick(random, WithMoney);
        return
        [
            new(StoryKind.Bank, $"{person} {water} {then} there {person} sat down on the", "grass", "."),
            new(StoryKind.Bank, $"{person} {money} {then} there {person} sat down on the", "chair", "."),
        ];
    }
}
