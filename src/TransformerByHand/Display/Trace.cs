using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Display;

/// <summary>The named intermediates of a layer's forward pass. A trace shows every one of its public properties by name.</summary>
/// <remarks>
/// <para>A layer's trace is a record that derives from this one:</para>
/// <code>
/// public sealed record AttentionTrace(
///     [property: Shape("tokens × d_k")] Matrix&lt;double&gt; Q,
///     [property: Shape("tokens × tokens")] Matrix&lt;double&gt; A) : Trace;
/// </code>
/// <para>
/// Matrices and vectors are shown as tables, numbers and text as lines, traces inside traces and lists of them as parts.
/// <c>trace with { Tokens = tokens }</c> shows the same trace with its tokens as labels.
/// </para>
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public abstract record Trace : IShown
{
    /// <summary>The tokens, which label every side whose <see cref="ShapeAttribute"/> calls it <c>tokens</c>; not shown otherwise.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <inheritdoc/>
    public string ToHtml() => HtmlOf(GetType().Name, Tokens);

    /// <inheritdoc/>
    public string ToText() => TextOf(GetType().Name, Tokens);

    /// <inheritdoc cref="ToText"/>
    public sealed override string ToString() => ToText();

    /// <summary>Whether there is something behind a property: one that a layer does not have throws when it is read, and is not shown.</summary>
    private protected virtual bool Has(string property) => true;

    private string HtmlOf(string heading, IReadOnlyList<string>? tokens)
    {
        var html = new StringBuilder($"<div>{Heading(heading)}");
        foreach (var part in Parts(tokens))
            html.Append(part switch
            {
                (var name, Trace inner) =>
                    $"<div style=\"margin:4px 0 4px 16px\">{inner.HtmlOf($"{name}: {inner.GetType().Name}", inner.Tokens ?? tokens)}</div>",
                (_, MatrixView view) => view.ToHtml(),
                (var name, IShown shown) => $"<div>{Heading(name)}{shown.ToHtml()}</div>",
                (var name, var value) => $"<div style=\"{HtmlStyle.Panel}\"><b>{Markup.Escape(name)}</b> = {Markup.Escape((string)value)}</div>",
            });
        return html.Append("</div>").ToString();
    }

    // No colours here: the heading stands on the page itself.
    private static string Heading(string text) => $"<p style=\"margin:4px 0;font:600 14px {HtmlStyle.Font}\">{Markup.Escape(text)}</p>";

    private string TextOf(string heading, IReadOnlyList<string>? tokens)
    {
        var text = new StringBuilder(heading);
        foreach (var part in Parts(tokens))
            text.Append('\n').Append(part switch
            {
                (var name, Trace inner) => Indent(inner.TextOf($"{name}: {inner.GetType().Name}", inner.Tokens ?? tokens)),
                (_, MatrixView view) => view.ToText(),
                (var name, IShown shown) => $"{name}:\n{Indent(shown.ToText())}",
                (var name, var value) => $"{name} = {value}",
            });
        return text.ToString();
    }

    /// <summary>Every public property in the order of declaration, a base record's first: something shown, or its text.</summary>
    private IEnumerable<(string Name, object Value)> Parts(IReadOnlyList<string>? tokens) =>
        from property in GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.GetIndexParameters().Length == 0 && property.CanRead && property.Name != nameof(Tokens) && Has(property.Name)
        orderby Depth(property.DeclaringType), property.MetadataToken
        let value = property.GetValue(this, BindingFlags.DoNotWrapExceptions, null, null, null)
        from part in PartsOf(property.Name, value, property.GetCustomAttribute<ShapeAttribute>(), tokens)
        select part;

    private static IEnumerable<(string, object)> PartsOf(string name, object? value, ShapeAttribute? shape, IReadOnlyList<string>? tokens)
    {
        string? sides = shape?.Shape;
        IReadOnlyList<string>? Labels(int side, int count) =>
            tokens?.Count == count && shape?.Sides.ElementAtOrDefault(side) == "tokens" ? tokens : null;

        switch (value)
        {
            case Matrix<double> matrix:
                yield return (name, matrix.View(name, Labels(0, matrix.RowCount), Labels(1, matrix.ColumnCount), sides));
                break;
            case double[,] matrix:
                yield return (name, matrix.View(name, Labels(0, matrix.GetLength(0)), Labels(1, matrix.GetLength(1)), sides));
                break;
            case Vector<double> vector:
                yield return (name, vector.View(name, Labels(0, vector.Count), sides));
                break;
            case double[] vector:
                yield return (name, vector.View(name, Labels(0, vector.Length), sides));
                break;
            case IShown shown:
                yield return (name, shown);
                break;
            case null:
                yield return (name, "none");
                break;
            case string text:
                yield return (name, Markup.Visible(text));
                break;
            case double number:
                yield return (name, Numbers.Format(number));
                break;
            case IEnumerable items:
                var all = items.Cast<object?>().ToArray();
                if (all.All(item => item is null or string or bool or int or long or double))
                {
                    yield return (name, $"[{string.Join(", ", all.Select(TextOf))}]");
                    break;
                }
                for (int i = 0; i < all.Length; i++)
                    foreach (var part in PartsOf($"{name}[{i}]", all[i], shape, tokens))
                        yield return part;
                break;
            default:
                yield return (name, TextOf(value));
                break;
        }
    }

    private static string TextOf(object? value) => value switch
    {
        null => "none",
        double number => Numbers.Format(number),
        string text => Markup.Visible(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);

    private static string Indent(string text) => "  " + text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
