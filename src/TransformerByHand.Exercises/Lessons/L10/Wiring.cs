using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>Watches parts of a model while they run, and finds out from the numbers alone how they are connected.</summary>
/// <remarks>
/// <para>
/// Of each part it knows what it was given and what it returned, and nothing of the code in between. A matrix that is given to a
/// part was either returned by an earlier one, or is the sum of two or three matrices that were seen before: then there is a ⊕. What is
/// neither gets a box with a question mark. So the picture shows what ran, whatever the code's author believes.
/// </para>
/// <para>A sum is recognised where it agrees to rounding, 1e-9 of the largest number.</para>
/// </remarks>
public sealed class Wiring
{
    private const double Rounding = 1e-9;

    private readonly List<(Matrix<double> Value, int Node)> known = [];
    private readonly List<(string Label, string Detail, Figures.Tone Tone, bool Plus, int Column)> nodes = [];
    private readonly List<(int From, int To, string Label, bool Stream)> wires = [];
    private int column;

    /// <summary>Parts that ran, inputs and outputs included, additions not.</summary>
    public int Parts => nodes.Count(node => !node.Plus && node.Label != "?");

    /// <summary>Additions that were found.</summary>
    public int Sums => nodes.Count(node => node.Plus);

    /// <summary>Connections that were found.</summary>
    public int Wires => wires.Count;

    /// <summary>Matrices whose origin could not be found.</summary>
    public int Unexplained => nodes.Count(node => node.Label == "?");

    /// <summary>Every connection in words, such as <c>attention → ⊕ 0</c>: what is compared where two models are.</summary>
    public IReadOnlyList<string> Connections => [.. wires.Select(wire => $"{Name(wire.From)} → {Name(wire.To)}")];

    /// <summary>Notes something that comes from outside.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="value">The matrix.</param>
    /// <returns>The matrix.</returns>
    public Matrix<double> Input(string name, Matrix<double> value)
    {
        int node = Add(name, Shape(value));
        known.Add((value, node));
        return value;
    }

    /// <summary>Notes something that comes from outside and is no matrix, such as words, and the part that made one of it.</summary>
    /// <param name="name">What comes from outside.</param>
    /// <param name="detail">What it is, such as the words.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="lesson">The lesson that opened it.</param>
    /// <param name="gave">What the part returned.</param>
    public void Begins(string name, string detail, string part, int lesson, Matrix<double> gave)
    {
        int outside = Add(name, detail), node = Add(part, $"{lesson:00} · {Shape(gave)}", ToneOf(part));
        Connect(outside, node, "");
        known.Add((gave, node));
    }

