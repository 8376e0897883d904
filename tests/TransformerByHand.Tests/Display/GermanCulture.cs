using System.Globalization;

namespace TransformerByHand.Tests.Display;

/// <summary>Runs code in a culture that writes 0,5 for a half.</summary>
internal static class GermanCulture
{
    public static T In<T>(Func<T> action)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            0.5.ToString(CultureInfo.CurrentCulture).ShouldBe("0,5"); // or the test would prove nothing
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
