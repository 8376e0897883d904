using System.Globalization;

namespace TransformerByHand.Exercises.Tests;

public class CultureTests
{
    [Fact]
    public void Under_a_German_culture_every_card_reads_the_same()
    {
        Under("de-DE").ShouldBe(Under(""));
    }

    private static string Under(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            Predictions.Predict("94.1", 0.125);
            return string.Join("\n\n",
                Lesson00.Mean.Check(x => x.Sum()),
                Lesson00.Multiply.Check((x, W) => [.. x.Select(value => value / 3)]),
                Lesson00.ShareIsRight.Check(_ => true),
                Samples.Doubled.Check(x => [.. x.Select(value => 2 * value + 1.5e-7)]),
                Samples.Hasty.Check(_ => { Thread.Sleep(Timeout.Infinite); return 0; }),
                Samples.Product.Check((A, B) => 1.5 * A * B),
                Predictions.Reveal("94.1", 0.1),
                Lesson00.Multiply.Solution());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
