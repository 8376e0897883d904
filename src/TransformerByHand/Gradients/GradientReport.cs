using System.Globalization;
using System.Net;
using System.Text;
using TransformerByHand.Display;

namespace TransformerByHand.Gradients;

/// <summary>The result of a gradient check: one verdict, the reason, and the error at every step size.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class GradientReport : IShown
{
    internal GradientReport(IReadOnlyList<VariableReport> variables, GradientCheckSettings settings)
    {
        (Variables, Settings) = (variables, settings);
        Worst = variables.OrderByDescending(Severity).ThenByDescending(v => v.Error).First();
        Points = [.. settings.Steps.Select((h, k) => (h, variables.Max(v => v.Errors[k])))];

        // A wrong gradient outranks a kink elsewhere: smoothness is no excuse for the entries that are smooth.
        static int Severity(VariableReport v) => v.Verdict switch
        {
            GradientVerdict.Disagrees => 2,
            GradientVerdict.NotSmooth => 1,
            _ => 0,
        };
    }

    /// <summary>The settings the check was made with.</summary>
    public GradientCheckSettings Settings { get; }

    /// <summary>What was found for each input and parameter.</summary>
    public IReadOnlyList<VariableReport> Variables { get; }

    /// <summary>The variable that decides the verdict.</summary>
    public VariableReport Worst { get; }

    /// <summary>The verdict on all of them together.</summary>
    public GradientVerdict Verdict => Worst.Verdict;

    /// <summary>Whether every claimed gradient is the measured one.</summary>
    public bool Agrees => Verdict == GradientVerdict.Agrees;

    /// <summary>The largest relative error of any variable, each at its steadiest step.</summary>
    public double Error => Variables.Max(v => v.Error);

    /// <summary>The largest relative error at every step size: for a smooth function and a right gradient, a U.</summary>
    public IReadOnlyList<(double Step, double Error)> Points { get; }

    /// <summary>The verdict in a sentence.</summary>
    public string Sentence => Verdict switch
    {
        GradientVerdict.Agrees when Error > Settings.Tolerance => $"The gradient agrees with central differences as well as they can be measured here: relative error {Short(Error)}.",
        GradientVerdict.Agrees => $"The gradient agrees with central differences: relative error {Short(Error)}, where at most {Short(Settings.Tolerance)} is allowed.",
        GradientVerdict.Disagrees => $"The gradient is wrong. {Worst.Reason}",
        _ => $"No verdict on the gradient: the function is not smooth here. {Worst.Reason}",
    };

    /// <summary>Returns the report on one variable.</summary>
    /// <param name="name">Its name, such as <c>X</c> or <c>γ</c>.</param>
    /// <exception cref="KeyNotFoundException">No variable has that name.</exception>
    public VariableReport For(string name) =>
        Variables.FirstOrDefault(v => v.Name == name)
        ?? throw new KeyNotFoundException($"There is no '{name}' here; there is {string.Join(", ", Variables.Select(v => v.Name))}.");

    /// <inheritdoc/>
    public string ToText()
    {
        var text = new StringBuilder().Append(Sentence).Append('\n');
        int width = Math.Max("variable".Length, Variables.Max(v => v.Name.Length));
        text.Append($"\n{"variable".PadRight(width)}  {"error",6}  {"at h",6}  verdict\n");
        foreach (var v in Variables)
            text.Append($"{v.Name.PadRight(width)}  {Short(v.Error),6}  {Short(v.Step),6}  {Words(v.Verdict)}\n");
        text.Append($"\n{"step h",6}  {"error",6}\n");
        foreach (var (h, error) in Points)
            text.Append($"{Short(h),6}  {Short(error),6}\n");
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToHtml()
    {
        var verdicts = new Table("variable", "relative error", "at step h", "verdict")
            .RowForEach(Variables, v => [v.Name, Short(v.Error), Short(v.Step), Words(v.Verdict)]);
        var errors = new Table("step h", "relative error")
            .RowForEach(Points, point => [Short(point.Step), Short(point.Error)]);
        return $"<p><strong>{WebUtility.HtmlEncode(Sentence)}</strong></p>{verdicts.ToHtml()}{errors.ToHtml()}";
    }

    /// <summary>Returns the verdict's sentence.</summary>
    public override string ToString() => Sentence;

    /// <summary>One digit and a power of ten: what comes after it is rounding, and differs between machines.</summary>
    internal static string Short(double x) => x.ToString(x == 0 || !double.IsFinite(x) ? "0" : "0e-0", CultureInfo.InvariantCulture);

    private static string Words(GradientVerdict verdict) => verdict switch
    {
        GradientVerdict.Agrees => "agrees",
        GradientVerdict.Disagrees => "disagrees",
        _ => "not smooth here",
    };
}