    /// <summary>Notes that a part ran.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="lesson">The lesson that opened it.</param>
    /// <param name="gave">What it returned.</param>
    /// <param name="given">What it was given, and as what (Q, or K and V); the name may be empty.</param>
    public void Ran(string name, int lesson, Matrix<double> gave, params (Matrix<double> Value, string As)[] given)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(gave);
        (int From, string As)[] origins = [.. given.Select(one => (OriginOf(one.Value), one.As))];
        int node = Add(name, $"{lesson:00} · {Shape(gave)}", ToneOf(name));
        foreach (var (from, role) in origins) Connect(from, node, role);
        known.Add((gave, node));
    }

    /// <summary>Notes where something ends.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="value">The matrix.</param>
    /// <exception cref="ArgumentNullException">There is no such matrix.</exception>
    public void Output(string name, Matrix<double> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        int from = OriginOf(value), node = Add(name, Shape(value));
        Connect(from, node, "", stream: nodes[from].Plus);
        known.Add((value, node));
    }

    /// <summary>From here on, parts stand in a column of their own, to the right.</summary>
    public void NextColumn() => column++;

    /// <summary>Watches a part with one input.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="lesson">The lesson that opened it.</param>
    /// <param name="part">The part.</param>
    /// <returns>The part, watched.</returns>
    public Func<Matrix<double>, Matrix<double>> Watch(string name, int lesson, Func<Matrix<double>, Matrix<double>> part) => X =>
    {
        var Y = part(X);
        Ran(name, lesson, Y, (X, ""));
        return Y;
    };

    /// <summary>Watches an attention.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="part">A function of those who ask (n × d_model), those who are asked (m × d_model), and whether it is causal.</param>
    /// <returns>The attention, watched.</returns>
    public Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> Watch(string name, Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> part) => (asks, asked, causal) =>
    {
        var Y = part(asks, asked, causal);
        RanAttention(name, asks, asked, causal, Y);
        return Y;
    };

    /// <summary>Notes that an attention ran: with one input in self-attention, and with two where another matrix is asked.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="asks">Those who ask (n × d_model).</param>
    /// <param name="asked">Those who are asked (m × d_model).</param>
    /// <param name="causal">Whether the future was hidden.</param>
    /// <param name="gave">What it returned (n × d_model).</param>
    public void RanAttention(string name, Matrix<double> asks, Matrix<double> asked, bool causal, Matrix<double> gave)
    {
        string masked = causal ? $"{name}, masked" : name;
        if (ReferenceEquals(asks, asked) || asks.Equals(asked)) Ran(masked, 8, gave, (asks, "Q, K, V"));
        else Ran(masked, 8, gave, (asks, "Q"), (asked, "K, V"));
    }

    /// <summary>The flow chart of all that ran. What goes past the parts and into a sum is drawn thick: the residual stream.</summary>
    /// <param name="title">Its title.</param>
    public FlowChart Draw(string title)
    {
        string[] ids = [.. Enumerable.Range(0, nodes.Count).Select(Name)];
        int[] rows = [.. Enumerable.Range(0, nodes.Count).Select(i => Enumerable.Range(0, i).Count(j => nodes[j].Column == nodes[i].Column))];
        return new FlowChart
        {
            Title = title,
            Nodes =
            [
                .. nodes.Select((node, i) => node.Plus ? Node.Plus(ids[i], 2 * node.Column, rows[i])
                    : node.Tone == Figures.Tone.Plain ? Node.Text(ids[i], 2 * node.Column, rows[i], node.Label, node.Detail)
                    : Node.Box(ids[i], 2 * node.Column, rows[i], node.Label, node.Detail) with { Tone = node.Tone }),
            ],
            Arrows =
            [
                .. wires.Select(wire => new Arrow(ids[wire.From], ids[wire.To], wire.Label)
                {
                    Thick = wire.Stream,
                    Leaves = Across(wire.From, wire.To) ? Side.Right : !Far(wire.From, wire.To) ? null : nodes[wire.From].Plus ? Side.Bottom : Side.Right,
                    Enters = Across(wire.From, wire.To) ? Side.Left : Far(wire.From, wire.To) ? Side.Right : null,
                }),
            ],
        };

        bool Across(int from, int to) => nodes[from].Column != nodes[to].Column;
        bool Far(int from, int to) => rows[to] - rows[from] > 1;
    }

    private string Name(int node)
    {
        int before = Enumerable.Range(0, node).Count(other => nodes[other].Label == nodes[node].Label);
        bool several = nodes.Count(other => other.Label == nodes[node].Label) > 1;
        return several ? $"{nodes[node].Label} {before}" : nodes[node].Label;
    }

    private int Add(string label, string detail, Figures.Tone tone = Figures.Tone.Plain, bool plus = false)
    {
        nodes.Add((label, detail, tone, plus, column));
        return nodes.Count - 1;
    }

    private void Connect(int from, int to, string label, bool stream = false) => wires.Add((from, to, label, stream));

    /// <summary>The node that a matrix comes from; a new ⊕ or a question mark where no part returned it.</summary>
    private int OriginOf(Matrix<double> value)
    {
        // What came last is likeliest to be meant, where two matrices are the same.
        for (int k = known.Count - 1; k >= 0; k--)
            if (ReferenceEquals(known[k].Value, value) || Same(known[k].Value, value)) return known[k].Node;

        int[]? parts = Summands(value);
        if (parts is null)
        {
            int unknown = Add("?", $"{Shape(value)}", Figures.Tone.Grey);
            known.Add((value, unknown));
            return unknown;
        }
        int plus = Add("⊕", Shape(value), plus: true);
        // The older of the summands is what went past the part whose output the other one is.
        for (int k = 0; k < parts.Length; k++) Connect(known[parts[k]].Node, plus, "", stream: k == 0);
        known.Add((value, plus));
        return plus;
    }

    private int[]? Summands(Matrix<double> value)
    {
        var alike = Enumerable.Range(0, known.Count).Reverse().Where(k => SameShape(known[k].Value, value)).ToArray();
        foreach (int a in alike)
            foreach (int b in alike.Where(b => b <= a))
                if (Same(known[a].Value + known[b].Value, value)) return [b, a];
        foreach (int a in alike)
            foreach (int b in alike.Where(b => b < a))
            {
                var two = known[a].Value + known[b].Value;
                foreach (int c in alike.Where(c => c < b))
                    if (Same(two + known[c].Value, value)) return [c, b, a];
            }
        return null;
    }

    private static bool SameShape(Matrix<double> a, Matrix<double> b) => a.RowCount == b.RowCount && a.ColumnCount == b.ColumnCount;

    private static bool Same(Matrix<double> a, Matrix<double> b) =>
        SameShape(a, b) && (a - b).Enumerate().Max(Math.Abs) <= Rounding * Math.Max(1e-300, b.Enumerate().Max(Math.Abs));

    private static string Shape(Matrix<double> M) => $"{M.RowCount} × {M.ColumnCount}";

    private static Figures.Tone ToneOf(string name) =>
        name.Contains("attention", StringComparison.Ordinal) ? Figures.Tone.Orange
        : name.Contains("feed-forward", StringComparison.Ordinal) ? Figures.Tone.Blue
        : name.Contains("LayerNorm", StringComparison.Ordinal) ? Figures.Tone.Green
        : name.Contains("dropout", StringComparison.Ordinal) ? Figures.Tone.Grey : Figures.Tone.Pink;
}
