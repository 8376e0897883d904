using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Text;

namespace TransformerByHand.Tests.Text;

public class TokeniserTests
{
    private const string Sample = "the cat sat on the mat. the cat saw the dog, and the dog saw the cat.";

    [Fact]
    public void A_character_tokeniser_gives_back_what_it_took()
    {
        var tokeniser = new CharacterTokeniser(Sample);
        tokeniser.Vocabulary.Count.ShouldBe(Sample.Distinct().Count());
        tokeniser.Decode(tokeniser.Encode("the dog sat")).ShouldBe("the dog sat");
        Should.Throw<ArgumentException>(() => tokeniser.Encode("Zebra")).Message.ShouldContain("'Z'");
    }

    [Fact]
    public void A_word_tokeniser_numbers_frequent_words_first_and_knows_what_it_does_not_know()
    {
        var tokeniser = new WordTokeniser(Sample);
        tokeniser.Vocabulary[5].ShouldBe("the");
        tokeniser.Decode(tokeniser.Encode("The dog sat, and the cat saw.")).ShouldBe("the dog sat, and the cat saw.");
        tokeniser.Encode("the zebra")[1].ShouldBe(WordTokeniser.Unknown);
        tokeniser.Encode("<mask>").ShouldBe([WordTokeniser.Mask]);
        new WordTokeniser(Sample, leastOccurrences: 2).Encode("mat").ShouldBe([WordTokeniser.Unknown]);
    }

    [Fact]
    public void Byte_pairs_are_learned_most_frequent_first()
    {
        // In 'aaabdaaabac' without cuts: 'aa' stands four times, then 'aaa' twice as (aa, a), and so on.
        var tokeniser = BytePairTokeniser.Learn("aaabdaaabac", 259);
        tokeniser.Merges[0].ShouldBe(('a', 'a'));
        tokeniser.Encode("aaabdaaabac").Length.ShouldBeLessThan(8);
        tokeniser.Decode(tokeniser.Encode("aaabdaaabac")).ShouldBe("aaabdaaabac");
    }

    [Fact]
    public void No_byte_pair_reaches_from_one_word_into_the_next()
    {
        var tokeniser = BytePairTokeniser.Learn(string.Concat(Enumerable.Repeat("ab cd ", 50)), 300);
        tokeniser.Vocabulary.ShouldContain(" cd");
        tokeniser.Vocabulary.ShouldNotContain("b c");
        tokeniser.Vocabulary.ShouldNotContain("b ");
    }

    [Fact]
    public void Any_text_survives_byte_pairs()
    {
        var tokeniser = BytePairTokeniser.Learn(Sample, 280);
        var again = BytePairTokeniser.FromMerges(tokeniser.Merges);
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(s => s is not null && IsText(s)), text =>
            tokeniser.Decode(tokeniser.Encode(text)) == text && again.Encode(text).SequenceEqual(tokeniser.Encode(text)))
            .Check(Config.QuickThrowOnFailure.WithReplay(1, 3));

        // A lone half of a surrogate pair is no text, and has no UTF-8.
        static bool IsText(string s) => !s.Any(char.IsSurrogate);
    }

    [Fact]
    public void Byte_pairs_shorten_the_text_they_were_learned_from()
    {
        string text = string.Concat(Enumerable.Repeat(Sample + "\n", 20));
        int[] lengths = [.. new[] { 256, 270, 290 }.Select(size => BytePairTokeniser.Learn(text, size).Encode(text).Length)];
        lengths[0].ShouldBe(text.Length);
        lengths[1].ShouldBeLessThan(lengths[0]);
        lengths[2].ShouldBeLessThan(lengths[1]);
    }

    [Fact]
    public void A_vocabulary_refuses_a_token_twice() =>
        Should.Throw<ArgumentException>(() => new Vocabulary(["a", "b", "a"])).Message.ShouldContain("'a' occurs twice, at 0 and 2");
}
