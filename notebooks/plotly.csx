// What a cell that draws with Plotly.NET imports: the package, its names, and how its charts show without a network.
#r "nuget: Plotly.NET, 6.0.0"
#r "nuget: Plotly.NET.CSharp, 0.14.0"

using System.IO;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET.CSharp;
using TransformerByHand.Figures;
using GenericChart = Plotly.NET.GenericChart;
using StyleParam = Plotly.NET.StyleParam;

// plotly.js as the package brings it; outputs carry it along, so that no client has to fetch it.
string plotlyScript;
using (Stream script = typeof(GenericChart).Assembly.GetManifestResourceStream("Plotly.NET.plotly-2.28.0.min.js"))
    plotlyScript = PlotlyDrawing.Pack(script);

// A chart with its title and what stands on its axes, ready to be shown.
PlotlyDrawing Titled(GenericChart chart, string title, string x, string y, string z = "") =>
    new(GenericChart.toFigureJson(chart), plotlyScript) { Title = title, X = x, Y = y, Z = z };

PlotlyDrawing Untitled(object chart) => new(GenericChart.toFigureJson((GenericChart)chart), plotlyScript);
Formatter.Register(typeof(GenericChart), (object chart, TextWriter writer) => writer.Write(Untitled(chart).ToHtml()), "text/html");
Formatter.Register(typeof(GenericChart), (object chart, TextWriter writer) => writer.Write(Untitled(chart).ToText()), "text/plain");
Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), "text/html", "text/plain");
