namespace TransformerByHand.Training.Optimisers;

/// <summary>The learning rate at each step.</summary>
public abstract record Schedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, counted from 1.</param>
    public abstract double At(int step);

    /// <summary>The same rate at every step.</summary>
    /// <param name="rate">η.</param>
    public static Schedule Constant(double rate) => new ConstantSchedule(rate);

    /// <summary>Up in a line over the warm-up, then down along half a cosine to <paramref name="last"/>.</summary>
    /// <param name="peak">The highest rate, reached at the end of the warm-up.</param>
    /// <param name="warmUp">How many steps the warm-up takes; 0 for none.</param>
    /// <param name="steps">How many steps there are in all.</param>
    /// <param name="last">The rate at the last step.</param>
    public static Schedule Cosine(double peak, int warmUp, int steps, double last = 0) => new CosineSchedule(peak, warmUp, steps, last);

    /// <summary>The schedule of Vaswani et al. 2017, §5.3: d^{−1/2} · min(s^{−1/2}, s · w^{−3/2}).</summary>
    /// <param name="width">d_model.</param>
    /// <param name="warmUp">w: the step at which the rate is highest.</param>
    /// <param name="factor">What the rate is multiplied by.</param>
    public static Schedule InverseRoot(int width, int warmUp, double factor = 1) => new InverseRootSchedule(width, warmUp, factor);

    private sealed record ConstantSchedule(double Rate) : Schedule
    {
        public override double At(int step) => Rate;
    }

    private sealed record CosineSchedule(double Peak, int WarmUp, int Steps, double Last) : Schedule
    {
        public override double At(int step)
        {
            if (step < WarmUp) return Peak * step / WarmUp;
            double progress = Math.Clamp((double)(step - WarmUp) / Math.Max(1, Steps - WarmUp), 0, 1);
            return Last + (Peak - Last) * 0.5 * (1 + Math.Cos(Math.PI * progress));
        }
    }

    private sealed record InverseRootSchedule(int Width, int WarmUp, double Factor) : Schedule
    {
        public override double At(int step) =>
            Factor / Math.Sqrt(Width) * Math.Min(1 / Math.Sqrt(step), step * Math.Pow(WarmUp, -1.5));
    }
}
