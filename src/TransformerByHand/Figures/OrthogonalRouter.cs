namespace TransformerByHand.Figures;

/// <summary>Finds the arrows' ways: right angles, few bends, around the boxes, not on top of one another.</summary>
/// <remarks>
/// Dijkstra's algorithm on the grid of all lanes, ports and middles. All costs are whole numbers, and equal costs are settled
/// by the order of discovery, so that the ways are the same on every machine.
/// </remarks>
internal sealed class OrthogonalRouter
{
    private const int BendCost = 30, CrossingCost = 60, OverlapCost = 2000, MergeCost = 90, OffCentreCost = 24, UsedPortCost = 80;

    /// <summary>How far an arrow runs straight out of a box, and how near others may come to one.</summary>
    private const double Stub = 12, Clearance = 8;

    private static readonly (int X, int Y)[] Directions = [(0, -1), (1, 0), (0, 1), (-1, 0)]; // as in Side

    private readonly IReadOnlyDictionary<string, Box> _boxes;
    private readonly double[] _xs, _ys;
    private readonly List<(Arrow Arrow, (double X, double Y) A, (double X, double Y) B)> _segments = [];
    private readonly Dictionary<(string Node, double X, double Y), (int In, int Out)> _ports = [];
    private readonly Func<string, NodeKind> _kind;

    public OrthogonalRouter(FlowLayout layout, Func<string, NodeKind> kind)
    {
        (_boxes, _kind) = (layout.Boxes, kind);
        var stubs = layout.Boxes.SelectMany(box => Ports(box.Key)).Select(port => port.Stub).ToArray();
        _xs = [.. layout.LanesX.Concat(stubs.Select(stub => stub.X)).Distinct().Order()];
        _ys = [.. layout.LanesY.Concat(stubs.Select(stub => stub.Y)).Distinct().Order()];
    }

    /// <summary>Finds the way of one arrow, given those found before.</summary>
    /// <exception cref="ArgumentException">There is no way.</exception>
    public IReadOnlyList<(double X, double Y)> Route(Arrow arrow)
    {
        var starts = Ports(arrow.From).Where(port => arrow.Leaves is null || port.Side == arrow.Leaves).ToArray();
        var ends = Ports(arrow.To).Where(port => arrow.Enters is null || port.Side == arrow.Enters).ToArray();

        var best = new Dictionary<(int X, int Y, int Direction), int>();
        var cameFrom = new Dictionary<(int X, int Y, int Direction), (int X, int Y, int Direction)>();
        var queue = new PriorityQueue<(int X, int Y, int Direction), (int Cost, int Order)>();
        int order = 0;
        void Offer((int X, int Y, int Direction) state, int cost, (int X, int Y, int Direction)? from)
        {
            if (best.TryGetValue(state, out int known) && known <= cost) return;
            best[state] = cost;
            if (from is { } previous) cameFrom[state] = previous;
            else cameFrom.Remove(state);
            queue.Enqueue(state, (cost, order++));
        }

        var startAt = new Dictionary<(int, int, int), (double X, double Y)>();
        foreach (var port in starts)
        {
            var state = (Index(_xs, port.Stub.X), Index(_ys, port.Stub.Y), (int)port.Side);
            _ports.TryGetValue((arrow.From, port.At.X, port.At.Y), out var use);
            if (startAt.TryAdd(state, port.At)) Offer(state, port.Cost + use.In * UsedPortCost + EdgeCost(arrow, port.At, port.Stub), null);
        }
        var goals = new Dictionary<(int X, int Y, int Direction), (int Cost, (double X, double Y) At)>();
        foreach (var port in ends)
        {
            _ports.TryGetValue((arrow.To, port.At.X, port.At.Y), out var use);
            goals.TryAdd((Index(_xs, port.Stub.X), Index(_ys, port.Stub.Y), ((int)port.Side + 2) % 4),
                (port.Cost + (use.In + use.Out) * UsedPortCost + EdgeCost(arrow, port.Stub, port.At), port.At));
        }

        ((int X, int Y, int Direction) State, int Cost)? found = null;
        while (queue.TryDequeue(out var state, out var priority))
        {
            if (priority.Cost > best[state]) continue;
            if (found is { } reached && priority.Cost >= reached.Cost) break;
            if (goals.TryGetValue(state, out var goal) && (found is null || priority.Cost + goal.Cost < found.Value.Cost)) found = (state, priority.Cost + goal.Cost);
            for (int direction = 0; direction < 4; direction++)
            {
                if ((direction + 2) % 4 == state.Direction) continue; // no turning back
                int x = state.X + Directions[direction].X, y = state.Y + Directions[direction].Y;
                if (x < 0 || y < 0 || x >= _xs.Length || y >= _ys.Length) continue;
                var (from, to) = ((_xs[state.X], _ys[state.Y]), (_xs[x], _ys[y]));
                if (Blocked(from, to)) continue;
                Offer((x, y, direction), priority.Cost + EdgeCost(arrow, from, to) + (direction == state.Direction ? 0 : BendCost), state);
            }
        }
        if (found is null)
            throw new ArgumentException($"There is no way for the arrow from '{arrow.From}' to '{arrow.To}'; leave a free row or column between the boxes, or other sides to leave and enter.", nameof(FlowChart.Arrows));

        List<(double X, double Y)> way = [goals[found.Value.State].At];
        var at = found.Value.State;
        while (true)
        {
            way.Add((_xs[at.X], _ys[at.Y]));
            if (!cameFrom.TryGetValue(at, out var previous)) break;
            at = previous;
        }
        way.Add(startAt[at]);
        way.Reverse();
        var corners = Straighten(way);
        Remember(arrow, corners);
        return corners;
    }

