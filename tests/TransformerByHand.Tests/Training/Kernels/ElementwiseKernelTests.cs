using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;
using Dropout = TransformerByHand.Training.Kernels.Dropout;

namespace TransformerByHand.Tests.Training.Kernels;

/// <summary>Each kernel against its definition, at every register width.</summary>
public class ElementwiseKernelTests
{
    // 37 numbers: two whole registers of 16 and a rest, four of 8 and a rest, nine of 4 and a rest.
    private const int Count = 37;

    [Theory, ClassData(typeof(KernelSets))]
    public void The_exponential_is_right_to_two_units_in_the_last_place(KernelSet kernels)
    {
        for (float x = -86.9f; x < 0; x += 0.0371f)
        {
            float[] row = [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x];
            float sum = kernels.Exponentials(row, 1, 0);
            double expected = Math.Exp(x);
            foreach (float e in row)
                Math.Abs(e / expected - 1).ShouldBeLessThan(2 * Math.Pow(2, -23), $"at {x}");
            Math.Abs(sum / (17 * expected) - 1).ShouldBeLessThan(5 * Math.Pow(2, -23));
        }
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void The_exponential_of_minus_infinity_is_exactly_zero(KernelSet kernels)
    {
        float[] row = [.. Enumerable.Repeat(float.NegativeInfinity, Count - 1), 0];
        kernels.Exponentials(row, 1, 0).ShouldBe(1);
        row[..^1].ShouldAllBe(e => e == 0);
        row[^1].ShouldBe(1);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Softmax_is_its_definition_and_survives_large_scores(KernelSet kernels)
    {
        float[] x = KernelSets.Numbers(SeededRandom.Create(1), Count);
        float[] expected = Definitions.Softmax(x, 3);
        float[] actual = [.. x];
        kernels.Softmax(actual, 3);
        KernelSets.Distance(actual, expected).ShouldBeLessThan(1e-6);

        float[] large = [.. x.Select(v => v + 1000)];
        kernels.Softmax(large, 1);
        large.Sum().ShouldBe(1, 1e-6);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Softmax_backward_is_the_product_with_the_jacobian(KernelSet kernels)
    {
        var random = SeededRandom.Create(2);
        float[] p = Definitions.Softmax(KernelSets.Numbers(random, Count), 1), dp = KernelSets.Numbers(random, Count);
        float[] expected = new float[Count];
        for (int i = 0; i < Count; i++)
            for (int j = 0; j < Count; j++)
                expected[i] += 0.25f * dp[j] * p[j] * ((i == j ? 1 : 0) - p[i]);

        kernels.SoftmaxBackward(p, dp, 0.25f);

        KernelSets.Distance(dp, expected).ShouldBeLessThan(1e-5);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Gelu_and_its_derivative_are_right_to_about_one_rounding(KernelSet kernels)
    {
        for (int block = -20; block < 20; block++)
        {
            float[] x = [.. Enumerable.Range(0, Count).Select(i => 0.3f * (block + (float)i / Count))];
            float[] y = new float[Count], dx = [.. x], ones = [.. Enumerable.Repeat(1f, Count)];
            kernels.Gelu(x, y);
            kernels.GeluBackward(dx, ones);
            for (int i = 0; i < Count; i++)
            {
                // Φ is off by 1e-7 at most, and is multiplied by x.
                Math.Abs(y[i] - Activation.GELU.Value(x[i])).ShouldBeLessThan(1.5e-7f * (1 + Math.Abs(x[i])), $"at {x[i]}");
                Math.Abs(dx[i] - Activation.GELU.Derivative(x[i])).ShouldBeLessThan(3e-7f, $"at {x[i]}");
            }
        }
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Gelu_by_its_formula_with_tanh_and_its_derivative_are_right_to_a_few_roundings(KernelSet kernels)
    {
        for (int block = -60; block < 60; block++)
        {
            float[] x = [.. Enumerable.Range(0, Count).Select(i => 0.3f * (block + (float)i / Count))];
            float[] y = new float[Count], dx = [.. x], ones = [.. Enumerable.Repeat(1f, Count)];
            kernels.GeluTanh(x, y);
            kernels.GeluTanhBackward(dx, ones);
            for (int i = 0; i < Count; i++)
            {
                Math.Abs(y[i] - Activation.GELUTanh.Value(x[i])).ShouldBeLessThan(3e-7f * (1 + Math.Abs(x[i])), $"at {x[i]}");
                Math.Abs(dx[i] - Activation.GELUTanh.Derivative(x[i])).ShouldBeLessThan(1e-6f, $"at {x[i]}");
            }
        }
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Relu_passes_what_is_positive_both_ways(KernelSet kernels)
    {
        float[] x = KernelSets.Numbers(SeededRandom.Create(3), Count), y = new float[Count];
        x[4] = 0;
        float[] dy = [.. Enumerable.Range(1, Count).Select(i => (float)i)], dx = [.. x];
        kernels.Relu(x, y);
        kernels.ReluBackward(dx, dy);
        y.ShouldBe(x.Select(v => (float)Activation.ReLU.Value(v)));
        dx.ShouldBe(x.Zip(dy, (a, b) => a > 0 ? b : 0));
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Layer_norm_is_its_definition(KernelSet kernels)
    {
        var random = SeededRandom.Create(4);
        float[] x = KernelSets.Numbers(random, Count), gamma = KernelSets.Numbers(random, Count), beta = KernelSets.Numbers(random, Count);
        float[] y = new float[Count];
        kernels.LayerNorm(x, gamma, beta, 1e-5f, y);
        KernelSets.Distance(y, Definitions.LayerNorm(x, gamma, beta, 1e-5f)).ShouldBeLessThan(1e-6);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Layer_norm_backward_agrees_with_differences_of_the_definition(KernelSet kernels)
    {
        var random = SeededRandom.Create(5);
        float[] x = KernelSets.Numbers(random, Count), gamma = KernelSets.Numbers(random, Count), beta = KernelSets.Numbers(random, Count);
        float[] dy = KernelSets.Numbers(random, Count), y = new float[Count];
        float[] dx = new float[Count], dGamma = new float[Count], dBeta = new float[Count];
        var (mean, rstd) = kernels.LayerNorm(x, gamma, beta, 1e-5f, y);
        kernels.LayerNormBackward(x, gamma, mean, rstd, dy, dx, dGamma, dBeta);

        KernelSets.Distance(dx, Differences(x, v => Project(v, gamma, beta))).ShouldBeLessThan(2e-3);
        KernelSets.Distance(dGamma, Differences(gamma, v => Project(x, v, beta))).ShouldBeLessThan(2e-3);
        dBeta.ShouldBe(dy);
        dx.Sum().ShouldBe(0, 1e-4); // the gradient is orthogonal to the all-ones vector

        double Project(float[] x, float[] gamma, float[] beta) =>
            Definitions.LayerNorm(x, gamma, beta, 1e-5f).Zip(dy, (a, b) => (double)a * b).Sum();
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Cross_entropy_and_its_gradient_are_their_definitions(KernelSet kernels)
    {
        float[] logits = KernelSets.Numbers(SeededRandom.Create(6), Count);
        foreach (float smoothing in new[] { 0, 0.1f })
        {
            float[] gradient = [.. logits];
            float loss = kernels.CrossEntropy(gradient, 5, smoothing, 2);
            loss.ShouldBe((float)Definitions.CrossEntropy(logits, 5, smoothing), 1e-6);
            float[] differences = Differences(logits, z => 2 * Definitions.CrossEntropy(z, 5, smoothing));
            KernelSets.Distance(gradient, differences).ShouldBeLessThan(1e-3);
            gradient.Sum().ShouldBe(0, 1e-6); // p and q both sum to 1
        }
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void The_optimisers_are_their_definitions(KernelSet kernels)
    {
        var random = SeededRandom.Create(7);
        float[] w = KernelSets.Numbers(random, Count), g = KernelSets.Numbers(random, Count), m = KernelSets.Numbers(random, Count);
        float[] v = [.. KernelSets.Numbers(random, Count).Select(MathF.Abs)];
        var adam = new AdamWKernel.Constants(0.5f, 0.9f, 0.98f, 0.999f, 0.02f, 1.2f, 1e-8f);
        float[] w1 = [.. w], m1 = [.. m], v1 = [.. v], w2 = [.. w], m2 = [.. m], v2 = [.. v];
        kernels.AdamW(w1, g, m1, v1, adam);
        for (int i = 0; i < Count; i++) w2[i] = Definitions.AdamW(w2[i], g[i], ref m2[i], ref v2[i], adam);
        KernelSets.Distance(w1, w2).ShouldBeLessThan(3e-7);
        KernelSets.Distance(m1, m2).ShouldBeLessThan(3e-7);
        KernelSets.Distance(v1, v2).ShouldBeLessThan(3e-7);

        var momentum = new MomentumKernel.Constants(0.5f, 0.9f, 0.01f, 0.1f);
        (w1, w2, m1, m2) = ([.. w], [.. w], [.. m], [.. m]);
        kernels.Momentum(w1, g, m1, momentum);
        for (int i = 0; i < Count; i++) w2[i] = Definitions.Momentum(w2[i], g[i], ref m2[i], momentum);
        KernelSets.Distance(w1, w2).ShouldBeLessThan(3e-7);
        KernelSets.Distance(m1, m2).ShouldBeLessThan(3e-7);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Turning_is_its_definition_with_the_same_bits_at_every_width_and_turning_back_undoes_it(KernelSet kernels)
    {
        float[] x = KernelSets.Numbers(SeededRandom.Create(9), 2 * Count), turned = [.. x];
        float[] cosines = [.. Enumerable.Range(0, Count).Select(k => (float)Math.Cos(0.3 * k))], sines = [.. Enumerable.Range(0, Count).Select(k => (float)Math.Sin(0.3 * k))];
        kernels.Turn(turned, cosines, sines, back: false);
        for (int k = 0; k < Count; k++)
        {
            turned[k].ShouldBe(x[k] * cosines[k] - x[k + Count] * sines[k]);
            turned[k + Count].ShouldBe(x[k] * sines[k] + x[k + Count] * cosines[k]);
        }
        kernels.Turn(turned, cosines, sines, back: true);
        KernelSets.Distance(turned, x).ShouldBeLessThan(3e-7);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Positive_features_and_their_slope_are_their_definitions(KernelSet kernels)
    {
        float[] x = KernelSets.Numbers(SeededRandom.Create(10), Count), y = new float[Count], dx = KernelSets.Numbers(SeededRandom.Create(11), Count), dy = [.. dx];
        x[3] = 0;
        kernels.PositiveFeatures(x, y);
        kernels.PositiveFeaturesBackward(y, dx);
        KernelSets.Distance(y, [.. x.Select(v => (float)LinearAttention.φ(v))]).ShouldBeLessThan(3e-7);
        KernelSets.Distance(dx, [.. x.Zip(dy, (v, d) => d * (v > 0 ? 1 : MathF.Exp(v)))]).ShouldBeLessThan(3e-7);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void A_multiple_is_added(KernelSet kernels)
    {
        float[] x = KernelSets.Numbers(SeededRandom.Create(12), Count), y = KernelSets.Numbers(SeededRandom.Create(13), Count), sum = [.. y];
        kernels.AddScaled(0.7f, x, sum);
        KernelSets.Distance(sum, [.. x.Zip(y, (a, b) => 0.7f * a + b)]).ShouldBeLessThan(3e-7);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Sums_are_their_definitions(KernelSet kernels)
    {
        var random = SeededRandom.Create(8);
        float[] x = KernelSets.Numbers(random, Count), y = KernelSets.Numbers(random, Count);
        kernels.Dot(x, y).ShouldBe(Definitions.Dot(x, y), 1e-5);

        float[] rows = KernelSets.Numbers(random, 3 * Count), sum = [.. x];
        kernels.AddRows(new(rows, 3, Count), sum);
        for (int j = 0; j < Count; j++)
            sum[j].ShouldBe(x[j] + rows[j] + rows[Count + j] + rows[2 * Count + j], 1e-5);
    }

    [Fact]
    public void Dropout_drops_by_place_alone_and_keeps_the_mean()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 100_003)];
        Dropout.InPlace(ones, 0.3f, key: 12, place: 5);
        for (int i = 0; i < ones.Length; i++)
            (ones[i] == 0).ShouldBe(Dropout.Uniform(12, (uint)(i + 5)) < 0.3f);

        // The mean of n numbers that are 1/0.7 with probability 0.7 has deviation √(0.3/0.7/n) = 0.002.
        ones.Average().ShouldBe(1, 0.01);

        float[] part = [.. Enumerable.Repeat(1f, 1000)];
        Dropout.InPlace(part, 0.3f, key: 12, place: 5 + 333);
        part.ShouldBe(ones[333..1333]);
    }

    /// <summary>Central differences of a function of some floats.</summary>
    private static float[] Differences(float[] at, Func<float[], double> function)
    {
        const float step = 0.01f;
        return [.. at.Select((value, i) =>
        {
            float[] up = [.. at], down = [.. at];
            up[i] += step;
            down[i] -= step;
            return (float)((function(up) - function(down)) / ((double)up[i] - down[i]));
        })];
    }
}
