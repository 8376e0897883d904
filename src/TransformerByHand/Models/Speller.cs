using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Models;

/// <summary>A small trained encoder–decoder that copies, reverses or sorts a row of letters.</summary>
/// <remarks>
/// <para>
/// Its weights lie in <c>data/speller.safetensors</c> and travel inside this library. It was trained from nothing by
/// <c>dotnet run --project src/Course -- train sequences</c>, on rows of the kind of <c>data/sequences.tsv</c>.
/// </para>
/// <para>
/// It is the whole model with one layer in each stack: pre-LN, 4 heads of d_k = 16, ReLU, learned positions, and an unembedding
/// of its own; d_model is 64. It reads the task and the letters, such as <c>reverse a b c</c>, and writes letter by letter.
/// </para>
/// </remarks>
public sealed class Speller
{
    private const int Longest = 8;

    private static readonly Lazy<ParameterSet> Weights = new(() => StoredModel.Weights("speller"));

    private Speller(Transformer model) => Model = model;

    /// <summary>Loads the model. Every call makes one of its own.</summary>
    public static Speller Load()
    {
        var model = Shape.ToTransformer(SeededRandom.Create(0));
        model.Parameters.CopyFrom(Weights.Value);
        return new(model);
    }

    /// <summary>The model as layers.</summary>
    public Transformer Model { get; }

    /// <summary>What it can do: copy, reverse and sort.</summary>
    public static IReadOnlyList<string> Tasks => SequenceGenerator.Tasks;

    /// <summary>Its words: three special ones, the tasks, and the letters a to j.</summary>
    public static Vocabulary Words { get; } = new(["<pad>", "<begin>", "<end>", .. SequenceGenerator.Tasks, .. "abcdefghij".Select(letter => letter.ToString())]);

    /// <summary>A tenth of the rows of <c>data/sequences.tsv</c>, each once: it never saw them while it was trained.</summary>
    public static IReadOnlyList<SequenceTask> HeldOut { get; } = [.. SequenceGenerator.FromFile(Corpus.Sequences.Generate()).Where((_, i) => i % 10 == 0).Distinct()];

    /// <summary>The sizes that the recipe trains and <see cref="Load"/> expects.</summary>
    internal static ModelShape Shape { get; } = new()
    {
        Architecture = Architecture.EncoderDecoder, Vocabulary = Words.Count, DModel = 64, Heads = 4, Layers = 1, Context = 16, Activation = Activation.ReLU,
    };

    /// <summary>Does a task, writing letter by letter and always taking the likeliest.</summary>
    /// <param name="task">One of <see cref="Tasks"/>.</param>
    /// <param name="letters">1 to 8 letters from a to j.</param>
    /// <returns>What was written, and all that was computed on the way.</returns>
    /// <exception cref="ArgumentException">There is no such task, or the letters are none that the model knows.</exception>
    public SpellerReading Do(string task, string letters) => Do(task, letters, (source, target) => Model.Forward(source, target).Logits);

    /// <summary>The same with another way to the logits.</summary>
    /// <param name="task">One of <see cref="Tasks"/>.</param>
    /// <param name="letters">1 to 8 letters from a to j.</param>
    /// <param name="logits">Makes the logits (n × V) from the source's ids and the ids written so far.</param>
    /// <param name="notes">What is to be said under it, once it is done; null for nothing.</param>
    /// <returns>What was written that way, and what the model computes for the same letters.</returns>
    /// <exception cref="ArgumentException">There is no such task, or the letters are none that the model knows.</exception>
    public SpellerReading Do(string task, string letters, Func<int[], int[], Matrix<double>> logits, Func<IReadOnlyList<string>>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        int[] source = Source(task, letters);
        List<int> target = [Words.IdOf("<begin>")];
        while (target.Count <= Longest + 1)
        {
            int next = logits(source, [.. target]).Row(target.Count - 1).MaximumIndex();
            if (next == Words.IdOf("<end>")) break;
            target.Add(next);
        }
        return new(this, task, letters, source, [.. target]) { Notes = notes?.Invoke() ?? [] };
    }

    /// <summary>The ids that the encoder reads: the task, and each letter.</summary>
    /// <param name="task">One of <see cref="Tasks"/>.</param>
    /// <param name="letters">1 to 8 letters from a to j.</param>
    /// <exception cref="ArgumentException">There is no such task, or the letters are none that the model knows.</exception>
    public static int[] Source(string task, string letters)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(letters);
        if (!Tasks.Contains(task)) throw new ArgumentException($"There is no task '{task}'; there is {string.Join(", ", Tasks)}.", nameof(task));
        if (letters.Length is < 1 or > Longest || letters.Any(letter => letter is < 'a' or > 'j'))
            throw new ArgumentException($"letters is '{letters}', but should be 1 to {Longest} letters from a to j.", nameof(letters));
        return [Words.IdOf(task), .. letters.Select(letter => Words.IdOf(letter.ToString()))];
    }
}
