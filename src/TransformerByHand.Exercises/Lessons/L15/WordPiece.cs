namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>The pieces of a word, in order; <c>[UNK]</c> alone where it cannot be cut.</summary>
    public delegate string[] WordPieceFunction(string word, string[] vocabulary);

    private static readonly string[] SmallVocabulary =
        ["[UNK]", "token", "to", "un", "##believ", "##believable", "##able", "##is", "##ise", "##er", "##iser", "##s", "able", "abc", "ab", "##cd", "##c", "a", "##a", "##ken", "ser", "##b"];

    /// <summary>15.1: the pieces of a word.</summary>
    public static FunctionExercise<WordPieceFunction> WordPiece { get; } = new(
        id: "15.1",
        title: "A word in pieces",
        statement: "Cut the word, from its beginning: the longest piece that is in the vocabulary, then the longest of the rest, and so on. A piece that does not begin the word stands in the vocabulary, and in the answer, with `##` in front. Where some rest has no piece, the answer is `[UNK]` alone.",
        solution: (word, vocabulary) =>
        {
            var pieces = new List<string>();
            for (int start = 0; start < word.Length;)
            {
                string prefix = start == 0 ? "" : "##";
                int end = word.Length;
                while (end > start && !vocabulary.Contains(prefix + word[start..end])) end--;
                if (end == start) return ["[UNK]"];
                pieces.Add(prefix + word[start..end]);
                start = end;
            }
            return [.. pieces];
        },
        cases:
        [
            ["tokenisers", SmallVocabulary],
            ["unbelievable", SmallVocabulary],
            ["able", SmallVocabulary],
            ["abcd", SmallVocabulary],              // abc leaves d, which has no piece, although ab and ##cd would do
            ["abca", SmallVocabulary],
            ["a", SmallVocabulary],
            ["s", SmallVocabulary],                 // only ##s is there
            ["unzip", SmallVocabulary],
            ["zun", SmallVocabulary],
            ["aab", SmallVocabulary],
            ["serable", SmallVocabulary],
            ["unser", SmallVocabulary],             // ser may not follow, ##s and ##er may
            ["abcd", new[] { "[UNK]", "a", "##bcd", "ab", "##cd" }],
            ["tokens", (string[])[.. SmallVocabulary.Reverse()]],
        ],
        randomCase: random =>
        {
            string Letters(int least, int most) => string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => (char)('a' + random.Next(3))));
            string[] vocabulary = [.. Enumerable.Range(0, 14).Select(k => (k % 2 == 0 ? "" : "##") + Letters(1, 4)).Concat(["a", "##b", "##c", "[UNK]"]).Distinct()];
            return [Letters(4, 9), vocabulary];
        },
        derived: DerivedCases.None,
        hints:
        [
            "Keep the place where the next piece begins. Try the whole rest first; while it is not in the vocabulary, leave off its last letter.",
            "`word[start..end]` is the part from `start` up to, but without, `end`. Put `##` in front of it when `start` is not 0, both to look it up and to keep it.",
            "If nothing is left to leave off, no piece fits: `return [\"[UNK]\"];`, whatever has been found before.",
        ],
        mistakes:
        [
            new("the shortest piece first", "The shortest piece that fits was taken. The longest one is: begin with the whole rest and leave off letters from its end.",
                (word, vocabulary) => Greedy(word, vocabulary, longest: false)),
            new("no ## when looking up", "The rest of the word was looked up without `##`. A piece that does not begin the word stands in the vocabulary with it.",
                (word, vocabulary) => Greedy(word, vocabulary, look: (_, piece) => piece, keep: (_, piece) => piece))
                { Variants = [(word, vocabulary) => Greedy(word, vocabulary, look: (_, piece) => piece)] },
            new("## lost", "The pieces are the right ones, but those that do not begin the word have lost their `##`.",
                (word, vocabulary) => Greedy(word, vocabulary, keep: (_, piece) => piece)),
            new("## at the beginning too", "The first piece was looked up with `##` in front. It begins the word, so it has none.",
                (word, vocabulary) => Greedy(word, vocabulary, look: (_, piece) => "##" + piece, keep: (_, piece) => "##" + piece)),
            new("the rest unknown, the beginning kept", "Where some rest has no piece, the pieces before it were kept. The whole word is then `[UNK]`, and nothing else.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (pieces, _) => ([.. pieces, "[UNK]"], 0))),
            new("what was found, and no more", "Where some rest has no piece, the answer ends there, as if the rest were not. The whole word is then `[UNK]`.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (pieces, _) => ([.. pieces], 0))),
            new("nothing at all", "Where a word cannot be cut, nothing was returned. The model should learn that there was a word: `[UNK]`.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (_, _) => ([], 0))),
            new("a letter skipped", "A letter that no piece begins with was skipped, and the cutting went on. The whole word is then `[UNK]`.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (pieces, _) => ([.. pieces], 1)))
                { Variants = [(word, vocabulary) => Greedy(word, vocabulary, onFailure: (pieces, _) => ([.. pieces, "[UNK]"], 1))] },
            new("a way found back", "Where the longest pieces lead to a dead end, shorter ones were tried. WordPiece does not go back: it is greedy, and the word is then `[UNK]`.",
                (word, vocabulary) => Backtrack(word, 0, vocabulary) ?? ["[UNK]"]),
            new("the first in the list", "The first piece of the vocabulary that fits was taken. The longest one is, wherever it stands in the list.",
                (word, vocabulary) => Greedy(word, vocabulary, first: true)),
            new("from the end", "The cutting began at the word's end: the longest piece that ends it first. It begins at the beginning.",
                FromTheEnd),
            new("whole words only", "Only words that are in the vocabulary as they are came through. The others can be cut into pieces.",
                (word, vocabulary) => vocabulary.Contains(word) ? [word] : ["[UNK]"]),
            new("up to the first gap", "The piece was made longer letter by letter, and the first length that is not in the vocabulary ended it. A longer piece may still be there: begin with the whole rest and leave off letters.",
                (word, vocabulary) => Greedy(word, vocabulary, upToGap: true)),
            new("the word itself where it cannot be cut", "Where a word cannot be cut, the word itself was returned. The model has no row for it: the answer is `[UNK]`.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (_, _) => ([word], 0))),
            new("no brackets", "What stands for an unknown word is `[UNK]`, with its brackets: so it stands in the vocabulary.",
                (word, vocabulary) => Greedy(word, vocabulary, onFailure: (_, _) => (["UNK"], 0))),
            new("the first piece alone", "The cutting ended after the first piece. The rest of the word is cut in the same way.",
                (word, vocabulary) => Enumerable.Range(1, word.Length).Select(length => word[..length]).LastOrDefault(vocabulary.Contains) is { } piece ? [piece] : ["[UNK]"]),
            new("always unknown", "Every word comes out as `[UNK]`. Is a piece tried that reaches the word's last letter (`word[start..end]` leaves out the letter at `end`, so `end` may be `word.Length`), and is `[UNK]` returned only where no piece fits?",
                (word, vocabulary) => Greedy(word, vocabulary, shorter: 1)),
        ]);

    /// <summary>WordPiece with what people change in it.</summary>
    private static string[] Greedy(
        string word, string[] vocabulary, bool longest = true, bool first = false, bool upToGap = false, int shorter = 0, Func<int, string, string>? look = null, Func<int, string, string>? keep = null,
        Func<List<string>, string, (string[] Pieces, int Skip)>? onFailure = null)
    {
        static string Right(int start, string piece) => (start == 0 ? "" : "##") + piece;
        (look, keep) = (look ?? Right, keep ?? Right);
        var pieces = new List<string>();
        for (int start = 0; start < word.Length;)
        {
            int most = word.Length - start - shorter;
            int[] lengths = [.. Enumerable.Range(1, Math.Max(0, most)).Where(length => vocabulary.Contains(look(start, word.Substring(start, length))))];
            if (upToGap) lengths = [.. lengths.TakeWhile((length, i) => length == i + 1)];
            if (lengths.Length == 0)
            {
                if (onFailure is null) return ["[UNK]"];
                var (found, skip) = onFailure(pieces, word[start..]);
                if (skip == 0) return found;
                (pieces, start) = ([.. found], start + skip);
                continue;
            }
            int chosen = first ? lengths.MinBy(length => Array.IndexOf(vocabulary, look(start, word.Substring(start, length)))) : longest ? lengths[^1] : lengths[0];
            pieces.Add(keep(start, word.Substring(start, chosen)));
            start += chosen;
        }
        return [.. pieces];
    }

    private static string[]? Backtrack(string word, int start, string[] vocabulary)
    {
        if (start == word.Length) return [];
        for (int end = word.Length; end > start; end--)
        {
            string piece = (start == 0 ? "" : "##") + word[start..end];
            if (vocabulary.Contains(piece) && Backtrack(word, end, vocabulary) is { } rest) return [piece, .. rest];
        }
        return null;
    }

    private static string[] FromTheEnd(string word, string[] vocabulary)
    {
        var pieces = new List<string>();
        for (int end = word.Length; end > 0;)
        {
            int start = 0;
            while (start < end && !vocabulary.Contains((start == 0 ? "" : "##") + word[start..end])) start++;
            if (start == end) return ["[UNK]"];
            pieces.Insert(0, (start == 0 ? "" : "##") + word[start..end]);
            end = start;
        }
        return [.. pieces];
    }
}
