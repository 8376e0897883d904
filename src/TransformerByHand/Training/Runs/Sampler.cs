using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Writes on, token by token, with a causal model.</summary>
/// <remarks>
/// The keys and values of the tokens so far stay in the model's buffers (a KV cache), so a token costs one row of the
/// model's work and not the whole context again. When the context is full, its older half is forgotten and the rest is read
/// again.
/// </remarks>
public sealed class Sampler
{
    private readonly FastTransformer model;
    private readonly Batch batch;
    private readonly Random random;
    private readonly double[] probabilities;
    private readonly int[] order;

    /// <summary>Makes a sampler.</summary>
    /// <param name="model">A decoder-only model, or an encoder–decoder.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="ArgumentException">The model is encoder-only: it does not write.</exception>
    public Sampler(FastTransformer model, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Shape.Architecture == Architecture.EncoderOnly)
            throw new ArgumentException("An encoder-only model fills in hidden tokens; it cannot write on.", nameof(model));
        this.model = model;
        bool both = model.Shape.Architecture == Architecture.EncoderDecoder;
        batch = new(1, model.Shape.Context, both ? model.Shape.Context : 0);
        random = SeededRandom.Create(seed);
        probabilities = new double[model.Shape.Vocabulary];
        order = new int[model.Shape.Vocabulary];
    }

    /// <summary>1 samples as the model says, less makes likely tokens likelier, 0 takes the likeliest.</summary>
    public double Temperature
    {
        get;
        set => field = value >= 0 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The temperature must be a finite number, 0 or more.");
    } = 1;

    /// <summary>How many of the likeliest tokens are considered; 0 for all.</summary>
    public int TopK
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The number of tokens must be 0 or more.");
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">The tokens so far, at least one.</param>
    /// <param name="count">How many tokens to write at most.</param>
    /// <param name="source">The source, for an encoder–decoder.</param>
    /// <param name="end">A token after which to stop, which is not returned; null for none.</param>
    /// <returns>The new tokens. Take them one by one, or all: they are computed as they are asked for.</returns>
    /// <exception cref="ArgumentException">The prompt is empty, or a token is not in the vocabulary.</exception>
    public IEnumerable<int> Continue(IReadOnlyList<int> prompt, int count, IReadOnlyList<int>? source = null, int? end = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0) throw new ArgumentException("The prompt must have at least one token.", nameof(prompt));
        foreach (int id in prompt.Concat(source ?? []))
            if ((uint)id >= (uint)model.Shape.Vocabulary)
                throw new ArgumentException($"An id is {id}; the vocabulary has ids 0 to {model.Shape.Vocabulary - 1}.", nameof(prompt));
        if ((source is null) != (batch.SourceLength == 0))
            throw new ArgumentException(source is null ? "An encoder–decoder needs a source." : "Only an encoder–decoder reads a source.", nameof(source));
        if (source?.Count > batch.SourceLength)
            throw new ArgumentException($"The source has {source.Count} tokens; the context is {batch.SourceLength}.", nameof(source));
        return Write([.. prompt], count, source, end);
    }

    private IEnumerable<int> Write(List<int> tokens, int count, IReadOnlyList<int>? source, int? end)
    {
        if (source is not null)
        {
            source.ToArray().CopyTo(batch.Source, 0);
            batch.SourceLengths[0] = source.Count;
        }
        int context = model.Shape.Context, known = 0;
        tokens.RemoveRange(0, Math.Max(0, tokens.Count - context));
        for (int written = 0; written < count; written++)
        {
            if (tokens.Count > context)
            {
                tokens.RemoveRange(0, tokens.Count - Math.Max(1, context / 2));
                known = 0;
            }
            tokens.CopyTo(known, batch.Inputs, known, tokens.Count - known);
            int next = Draw(model.Continue(batch, known, tokens.Count - known, weightsChanged: written == 0));
            known = tokens.Count;
            if (next == end) yield break;
            tokens.Add(next);
            yield return next;
        }
    }

    /// <summary>The token with the largest logit; of several the first.</summary>
    /// <param name="logits">A logit for each token.</param>
    public static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best]) best = i;
        return best;
    }

    /// <summary>Draws a token from the softmax of the logits.</summary>
    private int Draw(ReadOnlySpan<float> logits)
    {
        int best = Likeliest(logits);
        if (Temperature == 0) return best;

        float least = TopK > 0 && TopK < logits.Length ? KthLargest(logits, TopK) : float.NegativeInfinity;
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            sum += probabilities[i] = logits[i] < least ? 0 : Math.Exp((logits[i] - logits[best]) / Temperature);
        double left = random.NextDouble() * sum;
        for (int i = 0; i < logits.Length; i++)
            if ((left -= probabilities[i]) < 0) return i;
        return best;
    }

    private float KthLargest(ReadOnlySpan<float> logits, int k)
    {
        for (int i = 0; i < order.Length; i++) order[i] = i;
        for (int i = 0; i < k; i++)
        {
            int largest = i;
            for (int j = i + 1; j < order.Length; j++)
                if (logits[order[j]] > logits[order[largest]]) largest = j;
            (order[i], order[largest]) = (order[largest], order[i]);
        }
        return logits[order[k - 1]];
    }
}
