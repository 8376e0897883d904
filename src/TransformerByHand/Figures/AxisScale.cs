using System.Globalization;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>An axis with its ends and ticks chosen: turns numbers into places along a length in pixels.</summary>
internal sealed class AxisScale
{
    private readonly bool _isLog;
    private readonly double _from, _to;

    /// <param name="axis">What the author asked for.</param>
    /// <param name="values">The finite numbers to be shown; on a logarithmic axis all greater than 0.</param>
    /// <param name="length">Length of the axis in pixels.</param>
    /// <param name="isVertical">Whether tick labels stand above each other, and the ends are moved out to the next tick.</param>
    public AxisScale(Axis axis, IReadOnlyCollection<double> values, double length, bool isVertical)
    {
        (_isLog, Length) = (axis.IsLog, length);
        double low = axis.Min ?? (values.Count == 0 ? (axis.IsLog ? 1 : 0) : values.Min());
        double high = axis.Max ?? (values.Count == 0 ? low + 1 : values.Max());
        if (axis.Min is null && axis.Ticks is { Count: > 0 }) low = Math.Min(low, axis.Ticks.Min());
        if (axis.Max is null && axis.Ticks is { Count: > 0 }) high = Math.Max(high, axis.Ticks.Max());
        if (!(high > low)) // one number only, or an end that excludes the data
        {
            double room = axis.IsLog ? 0 : low == 0 ? 1 : Math.Abs(low) / 2;
            if (axis.Max is null) high = axis.IsLog ? low * 2 : low + room;
            if (axis.Min is null) low = axis.IsLog ? Math.Min(low, high) / 4 : Math.Min(low, high) - (axis.Max is null ? 2 * room : room);
        }

        int aim = Math.Max(2, (int)(length / (isVertical ? 44 : 78)));
        if (axis.IsLog)
        {
            double margin = (Math.Log10(high) - Math.Log10(low)) * 0.04;
            _from = Math.Log10(low) - (axis.Min is null ? margin : 0);
            _to = Math.Log10(high) + (axis.Max is null ? margin : 0);
            Ticks = axis.Ticks ?? LogTicks(values, aim);
        }
        else
        {
            double step = NiceStep((high - low) / aim);
            if (!isVertical && values.Count > 0 && values.All(double.IsInteger)) step = Math.Max(1, step); // there is no step 0.5
            if (isVertical)
            {
                if (axis.Min is null) low = Math.Floor(low / step + 1e-9) * step;
                if (axis.Max is null) high = Math.Ceiling(high / step - 1e-9) * step;
            }
            else
            {
                double margin = (high - low) * 0.02;
                if (axis.Min is null) low -= margin;
                if (axis.Max is null) high += margin;
            }
            (_from, _to) = (low, high);
            Ticks = axis.Ticks ?? LinearTicks(low, high, step);
        }
        Ticks = [.. Ticks.Where(tick => Map(tick) is var place && place > -0.01 && place < length + 0.01)];
        bool powers = _isLog && Ticks.Any(tick => Numbers.Format(tick).Contains('e', StringComparison.Ordinal));
        Format = powers ? PowerFormat : _isLog ? tick => Numbers.Format(tick) : Numbers.Together(Ticks, DigitsThatTellApart(Ticks));
    }

    public double Length { get; }

    public IReadOnlyList<double> Ticks { get; }

    public Func<double, string> Format { get; }

    /// <summary>The place of a number in pixels from the axis's beginning; NaN stays NaN.</summary>
    public double Map(double value) => ((_isLog ? Math.Log10(value) : value) - _from) / (_to - _from) * Length;

    /// <summary>Number at a share of the length, for drawing curves.</summary>
    public double At(double share) => _from + (_to - _from) * share is var place && _isLog ? Math.Pow(10, place) : place;

    /// <summary>The significant digits that show the step between ticks: four, or more in a narrow range far from 0.</summary>
    private static int DigitsThatTellApart(IReadOnlyList<double> ticks)
    {
        if (ticks.Count < 2) return 4;
        double largest = ticks.Max(Math.Abs), step = ticks.Zip(ticks.Skip(1), (a, b) => Math.Abs(b - a)).Min();
        int digits = (int)(Math.Floor(Math.Log10(largest) + 1e-9) - Math.Floor(Math.Log10(step) + 1e-9)) + 1;
        return Math.Clamp(digits, 4, 15);
    }

    /// <summary>Writes 0.001 as 1e-3 where its neighbours are written so.</summary>
    private static string PowerFormat(double tick)
    {
        string[] parts = tick.ToString("E3", CultureInfo.InvariantCulture).Split('E');
        int exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is >= -1 and <= 2 ? Numbers.Format(tick) : $"{parts[0].TrimEnd('0').TrimEnd('.')}e{Numbers.Format(exponent)}";
    }

    private static double Pow(int exponent, int factor) =>
        double.Parse(string.Create(CultureInfo.InvariantCulture, $"{factor}e{exponent}"), CultureInfo.InvariantCulture); // exact, unlike Math.Pow

    private static double NiceStep(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough) + 1e-9));
        double factor = rough / power;
        double nice = factor <= 1 + 1e-9 ? 1 : factor <= 2 + 1e-9 ? 2 : factor <= 5 + 1e-9 ? 5 : 10;
        return double.Parse((nice * power).ToString("E0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static List<double> LinearTicks(double low, double high, double step)
    {
        long first = (long)Math.Ceiling(low / step - 1e-9), last = (long)Math.Floor(high / step + 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(k => (first + k) * step)];
    }

    /// <summary>Powers of two where the data are such, as depths and widths often are; otherwise decades, split by 2 and 5 where they are few.</summary>
    private IReadOnlyList<double> LogTicks(IReadOnlyCollection<double> values, int aim)
    {
        double[] distinct = [.. values.Distinct().Order()];
        if (distinct.Length is >= 2 and <= 10 && distinct.All(value => value >= 1 && Math.Truncate(value) == value && double.IsPow2(value)))
            return distinct;

        int first = (int)Math.Ceiling(_from - 1e-9), last = (int)Math.Floor(_to + 1e-9);
        var decades = Enumerable.Range(first, Math.Max(0, last - first + 1)).ToArray();
        if (decades.Length >= 3)
        {
            int every = Math.Max(1, (int)Math.Ceiling(decades.Length / (double)aim));
            return [.. decades.Where(exponent => exponent % every == 0).Select(exponent => Pow(exponent, 1))];
        }

        double[] fine = [.. from exponent in Enumerable.Range(first - 1, last - first + 3) from factor in new[] { 1, 2, 5 }
                            let tick = Pow(exponent, factor) where Math.Log10(tick) >= _from && Math.Log10(tick) <= _to select tick];
        if (fine.Length >= 3) return fine;
        double low = Math.Pow(10, _from), high = Math.Pow(10, _to);
        return LinearTicks(low, high, NiceStep((high - low) / Math.Min(aim, 5)));
    }
}
