namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>The pair that stands together most often, and the words with that pair joined to the token <paramref name="id"/>.</summary>
    public delegate ((int left, int right) pair, int[][] words) JoinMostFrequentFunction(int[][] words, int id);

    /// <summary>11.1: one joining of byte pair encoding.</summary>
    public static FunctionExercise<JoinMostFrequentFunction> JoinMostFrequent { get; } = new(
        id: "11.1",
        title: "Join the most frequent pair",
        statement: "Find the pair of neighbouring tokens that occurs most often within words, and put the token `id` in the place of each occurrence. Of pairs that occur equally often take the one with the smaller left token, then the smaller right one. Return the pair and the new words. At least one word has two tokens.",
        solution: (words, id) =>
        {
            var counts = new Dictionary<(int left, int right), int>();
            foreach (int[] word in words)
                for (int i = 0; i + 1 < word.Length; i++)
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
            (int left, int right) pair = counts.Keys.MinBy(key => (-counts[key], key.left, key.right));

            var joined = new int[words.Length][];
            for (int k = 0; k < words.Length; k++)
            {
                var tokens = new List<int>();
                for (int i = 0; i < words[k].Length; i++)
                {
                    bool found = i + 1 < words[k].Length && (words[k][i], words[k][i + 1]) == pair;
                    tokens.Add(found ? id : words[k][i]);
                    if (found) i++;                     // both are used up
                }
                joined[k] = [.. tokens];
            }
            return (pair, joined);
        },
        cases:
        [
            [new[] { [1, 2, 1, 2, 3], new[] { 3, 1, 2 }, [2], [2, 3, 3] }, 9],
            [new[] { new[] { 7, 7, 7, 7, 7 }, [3, 7], [7, 7, 7] }, 8],
            [new[] { new[] { 4, 5 } }, 6],
            [new[] { new[] { 1, 1, 1 }, [2, 3], [2, 3] }, 4],
            [new[] { new[] { 5, 2 }, [2, 5], [5, 2, 8], [2, 5, 8], [0] }, 9],
            [new[] { new[] { 3, 4, 3, 4, 3, 4 }, [1, 2], [1, 2], [2, 1] }, 5],
            [new[] { new[] { 6 }, [1, 6], [6, 1], [1, 6], [1, 6, 1, 6] }, 7],
            [new[] { new[] { 3, 8, 0 }, [2, 9], [2, 4], [7, 1] }, 10],
        ],
        randomCase: random =>
        {
            int[][] words = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next(3)).ToArray())];
            return [words.Append([random.Next(3), random.Next(3)]).ToArray(), 3 + random.Next(4)];
        },
        hints:
        [
            "Two parts. First count: a Dictionary from a pair to how often it occurs, filled by a loop over the words and over the places but the last.",
            "The pair with the largest count, ties as stated: `counts.Keys.MinBy(key => (-counts[key], key.left, key.right))`.",
            "Then join. Go through a word from the left into a new list: where the pair begins, add `id` and skip the next token as well; else add the token.",
        ],
        mistakes:
        [
            new("the second half stays", "Where a pair was joined, its second token was looked at again. It is used up: go on behind it. In 7 7 7 the pair is joined once, and one 7 is left.",
                (words, id) => Most(Counted(words)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id, skips: false))) : default),
            new("pairs across words", "Pairs were counted across the ends of words. A word's last token and the next one's first are no pair.",
                (words, id) => Most(Counted([[.. words.SelectMany(word => word)]])) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("the rarest pair", "This is the pair that occurs least often. The most frequent one saves the most tokens.",
                (words, id) => Counted(words) is var counts && counts.Keys.MinBy(key => (counts[key], key)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("ties by who came first", "Of pairs that occur equally often, the one met first was taken. The statement wants the smaller left token, then the smaller right one, so that the order of the words does not matter.",
                (words, id) => Counted(words) is var counts && counts.Keys.MaxBy(key => counts[key]) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("ties by the larger token", "Of pairs that occur equally often, the one with the larger tokens was taken. The statement wants the smaller left token, then the smaller right one.",
                (words, id) => Counted(words) is var counts && counts.Keys.MaxBy(key => (counts[key], key)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("ties by the left token alone", "Of pairs that occur equally often, the left tokens were compared and no more. Where they are equal too, take the smaller right one.",
                (words, id) => Counted(words) is var counts && counts.Keys.MinBy(key => (-counts[key], key.left)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("ties by the right token", "Of pairs that occur equally often, the one with the smaller right token was taken. The left one is compared first.",
                (words, id) => Counted(words) is var counts && counts.Keys.MinBy(key => (-counts[key], key.right, key.left)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("only the first of each word", "In each word only the first occurrence was joined. All of them are.",
                (words, id) => Most(Counted(words)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id, most: 1))) : default),
            new("from the right", "Words were joined from their end. Begin at the left: 7 7 7 becomes the new token and a 7, not the other way round.",
                (words, id) => Most(Counted(words)) is var pair ? (pair, Replaced(words, word => [.. Joined([.. word.Reverse()], (pair.right, pair.left), id).Reverse()])) : default),
            new("left and right alike", "The pairs (a, b) and (b, a) were counted as one. They are two different pairs of neighbours.",
                (words, id) =>
                {
                    var counts = Counted(words);
                    (int left, int right) pair = counts.Keys.MinBy(key => (-counts[key] - (key.left == key.right ? 0 : counts.GetValueOrDefault((key.right, key.left))), key));
                    return (pair, Replaced(words, word => Joined(word, pair, id)));
                }),
            new("once a word", "A pair that occurs twice in a word was counted once. Every occurrence counts.",
                (words, id) => Most(Counted(words, onceAWord: true)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("counted without overlap", "In 7 7 7 the pair was counted once. The first and the second 7 are neighbours, and so are the second and the third: two pairs.",
                (words, id) => Most(Counted(words, overlap: false)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id))) : default),
            new("the last token lost", "A word's last token is lost where it is not part of a pair. The loop that joins must reach it, and look at a right neighbour only where there is one.",
                (words, id) => Most(Counted(words)) is var pair ? (pair, Replaced(words, word => Joined(word, pair, id, last: false))) : default),
            new("nothing joined", "The words came back as they were. Put `id` in the place of each occurrence.",
                (words, id) => (Most(Counted(words)), [.. words.Select(word => (int[])word.Clone())])),
        ]);

    private static Dictionary<(int left, int right), int> Counted(int[][] words, bool onceAWord = false, bool overlap = true)
    {
        var counts = new Dictionary<(int left, int right), int>();
        foreach (int[] word in words)
        {
            var seen = new HashSet<(int, int)>();
            for (int i = 0; i + 1 < word.Length; i++)
            {
                (int left, int right) pair = (word[i], word[i + 1]);
                if (seen.Add(pair) || !onceAWord) counts[pair] = counts.GetValueOrDefault(pair) + 1;
                if (!overlap && pair.left == pair.right && i + 2 < word.Length && word[i + 2] == pair.left) i++;
            }
        }
        return counts;
    }

    private static (int left, int right) Most(Dictionary<(int left, int right), int> counts) => counts.Keys.MinBy(key => (-counts[key], key));

    private static int[][] Replaced(int[][] words, Func<int[], int[]> each) => [.. words.Select(each)];

    private static int[] Joined(int[] word, (int left, int right) pair, int id, bool skips = true, int most = int.MaxValue, bool last = true)
    {
        List<int> tokens = [];
        int end = last ? word.Length : word.Length - 1;
        for (int i = 0; i < end; i++)
        {
            bool found = most > 0 && i + 1 < word.Length && (word[i], word[i + 1]) == pair;
            tokens.Add(found ? id : word[i]);
            if (!found) continue;
            most--;
            if (skips) i++;
        }
        return [.. tokens];
    }
}
