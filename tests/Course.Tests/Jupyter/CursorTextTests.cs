using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class CursorTextTests
{
    [Fact]
    public void A_letter_outside_the_basic_plane_counts_once()
    {
        CursorText.ToIndex("\U0001d417x", 1).ShouldBe(2);
        CursorText.FromIndex("\U0001d417x", 2).ShouldBe(1);
    }

    [Fact]
    public void A_place_past_the_end_is_the_end() => CursorText.ToIndex("ab", 9).ShouldBe(2);

    [Fact]
    public void Counting_there_and_back_arrives_at_the_same_place()
    {
        Gen<string> letters = Gen.Elements("a", "é", "\U0001d417", "數", "\n", "\ud835");
        Prop.ForAll(letters.ListOf().Select(parts => string.Concat(parts)).ToArbitrary(), text =>
        {
            int characters = CursorText.FromIndex(text, text.Length);
            for (int i = 0; i <= characters; i++) CursorText.FromIndex(text, CursorText.ToIndex(text, i)).ShouldBe(i);
        }).QuickCheckThrowOnFailure();
    }
}