    private void Remember(Arrow arrow, List<(double X, double Y)> corners)
    {
        for (int k = 1; k < corners.Count; k++) _segments.Add((arrow, corners[k - 1], corners[k]));
        var (first, last) = ((arrow.From, corners[0].X, corners[0].Y), (arrow.To, corners[^1].X, corners[^1].Y));
        _ports.TryGetValue(first, out var start);
        _ports[first] = start with { Out = start.Out + 1 };
        _ports.TryGetValue(last, out var end);
        _ports[last] = end with { In = end.In + 1 };
    }

    /// <summary>The places where an arrow may touch a node: the middle of each side, and beside it where the side is long.</summary>
    private IEnumerable<((double X, double Y) At, (double X, double Y) Stub, Side Side, int Cost)> Ports(string id)
    {
        var box = _boxes[id];
        foreach (var side in Enum.GetValues<Side>())
        {
            var (dx, dy) = Directions[(int)side];
            bool flat = side is Side.Top or Side.Bottom;
            double length = flat ? box.Width : box.Height, shift = Math.Round(length * 0.3);
            double[] offsets = _kind(id) == NodeKind.Box && length >= 44 ? [0, -shift, shift] : [0];
            foreach (double offset in offsets)
            {
                double x = box.CentreX + dx * box.Width / 2 + (flat ? offset : 0), y = box.CentreY + dy * box.Height / 2 + (flat ? 0 : offset);
                yield return ((x, y), (x + dx * Stub, y + dy * Stub), side, offset == 0 ? 0 : OffCentreCost);
            }
        }
    }

    private bool Blocked((double X, double Y) a, (double X, double Y) b)
    {
        var edge = new Box(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Abs(a.X - b.X), Math.Abs(a.Y - b.Y));
        return _boxes.Values.Any(box => box.Inflate(Clearance).Overlaps(edge));
    }

    /// <summary>The length, and what it costs to meet arrows that are already there. Arrows from one place may share their way.</summary>
    private int EdgeCost(Arrow arrow, (double X, double Y) a, (double X, double Y) b)
    {
        int cost = (int)Math.Round(Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y));
        bool horizontal = a.Y == b.Y;
        foreach (var (other, c, d) in _segments)
        {
            bool otherHorizontal = c.Y == d.Y;
            if (horizontal == otherHorizontal)
            {
                bool aligned = horizontal ? a.Y == c.Y : a.X == c.X;
                if (!aligned || !Share(horizontal ? (a.X, b.X) : (a.Y, b.Y), horizontal ? (c.X, d.X) : (c.Y, d.Y))) continue;
                cost += other.From == arrow.From ? 0 : other.To == arrow.To ? MergeCost : OverlapCost;
            }
            else if (other.From != arrow.From)
            {
                var (h1, h2, v1, v2) = horizontal ? (a, b, c, d) : (c, d, a, b);
                bool crosses = v1.X >= Math.Min(h1.X, h2.X) && v1.X < Math.Max(h1.X, h2.X) && h1.Y > Math.Min(v1.Y, v2.Y) && h1.Y < Math.Max(v1.Y, v2.Y);
                if (crosses) cost += CrossingCost;
            }
        }
        return cost;
    }

    private static bool Share((double A, double B) one, (double A, double B) other) =>
        Math.Max(Math.Min(one.A, one.B), Math.Min(other.A, other.B)) < Math.Min(Math.Max(one.A, one.B), Math.Max(other.A, other.B));

    private static int Index(double[] sorted, double value) => Array.BinarySearch(sorted, value);

    /// <summary>Keeps the ends and the corners.</summary>
    private static List<(double X, double Y)> Straighten(List<(double X, double Y)> way)
    {
        List<(double X, double Y)> corners = [];
        foreach (var point in way)
        {
            if (corners.Count > 0 && corners[^1] == point) continue;
            if (corners.Count > 1 && (corners[^1].X == point.X && corners[^2].X == point.X || corners[^1].Y == point.Y && corners[^2].Y == point.Y))
                corners[^1] = point;
            else corners.Add(point);
        }
        return corners;
    }
}
