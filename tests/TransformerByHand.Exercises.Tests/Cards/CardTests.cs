using System.Net;
using System.Text.RegularExpressions;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises.Tests;

public partial class CardTests
{
    public static TheoryData<string> Cards => [.. Shown.Keys];

    private static readonly Dictionary<string, Func<IShown>> Shown = new()
    {
        ["passed"] = () => Samples.Doubled.Check(Samples.Doubled.ReferenceSolution),
        ["not attempted"] = () => Samples.Doubled.Check(_ => throw new NotImplementedException()),
        ["wrong"] = () => Samples.Doubled.Check(x => [.. x.Select(value => value * value)]),
        ["crashed"] = () => Samples.Doubled.Check(_ => throw new InvalidOperationException("a < b & c > d")),
        ["timed out"] = () => Samples.Hasty.Check(_ => { Thread.Sleep(Timeout.Infinite); return 0; }),
        ["wrong test"] = () => Samples.EvenIsRight.Check(_ => true),
        ["statement"] = () => Lesson00.Multiply,
        ["solution"] = () => Samples.Gradients.Solution(),
        ["prediction"] = () => Predictions.Predict("95.1", null),
        ["reveal"] = () => Predictions.Reveal("95.2", "<b>"),
    };

    [Theory, MemberData(nameof(Cards))]
    public void The_html_and_the_text_say_the_same(string card)
    {
        IShown shown = Shown[card]();
        string html = WebUtility.HtmlDecode(Tag().Replace(shown.ToHtml(), " "));

        Words(html).ShouldBe(Words(shown.ToText()));

        static string Words(string text) => string.Join(' ', Word().Matches(text).Select(match => match.Value));
    }

    [Theory, MemberData(nameof(Cards))]
    public void Every_element_with_text_sets_its_own_colour(string card)
    {
        foreach (Match element in Regex.Matches(Shown[card]().ToHtml(), "<(p|pre|li|ul|strong|span|code|div)\\b[^>]*>"))
            element.Value.ShouldMatch("[\";]color:#");
    }

    [Theory]
    [InlineData("passed", "Passed"), InlineData("not attempted", "Not attempted"), InlineData("wrong", "Wrong"), InlineData("crashed", "Crashed"), InlineData("timed out", "Timed out")]
    public void The_outcome_is_said_in_words(string card, string headline)
    {
        Shown[card]().ToHtml().ShouldContain($">{headline}</strong>");
        Shown[card]().ToText().ShouldStartWith(headline + ": ");
    }

    [Fact]
    public void What_an_answer_says_cannot_become_markup()
    {
        Shown["crashed"]().ToHtml().ShouldContain("a &lt; b &amp; c &gt; d");
        Shown["reveal"]().ToHtml().ShouldNotContain("<b>");
    }

    [Fact]
    public void The_formatter_attribute_reaches_derived_cards_and_exercises()
    {
        foreach (Type type in new[] { typeof(Card), typeof(CheckResult), Lesson00.Mean.GetType(), Lesson00.ShareIsRight.GetType() })
            type.GetCustomAttributes(typeof(TypeFormatterSourceAttribute), inherit: true).ShouldNotBeEmpty(type.Name);
    }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
