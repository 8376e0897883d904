using MathNet.Numerics.Distributions;

namespace TransformerByHand.Training.Model;

/// <summary>How the matrices of a model begin. Biases begin at 0 and every γ at 1.</summary>
public enum InitialisationScheme
{
    /// <summary>Normal numbers of deviation 0.02, and 0.02/√n where a matrix writes to the residual stream, n being how many do: two a layer, or one without a feed-forward block (Radford et al. 2019).</summary>
    Gpt2,

    /// <summary>Normal numbers of deviation 0.02 everywhere.</summary>
    SmallNormal,

    /// <summary>Uniform numbers of variance 2/(inputs + outputs) (Glorot and Bengio 2010); embeddings as in <see cref="SmallNormal"/>.</summary>
    Xavier,

    /// <summary>Normal numbers of variance 2/inputs (He et al. 2015); embeddings as in <see cref="SmallNormal"/>.</summary>
    He,
}

/// <summary>Draws a model's first weights.</summary>
public static class InitialWeights
{
    /// <summary>Overwrites every weight; the same seed gives the same weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <param name="scheme">How matrices begin.</param>
    public static void Initialise(this FastTransformer model, int seed, InitialisationScheme scheme = InitialisationScheme.Gpt2)
    {
        ArgumentNullException.ThrowIfNull(model);
        var random = SeededRandom.Create(seed);
        int additions = (model.Shape.HasFeedForward ? 2 : 1) * model.Shape.Layers;
        foreach (var weight in model.Weights.All)
        {
            var values = weight.Values;
            if (weight.Role is WeightRole.Bias or WeightRole.Gain)
            {
                values.Fill(weight.Role == WeightRole.Gain ? 1 : 0);
                continue;
            }
            bool embedding = weight.Role == WeightRole.Embedding;
            double bound = Math.Sqrt(6.0 / (weight.Rows + weight.Columns)); // a uniform number in ±a has variance a²/3
            double deviation = scheme switch
            {
                InitialisationScheme.He when !embedding => Math.Sqrt(2.0 / weight.Rows),
                InitialisationScheme.Gpt2 when weight.Role == WeightRole.ResidualMatrix => 0.02 / Math.Sqrt(additions),
                _ => 0.02,
            };
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(scheme == InitialisationScheme.Xavier && !embedding
                    ? bound * (2 * random.NextDouble() - 1)
                    : Normal.Sample(random, 0, deviation));
        }
    }
}
