using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A chart made with Plotly.NET, to turn and to hover over: drawn without a network in every client, and small where it is stored.</summary>
/// <remarks>
/// <para>
/// What draws is plotly.js, a script of 3.6 MB that comes with the package. An output carries it along, packed to a third, so
/// that it draws in whatever client it is shown in, and again when the notebook is opened later. In a committed notebook it has
/// no place: <see cref="WithoutScript"/> takes it out, and what stays is the figure, its title, and a sentence that says how to
/// have it drawn. A page that loads plotly.js itself draws such an output too.
/// </para>
/// <para>Numbers are rounded to four significant digits, so that the same chart gives the same characters on every machine.</para>
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed partial class PlotlyDrawing : IShown
{
    private const int Digits = 4;

    private const string Undrawn = "Run this cell to draw it.";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject[] traces;
    private readonly JsonObject layout;
    private readonly string? script;

    /// <summary>Takes a chart over from Plotly.</summary>
    /// <param name="figure">The chart as JSON with the properties <c>data</c> and <c>layout</c>, as Plotly.NET's <c>GenericChart.toFigureJson</c> gives it.</param>
    /// <param name="script">plotly.js as <see cref="Pack"/> gives it; null where the page around the drawing loads it.</param>
    /// <exception cref="ArgumentException"><paramref name="figure"/> is not such JSON.</exception>
    public PlotlyDrawing(string figure, string? script = null)
    {
        ArgumentNullException.ThrowIfNull(figure);
        JsonObject root;
        try
        {
            root = JsonNode.Parse(figure) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException problem)
        {
            throw new ArgumentException($"The figure must be a Plotly figure as JSON: {problem.Message}", nameof(figure), problem);
        }

        if (root["data"] is not JsonArray data || !data.All(trace => trace is JsonObject))
            throw new ArgumentException("The figure must have a property 'data', the list of its traces.", nameof(figure));
        traces = [.. data.Select(trace => Rounded(trace)!.AsObject())];
        foreach (JsonObject trace in traces)
        {
            string kind = KindOf(trace);
            if (kind is ("surface" or "heatmap" or "contour") && !trace.ContainsKey("colorscale")) trace["colorscale"] = Scale(Palette.Sequential);
            if (kind == "scatter3d" && Child(trace, "marker") is var marker && !marker.ContainsKey("size")) marker["size"] = 3;
        }

        layout = Rounded(root["layout"]) as JsonObject ?? [];
        // Plotly.NET's standard look is as large as a small chart; what the course's charts look like is said below.
        foreach (string name in (string[])["template", "width", "height"]) layout.Remove(name);
        this.script = script;
    }

    /// <summary>The line above the drawing; it is there before it is drawn, too.</summary>
    public string? Title { get; init; }

    /// <summary>What stands on the axis to the right.</summary>
    public string? X { get; init; }

    /// <summary>What stands on the axis upwards, or, in three dimensions, on the second one.</summary>
    public string? Y { get; init; }

    /// <summary>In three dimensions, what stands on the axis upwards.</summary>
    public string? Z { get; init; }

    private bool IsSolid => traces.Any(trace => KindOf(trace) is "surface" or "mesh3d" or "scatter3d" or "volume" or "isosurface" or "cone");

    /// <summary>Packs plotly.js, to be carried by outputs.</summary>
    /// <param name="script">The text of the script, in UTF-8.</param>
    public static string Pack(Stream script)
    {
        ArgumentNullException.ThrowIfNull(script);
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) script.CopyTo(gzip);
        return Convert.ToBase64String(packed.ToArray());
    }

    /// <summary>Takes the script out of an output.</summary>
    /// <param name="html">The HTML of an output, of a drawing or of anything else.</param>
    /// <param name="script">The script, unpacked; null where the output carries none.</param>
    /// <returns>The HTML without it.</returns>
    public static string WithoutScript(string html, out byte[]? script)
    {
        ArgumentNullException.ThrowIfNull(html);
        script = null;
        if (CarriedScript().Match(html) is not { Success: true } carried) return html;
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(carried.Groups["packed"].Value)), CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        gzip.CopyTo(unpacked);
        script = unpacked.ToArray();
        return CarriedScript().Replace(html, "");
    }

    /// <summary>Whether the HTML of an output has plotly.js in it.</summary>
    public static bool CarriesScript(string html) => CarriedScript().IsMatch(html);

    /// <summary>Whether the HTML of an output is a drawing that needs plotly.js to be seen.</summary>
    public static bool IsIn(string html) => html.Contains("class=\"plotly-drawing\"", StringComparison.Ordinal);

    /// <summary>Whether such a drawing has a title.</summary>
    public static bool HasTitle(string html) => html.Contains("<p style=\"margin:0 0 4px\"><strong>", StringComparison.Ordinal);

    /// <inheritdoc/>
    public string ToHtml()
    {
        string figure = FigureJson();
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..12];
        string draw = DrawingScript.Value
            .Replace("FIGURE", name, StringComparison.Ordinal)
            .Replace("HEIGHT", IsSolid ? "520" : "420", StringComparison.Ordinal)
            .Replace("HINT", IsSolid ? "Drag to turn it, scroll to come nearer, point at it for its numbers." : "Point at it for its numbers, drag to look closer, double-click to see all.", StringComparison.Ordinal);
        string title = string.IsNullOrEmpty(Title) ? "" : $"<strong>{Markup.Escape(Title)}</strong><br>";
        string carried = script is null ? "" : $"<script class=\"plotly-js\" type=\"text/plain\">{script}</script>\n";
        return
            $"""
            <div class="plotly-drawing" data-figure="{name}" style="max-width:760px">
            <p style="margin:0 0 4px">{title}<span class="plotly-note">{Undrawn}</span></p>
            <div class="plotly-chart" style="background:#ffffff"></div>
            <script class="plotly-figure" type="application/json">{figure}</script>
            {carried}<script>
            {draw}</script>
            </div>
            """;
    }

    /// <inheritdoc/>
    public string ToText() =>
        string.Join("\n", new[] { Title }.OfType<string>().Select(Markup.Visible).Append("A drawing to turn and to point at; its data:").Concat(traces.Select(Describe)));

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private string FigureJson()
    {
        JsonObject drawn = layout.DeepClone().AsObject();
        JsonObject axes = IsSolid ? Child(drawn, "scene") : drawn;
        foreach ((string axis, string? title) in new[] { ("xaxis", X), ("yaxis", Y), ("zaxis", IsSolid ? Z : null) })
        {
            if (title is not null) Child(axes, axis)["title"] = new JsonObject { ["text"] = title };
        }

        foreach (string axis in IsSolid ? new[] { "xaxis", "yaxis", "zaxis" } : ["xaxis", "yaxis"])
        {
            if (!Child(axes, axis).ContainsKey("exponentformat")) Child(axes, axis)["exponentformat"] = "power";
        }

        if (!drawn.ContainsKey("margin")) drawn["margin"] = new JsonObject { ["l"] = 60, ["r"] = 20, ["t"] = 20, ["b"] = 50 };
        if (!drawn.ContainsKey("colorway")) drawn["colorway"] = new JsonArray([.. Palette.Categories.Select(colour => JsonValue.Create(colour))]);

        // Over lines the nearest point to the right or left answers, not only one under the very tip of the mouse.
        if (!drawn.ContainsKey("hovermode") && traces.All(trace => KindOf(trace) == "scatter")) drawn["hovermode"] = "x";

        // A line a trace: a change shows where it is. No tag can begin inside a script.
        string data = string.Join(",\n", traces.Select(trace => trace.ToJsonString(Json)));
        return $"{{\"data\":[\n{data}\n],\n\"layout\":{drawn.ToJsonString(Json)}}}".Replace("<", "\\u003c", StringComparison.Ordinal);
    }

    private static JsonArray Scale(Palette palette) =>
        new([.. Enumerable.Range(0, 6).Select(i => new JsonArray(JsonValue.Create(i / 5.0), JsonValue.Create(palette.At(i / 5.0).Hex)))]);

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child) parent[name] = child = [];
        return child;
    }

    private static string KindOf(JsonObject trace) => (string?)trace["type"] ?? "scatter";

    /// <summary>A trace in words: what it is, its name, and how far its numbers reach.</summary>
    private static string Describe(JsonObject trace)
    {
        string kind = KindOf(trace) switch
        {
            "scatter" => ((string?)trace["mode"])?.Contains("lines", StringComparison.Ordinal) == true ? "line" : "points",
            "scatter3d" => ((string?)trace["mode"])?.Contains("lines", StringComparison.Ordinal) == true ? "line in space" : "points in space",
            "mesh3d" => "solid",
            var other => other,
        };
        string name = (string?)trace["name"] is { Length: > 0 } given ? $" '{Markup.Visible(given)}'" : "";
        var parts = new List<string>();
        foreach (string axis in (string[])["x", "y", "z"])
        {
            double[] numbers = [.. NumbersIn(trace[axis])];
            if (numbers.Length > 0) parts.Add($"{axis} from {Numbers.Format(numbers.Min())} to {Numbers.Format(numbers.Max())}");
        }

        int points = new[] { "x", "y", "z" }.Max(axis => NumbersIn(trace[axis]).Count());
        string count = points == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {points} {(points == 1 ? "value" : "values")}");
        return $"  {kind}{name}{count}{string.Concat(parts.Select(part => ", " + part))}";
    }

    private static IEnumerable<double> NumbersIn(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(NumbersIn),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [value.GetValue<double>()],
        _ => [],
    };

    private static JsonNode? Rounded(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, Rounded(property.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Rounded)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => Rounded(value.GetValue<double>()),
        _ => node?.DeepClone(),
    };

    private static JsonValue Rounded(double number) => JsonValue.Create(
        Math.Abs(number) < 1e15 && Math.Truncate(number) == number
            ? number
            : double.Parse(number.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    private static readonly Lazy<string> DrawingScript = new(() =>
    {
        using Stream stream = typeof(PlotlyDrawing).Assembly.GetManifestResourceStream("plotly-drawing.js")!;
        return new StreamReader(stream).ReadToEnd().ReplaceLineEndings("\n");
    });

    [GeneratedRegex("""<script class="plotly-js" type="text/plain">(?<packed>[A-Za-z0-9+/=]*)</script>\n?""")]
    private static partial Regex CarriedScript();
}
