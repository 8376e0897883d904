using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class PlaneTests
{
    [Fact]
    public void One_unit_is_as_long_across_as_up_so_that_angles_are_true()
    {
        var plane = new Plane { Marks = [Mark.Point("", 0, 0), Mark.Point("", 3, 0), Mark.Point("", 0, 2)] };
        var circles = Svg.Elements(plane, "circle").ToArray();
        double across = Svg.Number(circles[1], "cx") - Svg.Number(circles[0], "cx"), up = Svg.Number(circles[0], "cy") - Svg.Number(circles[2], "cy");
        (across / 3).ShouldBe(up / 2, 0.5);
        up.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_alternative_states_every_coordinate() =>
        new Plane { Title = "Values", Marks = [Mark.Polygon("hull", (0, 0), (1, 0), (0, 1)), Mark.Point("v_1", 0.5, -1), Mark.Arrow("o", 1, 2)] }
            .Alt.ShouldBe("Values. Plane. hull: polygon with corners (0, 0), (1, 0), (0, 1). v_1: point (0.5, -1). o: arrow from (0, 0) to (1, 2).");

    [Fact]
    public void A_circle_passes_through_the_points_at_its_radius()
    {
        var plane = new Plane { Reach = 1.5, Marks = [Mark.Circle("", 1), Mark.Point("", 0, 0), Mark.Point("", 0.6, 0.8)] };
        var circles = Svg.Elements(plane, "circle").ToArray();
        double Distance(int a, int b) => Math.Sqrt(Math.Pow(Svg.Number(circles[a], "cx") - Svg.Number(circles[b], "cx"), 2) + Math.Pow(Svg.Number(circles[a], "cy") - Svg.Number(circles[b], "cy"), 2));

        Distance(0, 1).ShouldBe(0, 0.1);
        Svg.Number(circles[0], "r").ShouldBe(Distance(0, 2), 0.1);
        plane.Alt.ShouldContain("circle around (0, 0) with radius 1.");
    }

    [Fact]
    public void Planes_with_the_same_reach_have_the_same_size_whatever_they_show()
    {
        string Size(double x) => Svg.Parse(new Plane { Reach = 2, Marks = [Mark.Point("p", x, x)] }.ToSvg()).Attribute("viewBox")!.Value;
        Size(0.1).ShouldBe(Size(-1.9));
    }

    [Fact]
    public void A_label_that_leaves_the_frame_is_not_cut_off()
    {
        // A wall of points at its left leaves the label no place but outside.
        var wall = Enumerable.Range(0, 60).Select(i => Mark.Point("", 0.8 + i % 6 * 0.03, 1 - i / 6 * 0.03));
        var canvas = new Plane { Size = 200, Marks = [.. wall, Mark.Point("value of the last token", 1, 1)] }.Render(Canvas.TitleSize);

        canvas.Texts.Max(text => text.Right).ShouldBeLessThanOrEqualTo(canvas.Width);
    }

    [Fact]
    public void Bad_marks_are_refused()
    {
        Should.Throw<ArgumentException>(() => Mark.Point("p", double.NaN, 0)).Message.ShouldContain("(NaN, 0)");
        Should.Throw<ArgumentException>(() => Mark.Polygon("p", (0, 0), (1, 1))).Message.ShouldContain("2 corners");
        Should.Throw<ArgumentOutOfRangeException>(() => Mark.Circle("p", 0)).Message.ShouldContain("radius 0");
        Should.Throw<ArgumentException>(() => Mark.Circle("p", double.NaN));
        Should.Throw<ArgumentException>(() => new Plane().ToSvg()).Message.ShouldContain("at least one mark");
        Should.Throw<ArgumentException>(() => new Plane { Reach = 1, Marks = [Mark.Point("p", 3, 0)] }.ToSvg()).Message.ShouldContain("(3, 0) lies outside");
    }
}
