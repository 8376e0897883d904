using TransformerByHand.Text;

namespace TransformerByHand.Tests.Text;

public class WordPieceTests
{
    private readonly WordPieceTokeniser tokeniser = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##believ", "##able", "##bel", "cafe", ",", "'", "s", "ab", "abc", "##cd", "漢", "a", "##b", "🙂", "\u1100", "##\u1161"]);

    [Theory]
    [InlineData("unbelievable", "un ##believ ##able")]
    [InlineData("Café, café's", "cafe , cafe ' s")]
    [InlineData("UN un", "un un")]
    [InlineData("abcd", "[UNK]")]                       // abc leaves d: greedy, although ab ##cd would do
    [InlineData("a漢b", "a 漢 [UNK]")]                   // a Chinese character is a word, and b begins one
    [InlineData("zun un", "[UNK] un")]
    [InlineData("a\u200Bb", "ab")]                      // what nobody sees does not separate
    [InlineData("a\u00A0ab\t\r\n,\u2028a\u3000a", "a ab , a a")]
    [InlineData("\uD800a\uFFFD\0\uFFFE\uFFFF", "a")]
    [InlineData("🙂a", "[UNK]")]
    [InlineData("\uAC00", "\u1100 ##\u1161")]         // a Korean syllable is taken apart, as its accents would be
    [InlineData("  ", "")]
    public void Words_are_cut_into_the_longest_pieces_from_the_left(string text, string pieces) =>
        string.Join(' ', tokeniser.Encode(text).Select(id => tokeniser.Vocabulary[id])).ShouldBe(pieces);

    [Fact]
    public void A_word_of_more_than_a_hundred_characters_is_unknown()
    {
        var letters = new WordPieceTokeniser(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "x", "##x"]);

        letters.Encode(new string('x', 100)).Length.ShouldBe(100);
        letters.Encode(new string('x', 101)).ShouldBe([letters.Unknown]);
    }

    [Fact]
    public void Decoding_joins_the_pieces_and_leaves_out_what_stands_around_them() =>
        tokeniser.Decode([tokeniser.Begin, .. tokeniser.Encode("unbelievable cafe"), tokeniser.End, tokeniser.Padding]).ShouldBe("unbelievable cafe");

    [Fact]
    public void A_vocabulary_without_the_special_pieces_is_refused_by_name() =>
        Should.Throw<ArgumentException>(() => new WordPieceTokeniser(["[PAD]", "[UNK]", "[SEP]", "a"])).Message.ShouldContain("[CLS]");
}
