using System.Globalization;
using System.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    private static readonly string[] Odd =
    [
        "", " ", "\t\r\n", "a", "é", "naïve café", "Ångström", "ΑΒΓ Σίσυφος", "İstanbul ıslak", "ﬁne ligature", "日本語のテキスト", "漢字 and Latin", "한국어", "привет, мир", "مرحبا بالعالم",
        "हिन्दी में", "zero\u200Bwidth", "soft\u00ADhyphen", "non\u00A0breaking", "line\u2028separator", "\u0000null", "\uFFFDreplacement", "emoji 🙂 and 👩‍👩‍👧", "e\u0301 combined", "ﬀ ﬃ", "x² + y² ≤ π", "№ 5 ½ ⅔",
        "don't can't o'clock", "semi-detached", "a.b.c", "C#", "C++", "$100 €20 £3", "50%", "e-mail@example.org", "https://example.org/a?b=c&d=e", "[CLS] [SEP] [MASK] [UNK] [PAD]", "##able", "_under_score_",
        "1,234,567.89", "THE SHOUTING", "mIxEd CaSe", "…ellipsis", "“quoted”", "‘single’", "—dash–", "a\u0300\u0301\u0302", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𠀀𠀁", new string('a', 100), new string('a', 101), new string('z', 300), "ß ẞ", "Ǆ ǅ ǆ",
        "ſ", "Œuvre", "Łódź", "đ Đ", "ø Ø", "þ Þ", "ŉ", "ǰ", "ΐ", "ᾳ", "ﷺ", "㎏", "①②③", "Ⅷ", "ａｂｃ ＡＢＣ", "～", "、。", "\u3000ideographic space", "\u0085next line", "\u000Bvertical tab", "\u001Cfile separator", "\uFEFFmark", "\uE000private", "\u0378",
    ];

    /// <summary>
    /// Cuts normalised text as BERT's published code does: every sign of ASCII and every punctuation mark by itself, else at blanks. Left to itself the tokeniser that
    /// ours is compared with drops each character that is neither letter, digit nor punctuation: 'C++' becomes 'c'.
    /// </summary>
    public const string BertSplit = @"[!-/:-@\[-`{-~]|\p{P}|[^\s!-/:-@\[-`{-~\p{P}]+";

    /// <summary>
    /// Many lines to cut into pieces: odd ones, tales, stories, and made-up ones from all over Unicode; the same on every machine. Left out is what the tokeniser
    /// that ours is compared with treats otherwise than BERT's published code: it keeps characters that nobody sees, glues words together over a tab, puts together
    /// again what had been taken apart, such as Korean syllables, and knows no punctuation beyond the first 65,536 characters.
    /// </summary>
    /// <param name="count">How many.</param>
    public static IEnumerable<string> ManyLines(int count)
    {
        Random random = SeededRandom.Create(15);
        IEnumerable<string> own = Odd.Concat(Corpus.Tales.Generate().Split('\n')).Concat(Corpus.Stories.Generate().Split('\n').Take(3000).Select(line => line.Replace('\t', ' ')));
        return own.Concat(Enumerable.Range(0, 2 * count).Select(_ => MadeUp(random))).Where(line => line.EnumerateRunes().All(IsComparable) && StaysApart(line)).Take(count);
    }

    private static bool StaysApart(string line)
    {
        string apart = string.Concat(line.Normalize(NormalizationForm.FormD).EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark));
        return apart.Normalize(NormalizationForm.FormC) == apart;
    }

    private static bool IsComparable(Rune rune) => rune != Rune.ReplacementChar && !(rune.Value > 0xFFFF && Rune.IsPunctuation(rune))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Texts of different lengths to read: an empty one, two that are too long, unknown characters, and beginnings of tales.</summary>
    /// <param name="count">How many, at least 5.</param>
    public static IReadOnlyList<string> ManyTexts(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 5);
        Random random = SeededRandom.Create(16);
        string[] tales = [.. Corpus.Tales.Generate().Split('\n').Where(line => line.Length > 0)];
        return
        [
            "", "a", "🙂 漢字", string.Join(' ', Enumerable.Repeat("the cat sat on the mat and", 100)), string.Join(' ', tales.Take(30)),
            .. Enumerable.Range(0, count - 5).Select(i => i % 10 == 0 ? MadeUp(random) : string.Join(' ', tales[i % tales.Length].Split(' ').Take(i % 5 == 1 ? 25 + random.Next(30) : 3 + random.Next(14)))),
        ];
    }

    private static string MadeUp(Random random)
    {
        var text = new StringBuilder();
        for (int words = random.Next(1, 8); words > 0; words--)
        {
            // A block of 256 code points for a word, often the first ones: that is where most text comes from.
            int block = 256 * (random.Next(3) == 0 ? random.Next(0x2F0) : random.Next(0x22));
            for (int letters = random.Next(1, 9); letters > 0; letters--)
                if (Rune.TryCreate(block + random.Next(256), out Rune rune) && IsComparable(rune)) text.Append(rune.ToString());
            text.Append(' ');
        }
        return text.ToString();
    }
}
