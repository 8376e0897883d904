using TransformerByHand.Course.Pages;

namespace TransformerByHand.Course.Tests.Pages;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain <text> & more\nsecond", "plain &lt;text&gt; &amp; more\nsecond")]
    [InlineData("step 1\rstep 2\rstep 3\n", "step 3\n")]
    [InlineData("loss 10.25\rloss 9.5", "loss 9.525")]
    [InlineData("loss 10.25\r\e[Kloss 9.5", "loss 9.5")]
    [InlineData("loss 10.25\e[2K\rdone", "done")]
    [InlineData("Windows\r\nbreaks\r\n", "Windows\nbreaks\n")]
    [InlineData("50 %\b\b\b\b75 %", "75 %")]
    [InlineData("𝐗 is\r𝐘", "&#119832; is")]
    [InlineData("a\tb\ac", "a\tbc")]
    [InlineData("", "")]
    public void A_line_that_is_drawn_over_shows_what_was_drawn_last(string text, string html) => TerminalText.ToHtml(text).ShouldBe(html);

    [Theory]
    [InlineData("\e[31mred\e[0m plain", "<span style=\"color:var(--ansi-1)\">red</span> plain")]
    [InlineData("\e[1;92mgood\e[m", "<span style=\"color:var(--ansi-10);font-weight:bold\">good</span>")]
    [InlineData("\e[3;4mboth\e[23m under\e[24m", "<span style=\"font-style:italic;text-decoration:underline\">both</span><span style=\"text-decoration:underline\"> under</span>")]
    [InlineData("\e[38;5;196mx\e[39my", "<span style=\"color:#ff0000\">x</span>y")]
    [InlineData("\e[38;5;244mx", "<span style=\"color:#808080\">x</span>")]
    [InlineData("\e[38;2;1;2;255mx", "<span style=\"color:#0102ff\">x</span>")]
    [InlineData("\e[41mx", "<span style=\"color:var(--paper);background:var(--ansi-1)\">x</span>")]
    [InlineData("\e[7mx", "<span style=\"color:var(--paper);background:var(--ink)\">x</span>")]
    [InlineData("\e[31m\e[1m\e[22;39mx", "x")]
    public void Colours_and_faces_are_shown(string text, string html) => TerminalText.ToHtml(text).ShouldBe(html);

    [Theory]
    [InlineData("\e[2J\e[10;5Hx\e[?25l", "x")]
    [InlineData("\e]8;;https://example.org\alink\e]8;;\a", "link")]
    [InlineData("\e]0;title\e\\x", "x")]
    [InlineData("x\e[", "x")]
    [InlineData("x\e", "x")]
    [InlineData("\e[38;5mx", "x")]
    [InlineData("\e[38;2;300;0;0mx", "x")]
    public void Other_sequences_and_broken_ones_leave_no_trace(string text, string html) => TerminalText.ToHtml(text).ShouldBe(html);

    [Fact]
    public void A_colour_stays_over_line_breaks_and_is_lost_where_it_is_drawn_over() =>
        TerminalText.ToHtml("\e[32ma\nb\e[0m\rc").ShouldBe("<span style=\"color:var(--ansi-2)\">a</span>\nc");
}
