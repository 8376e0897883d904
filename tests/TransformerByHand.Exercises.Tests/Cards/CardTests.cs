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

    public static TheoryData<string, string> CardsAndThemes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string card in Shown.Keys)
                foreach (var theme in Themes) data.Add(card, theme.Name);
            return data;
        }
    }

    private static readonly (string Name, string Ground, string Variables)[] Themes =
    [
        ("none", "#ffffff", ""),
        ("VS Code, Dark Modern", "#1f1f1f", "--vscode-editor-background:#1f1f1f;--vscode-editor-foreground:#cccccc"),
        ("VS Code, Light Modern", "#ffffff", "--vscode-editor-background:#ffffff;--vscode-editor-foreground:#3b3b3b"),
        ("VS Code, Dark High Contrast", "#000000", "--vscode-editor-background:#000000;--vscode-editor-foreground:#ffffff"),
        ("JupyterLab, dark", "#111111", "--jp-layout-color0:#111111;--jp-content-font-color1:#ffffff"),
        ("JupyterLab, light", "#ffffff", "--jp-layout-color0:#ffffff;--jp-content-font-color1:#212121"),
    ];

    [Theory, MemberData(nameof(CardsAndThemes))]
    public void Every_element_with_text_reads_in_the_clients_theme(string card, string theme)
    {
        (_, string ground, string variables) = Themes.Single(each => each.Name == theme);
        IReadOnlyList<StyledText> texts = StyledText.Of(Shown[card]().ToHtml(), variables);

        texts.ShouldNotBeEmpty();
        foreach (StyledText text in texts) Rgb.Contrast(text.Ink, text.Ground).ShouldBeGreaterThan(4.5, $"'{text.Text}' is {text.Ink.Hex} on {text.Ground.Hex}");
        texts.ShouldContain(text => text.Ground.Hex == ground);
    }

    public static TheoryData<string> ThemeNames => [.. Themes.Select(theme => theme.Name)];

    [Theory, MemberData(nameof(ThemeNames))]
    public void Tables_read_in_the_clients_theme_too(string theme)
    {
        (_, string ground, string variables) = Themes.Single(each => each.Name == theme);
        var shown = new IShown[]
        {
            new Table("claim", "measured") { Caption = "What was found" }.Row("N1", 0.5),
            new double[,] { { 1, -2 }, { 0.5, 0 } }.View("X"),
            new double[,] { { 1, -2 }, { 0.5, 0 } }.View("X", heat: true),
            Compare.Show("dX", 1.0, 1.0), Compare.Show("dX", 1.0, 2.0),
        };

        foreach (StyledText text in shown.SelectMany(each => StyledText.Of(each.ToHtml(), variables)))
            Rgb.Contrast(text.Ink, text.Ground).ShouldBeGreaterThan(4.5, $"'{text.Text}' is {text.Ink.Hex} on {text.Ground.Hex}");
        // Without a colour scale every cell is on the client's own ground.
        StyledText.Of(shown[1].ToHtml(), variables).ShouldAllBe(text => text.Ground.Hex == ground);
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
