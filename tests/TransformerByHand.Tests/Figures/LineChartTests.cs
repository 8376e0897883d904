using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public partial class LineChartTests
{
    [Fact]
    public void On_two_logarithmic_axes_a_power_law_is_a_straight_line()
    {
        double[] x = [1, 10, 100, 1000];
        var chart = new LineChart { X = Axis.Log(), Y = Axis.Log(), Series = [new("", x, x.Select(v => 3 / Math.Sqrt(v))) { Markers = false }] };
        var points = Points(Lines(chart).Single());
        double[] slopes = [.. points.Zip(points.Skip(1), (a, b) => (b.Y - a.Y) / (b.X - a.X))];
        slopes.ShouldAllBe(slope => Math.Abs(slope - slopes[0]) < 2e-3);
        points.Zip(points.Skip(1), (a, b) => b.X - a.X).ShouldAllBe(step => Math.Abs(step - (points[1].X - points[0].X)) < 0.2);
    }

    [Fact]
    public void On_linear_axes_a_line_is_straight_and_larger_is_higher()
    {
        var points = Points(Lines(new LineChart { Series = [new("", [0, 1, 5], [1, 2, 6])] }).Single());
        (points[1].Y - points[0].Y).ShouldBe((points[2].Y - points[0].Y) / 5, 0.2);
        points[2].Y.ShouldBeLessThan(points[0].Y); // y grows downwards in a drawing
    }

    [Fact]
    public void The_alternative_states_every_point_of_a_short_series_and_every_reference() =>
        new LineChart
        {
            Title = "Gradients", X = Axis.Log("layers"), Y = Axis.Linear("norm"), Series = [new("post", [2, 4], [1.68, 1.55])], References = [Reference.Y(1.5, "level")],
        }.Alt.ShouldBe("Gradients. Line chart of norm against layers (log scale). post: 1.68 at 2, 1.55 at 4. Reference line level: y = 1.5.");

    [Fact]
    public void The_alternative_of_a_long_series_states_ends_and_extremes() =>
        new LineChart { Series = [new("loss", Enumerable.Range(0, 101).Select(i => (i - 60) * (i - 60) / 100.0 + 1))] }
            .Alt.ShouldBe("Line chart. loss: 101 points, from 37 at 0 to 17 at 100, lowest 1 at 60, highest 37 at 0.");

    [Fact]
    public void Series_on_the_same_points_are_a_table_in_plain_text() =>
        new LineChart { X = Axis.Linear("step"), Y = Axis.Linear("loss"), Series = [new("a", [0, 1], [4.5, 2]), new("b", [0, 1], [4, 3])] }
            .ToText().ShouldBe("loss against step\nstep    a  b\n   0  4.5  4\n   1  2.0  3");

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void A_logarithmic_axis_refuses_what_it_cannot_show_and_names_it(double value)
    {
        var onY = new LineChart { Y = Axis.Log(), Series = [new("norm", [1, 2, 3], [0.5, value, 1])] };
        Should.Throw<ArgumentException>(onY.ToSvg).Message.ShouldContain($"'norm' has y[1] = {Numbers.Format(value)}");
        var onX = new LineChart { X = Axis.Log(), Series = [new("norm", [value, 2], [1, 1])] };
        Should.Throw<ArgumentException>(onX.ToSvg).Message.ShouldContain($"x[0] = {Numbers.Format(value)}");
        Should.Throw<ArgumentException>(() => new LineChart { Y = Axis.Log(), Series = [new("a", [1, 2])], References = [Reference.Y(value, "level")] }.ToSvg()).Message.ShouldContain("'level'");
        Should.Throw<ArgumentException>(() => Axis.Log("depth", min: value)).Message.ShouldContain("'depth'");
        new LineChart { Series = [new("norm", [1, 2, 3], [0.5, value, 1])] }.ToSvg().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_run_that_diverged_interrupts_its_line_and_is_counted()
    {
        double[] y = [.. Enumerable.Range(0, 30).Select(i => i is 10 or 11 ? double.NaN : i == 20 ? double.PositiveInfinity : 1.0 + i)];
        var chart = new LineChart { Series = [new("run", y)] };
        Lines(chart).Single().Count(c => c == 'M').ShouldBe(3);
        chart.Alt.ShouldContain("3 points are not finite");
    }

    [Fact]
    public void Ticks_are_round_numbers_that_do_not_touch() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).SelectMany(a => Gen.Choose(1, 100000).SelectMany(w => Gen.Choose(-6, 3).Select(e => (From: a * Math.Pow(10, e), Width: w * Math.Pow(10, e - 2))))).ToArbitrary(), range =>
        {
            var chart = new LineChart { Series = [new("", [range.From, range.From + range.Width], [range.From, range.From + range.Width])] };
            var scale = new AxisScale(Axis.Linear(), [range.From, range.From + range.Width], 280, isVertical: true);
            var texts = chart.Render(Canvas.TitleSize).Texts;
            bool apart = texts.All(text => texts.All(other => other == text || !other.Overlaps(text)));
            bool distinct = scale.Ticks.Select(scale.Format).Distinct().Count() == scale.Ticks.Count;
            return apart && distinct && scale.Ticks.Count is >= 2 and <= 12;
        }).Check(Config.QuickThrowOnFailure.WithReplay(3, 1).WithMaxTest(200));

    [Fact]
    public void Logarithmic_axes_mark_decades_and_powers_of_two_where_the_data_are_such()
    {
        new AxisScale(Axis.Log(), [1e-6, 1e-3, 1], 400, isVertical: true).Ticks.ShouldBe([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
        new AxisScale(Axis.Log(), [1e-6, 1e-3, 1], 280, isVertical: true).Ticks.ShouldBe([1e-6, 1e-4, 1e-2, 1]);
        new AxisScale(Axis.Log(), [2, 4, 8, 16], 500, isVertical: false).Ticks.ShouldBe([2, 4, 8, 16]);
        new AxisScale(Axis.Log(), [0.4, 3], 280, isVertical: true).Ticks.ShouldBe([0.5, 1, 2]);
    }

    [Fact]
    public void Ticks_of_the_author_are_kept() =>
        new AxisScale(Axis.Log(ticks: [4, 64, 256]), [5, 200], 500, isVertical: false).Ticks.ShouldBe([4, 64, 256]);

    [Fact]
    public void Names_at_the_line_ends_are_moved_apart_and_stay_in_order()
    {
        double[] places = Spread.Apart([50, 52, 51, 10], 16, 0, 100);
        places.Order().Zip(places.Order().Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap >= 16);
        places[0].ShouldBeLessThan(places[2]);
        places[2].ShouldBeLessThan(places[1]);
        places.ShouldAllBe(place => place >= 0 && place <= 100);
    }

    [Fact]
    public void Very_many_points_are_thinned_without_losing_a_peak()
    {
        double[] y = new double[50_000];
        y[31_234] = 7;
        var chart = new LineChart { Series = [new("", y)] };
        var points = Points(Lines(chart).Single());
        points.Count.ShouldBeLessThan(2500);
        points.Min(p => p.Y).ShouldBe(Points(Lines(new LineChart { Series = [new("", [0, 7])] }).Single()).Min(p => p.Y), 0.1);
    }

    [Fact]
    public void Data_that_do_not_fit_together_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Series("loss", [1, 2], [1])).Message.ShouldContain("'loss' has 2 numbers in x and 1 in y");
        Should.Throw<ArgumentException>(() => new Series("loss", [])).Message.ShouldContain("no points");
        Should.Throw<ArgumentException>(() => new Series("loss", [double.NaN], [1])).Message.ShouldContain("x[0] = NaN");
        Should.Throw<ArgumentException>(() => new LineChart().ToSvg()).Message.ShouldContain("at least one series");
        Should.Throw<ArgumentException>(() => Axis.Linear("loss", 2, 1)).Message.ShouldContain("begins at 2 and ends at 1");
    }

    private static List<string> Lines(LineChart chart) =>
        [.. Svg.Elements(chart, "path").Where(p => p.Attribute("stroke-width")?.Value == "2" && p.Attribute("fill")?.Value == "none").Select(p => p.Attribute("d")!.Value)];

    private static List<(double X, double Y)> Points(string path) =>
        [.. Coordinates().Matches(path).Select(m => (double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)))];

    [GeneratedRegex("[ML]([-0-9.]+) ([-0-9.]+)")]
    private static partial Regex Coordinates();
}
