using System.Collections.Concurrent;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>The stacks with random weights on which lesson 03 and its laboratory measure, and the sequences that run through them.</summary>
/// <remarks>A seed stands for the same weights in every placement of the norm, with a skip and without.</remarks>
public static class StreamStacks
{
    // The blocks of a seed are drawn once: they are 300,000 normal numbers, and a lesson asks for the same ones eight times.
    private static readonly ConcurrentDictionary<int, IReadOnlyList<EncoderLayer>> Drawn = new();

    /// <summary>The width of a token.</summary>
    public const int Width = 32;

    /// <summary>The number of tokens of a sequence.</summary>
    public const int Tokens = 16;

    /// <summary>The number of layers of the deepest stack, of two blocks each.</summary>
    public const int Depth = 24;

    /// <summary>The number of stacks of a kind: random weights differ, and one stack says little.</summary>
    public const int Count = 20;

    /// <summary>Returns a sequence of random tokens with mean 0 and variance 1.</summary>
    /// <param name="number">Which one, from 0.</param>
    /// <returns>The tokens (16 × 32).</returns>
    public static Matrix<double> Sequence(int number) => SeededRandom.Create(100 + number).NormalMatrix(Tokens, Width);

    /// <summary>Makes a stack of layers of width 32 with four heads and random weights.</summary>
    /// <remarks>Stacks of one seed share their blocks: they are for measuring, not for training.</remarks>
    /// <param name="placement">Where the norm stands.</param>
    /// <param name="skip">Whether x is added to what a block writes.</param>
    /// <param name="layers">The number of layers, from 1 to <see cref="Depth"/>: the first ones of the deepest stack.</param>
    /// <param name="seed">Which weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many layers.</exception>
    public static Encoder Stack(NormPlacement placement, bool skip = true, int layers = Depth, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers, Depth);
        LayerNorm? Norm() => placement is NormPlacement.None ? null : new LayerNorm(Width);
        AddAndNorm Around() => new(placement, Norm()) { Skip = skip };

        var drawn = Drawn.GetOrAdd(seed, _ => Encoder.Random(SeededRandom.Create(seed), Depth, Options(NormPlacement.None)).Layers);
        return new Encoder(
            [.. drawn.Take(layers).Select(blocks => new EncoderLayer(blocks.Attention, blocks.FeedForward, Around(), Around()))],
            placement is NormPlacement.Pre or NormPlacement.OnWrite ? Norm() : null);   // nothing else normalises the last stream
    }

    /// <summary>The stream of several runs after some layers, all tokens one under the other.</summary>
    /// <param name="runs">What the forward passes kept.</param>
    /// <param name="layers">After how many layers, from 0.</param>
    /// <returns>The tokens (all × d_model).</returns>
    internal static Matrix<double> After(IEnumerable<EncoderTrace> runs, int layers) =>
        Matrix<double>.Build.DenseOfRowVectors(runs.SelectMany(run => run.StreamAfter(layers).EnumerateRows()));

    internal static LayerOptions Options(NormPlacement placement) => new() { DModel = Width, Heads = 4, Placement = placement };

    /// <summary>Measures stacks number 1 … 20, several at a time, and returns the results in their order.</summary>
    internal static T[] ForEachStack<T>(Func<int, T> measure)
    {
        var results = new T[Count];
        Parallel.For(0, Count, k => results[k] = measure(k + 1));
        return results;
    }

    /// <summary>The slope of a straight line through points whose x and y are both logarithms: the power with which y goes as x.</summary>
    internal static double LogLogSlope(IReadOnlyList<int> x, Func<int, double> y) =>
        Fit.Line([.. x.Select(v => Math.Log(v))], [.. x.Select(v => Math.Log(y(v)))]).B;
}
