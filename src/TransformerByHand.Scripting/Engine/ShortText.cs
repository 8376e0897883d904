using System.Collections;
using System.Text;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Values in one line, as the genuine formatters write them inside others, but with an end.</summary>
internal static class ShortText
{
    private const int MaxDepth = 6;
    private const int MaxItems = 1_000;
    private const int MaxSummary = 300;

    /// <summary>A value in one line.</summary>
    /// <param name="value">The value.</param>
    /// <param name="items">Counts the items written.</param>
    /// <param name="most">Where to leave off. One line alone has no more than a thousand.</param>
    public static string Of(object? value, ref int items, int most)
    {
        var text = new StringBuilder();
        Append(text, value, 0, ref items, Math.Min(most, items + MaxItems));
        return text.ToString();
    }

    /// <summary>A value in one line above its details; null where that line is an exception's, which the genuine formatter words.</summary>
    public static string? Summary(object? value, ref int items, int most)
    {
        if (value is IEnumerable and not string) return Of(value, ref items, most);
        try
        {
            string text = Of(value, ref items, most).Trim().Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            return text.Length > MaxSummary ? text[..MaxSummary] + "..." : text;
        }
        // Whatever a ToString of a cell throws.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, object? value, int depth, ref int items, int most)
    {
        switch (value)
        {
            case null:
                text.Append(Formatter.NullString);
                break;
            case string words:
                text.Append(words);
                break;
            case IEnumerable when depth == MaxDepth:
                text.Append("[ ... ]");
                break;
            case IEnumerable list:
                AppendList(text, list, depth, ref items, most);
                break;
            default:
                text.Append(ToText(value));
                break;
        }
    }

    private static void AppendList(StringBuilder text, IEnumerable list, int depth, ref int items, int most)
    {
        Type? element = ElementType(list);
        int limit = Limit(element);
        int written = 0;
        text.Append("[ ");
        foreach (object? item in list)
        {
            if (items >= most)
            {
                text.Append(" ... (more)");
                break;
            }

            if (written > 0) text.Append(", ");
            items++;
            written++;
            Append(text, item, depth + 1, ref items, most);
            if (written < limit) continue;
            int? left = Count(list, element) - written;
            if (left is null) text.Append(" ... (more)");
            else if (left > 0) text.Append(" ... (").Append(left).Append(" more)");
            break;
        }

        text.Append(" ]");
    }

    private static string ToText(object value)
    {
        try
        {
            return value.ToString() ?? "";
        }
        catch (InsufficientExecutionStackException)
        {
            // A record that holds itself prints itself inside itself.
            return $"{value.GetType().Name} {{ ... }}";
        }
    }

    private static Type? ElementType(IEnumerable list) => list.GetType().GetInterfaces()
        .FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GenericTypeArguments[0];

    /// <summary>How many items of a list are shown: a setting for all lists, or for those of one type.</summary>
    private static int Limit(Type? element) => element is null || element.IsByRefLike || element.IsPointer
        ? Formatter.ListExpansionLimit
        : (int)typeof(Formatter<>).MakeGenericType(element).GetProperty(nameof(Formatter.ListExpansionLimit))!.GetValue(null)!;

    private static int? Count(IEnumerable list, Type? element)
    {
        if (list is ICollection collection) return collection.Count;
        if (element is null) return null;
        Type counted = typeof(ICollection<>).MakeGenericType(element);
        return counted.IsInstanceOfType(list) ? (int)counted.GetProperty(nameof(ICollection.Count))!.GetValue(list)! : null;
    }
}
