using System.Collections;
using System.Net;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Makes every value's display end: a record that holds itself, a list in itself, a tree without a bottom.</summary>
/// <remarks>
/// The genuine formatters stop at a depth for objects, but print lists inside lists, and records, to the end: where there
/// is none they overflow the stack, which ends the process. Here each of them is asked only as far as the depth allows,
/// and for so many values in one display; the rest is given in short.
/// </remarks>
internal static class FormatLimits
{
    /// <summary>How many values one display may consist of, those in the lines above tables included.</summary>
    private const int MaxValues = 10_000;

    [ThreadStatic]
    private static int nesting;

    [ThreadStatic]
    private static int values;

    /// <summary>Sets the limits for the process.</summary>
    public static void Install()
    {
        // Beyond its own limit the genuine library asks no formatter at all. One level is kept for the short form.
        Formatter.RecursionLimit++;
        // Registers what the attribute names.
        Formatter.GetPreferredMimeTypesFor(typeof(Trigger));
    }

    [TypeFormatterSource(typeof(Source))]
    private sealed class Trigger;

    private sealed class Source : ITypeFormatterSource
    {
        /// <summary>The default formatters, limited, in an order in which the first is asked first once all lie on the stack.</summary>
        public IEnumerable<ITypeFormatter> CreateTypeFormatters() =>
            [.. Formatter.RegisteredFormatters().Where(IsLimited).Reverse().Select(formatter => new Limited(formatter))];

        private static bool IsLimited(ITypeFormatter formatter) =>
            formatter.MimeType is HtmlFormatter.MimeType or PlainTextFormatter.MimeType or PlainTextSummaryFormatter.MimeType;
    }

    /// <summary>A formatter within the limits.</summary>
    private sealed class Limited(ITypeFormatter inner) : ITypeFormatter
    {
        public string MimeType => inner.MimeType;

        public Type Type => inner.Type;

        public bool Format(object instance, FormatContext context)
        {
            if (nesting == 0) values = 0;
            if (context.Depth >= Formatter.RecursionLimit || ++values > MaxValues)
            {
                string text = ShortText.Of(instance, ref values, MaxValues);
                context.Writer.Write(MimeType == HtmlFormatter.MimeType ? WebUtility.HtmlEncode(text) : text);
                return true;
            }

            // The line above an object's table: the default one for lists, and for whatever has no other.
            if (MimeType == PlainTextSummaryFormatter.MimeType && (Type == typeof(IEnumerable) || Type == typeof(object)) && ShortText.Summary(instance, ref values, MaxValues) is { } summary)
            {
                context.Writer.Write(summary);
                return true;
            }

            nesting++;
            try
            {
                return inner.Format(instance, context);
            }
            finally
            {
                nesting--;
            }
        }
    }
}
