// The first cell of every lesson imports this file: the course's library, its names, one culture, and how matrices show.
#r "../artifacts/bin/TransformerByHand.Exercises/course/MathNet.Numerics.dll"
#r "../artifacts/bin/TransformerByHand.Exercises/course/TransformerByHand.dll"
#r "../artifacts/bin/TransformerByHand.Exercises/course/TransformerByHand.Exercises.dll"

using System.Globalization;
using System.IO;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using Microsoft.DotNet.Interactive.Formatting;
using TransformerByHand;
using TransformerByHand.Display;
using TransformerByHand.Exercises;
using TransformerByHand.Figures;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using static TransformerByHand.Exercises.Claims;
using static TransformerByHand.Exercises.Predictions;

// The same numbers, printed the same way, on every machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

Formatter.Register(typeof(Matrix<double>), (object matrix, TextWriter writer) => writer.Write(((Matrix<double>)matrix).View().ToHtml()), "text/html");
Formatter.Register(typeof(Matrix<double>), (object matrix, TextWriter writer) => writer.Write(((Matrix<double>)matrix).View().ToText()), "text/plain");
Formatter.SetPreferredMimeTypesFor(typeof(Matrix<double>), "text/html", "text/plain");
Formatter.Register(typeof(Vector<double>), (object vector, TextWriter writer) => writer.Write(((Vector<double>)vector).View().ToHtml()), "text/html");
Formatter.Register(typeof(Vector<double>), (object vector, TextWriter writer) => writer.Write(((Vector<double>)vector).View().ToText()), "text/plain");
Formatter.SetPreferredMimeTypesFor(typeof(Vector<double>), "text/html", "text/plain");
