using System.Numerics;

namespace TransformerByHand.Training.Kernels;

/// <summary>Inverted dropout: each number becomes 0 with probability p and is divided by 1 − p otherwise.</summary>
/// <remarks>
/// Whether a number is dropped is a function of a key and of its place alone (a hash of the two), so the backward pass
/// recomputes the mask instead of storing it, and neither the number of threads nor an interruption changes it.
/// The hash is the finaliser of MurmurHash3 (A. Appleby, public domain).
/// </remarks>
internal static class Dropout
{
    /// <summary>The number between 0 and 1 that is compared with p.</summary>
    public static float Uniform(uint key, uint place)
    {
        uint h = (place * 0x9E3779B9) ^ key;
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        h ^= h >> 16;
        return (h >> 8) * (1f / (1 << 24));
    }

    /// <summary>
    /// Drops numbers in place. The same call on a gradient is the backward pass.
    /// </summary>
    /// <param name="numbers">What is dropped; the first number has place <paramref name="place"/>, the next one more.</param>
    /// <param name="probability">p, at least 0 and below 1.</param>
    /// <param name="key">Another key, another mask.</param>
    /// <param name="place">The place of the first number.</param>
    public static void InPlace(Span<float> numbers, float probability, uint key, uint place)
    {
        float keep = 1 / (1 - probability);
        Vector<uint> keys = new(key), places = Vector<uint>.Zero;
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
            places = places.WithElement(lane, place + (uint)lane);
        Vector<float> threshold = new(probability), keepLanes = new(keep);

        int i = 0;
        for (; i <= numbers.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var h = (places * 0x9E3779B9) ^ keys;
            h = (h ^ (h >> 16)) * 0x85EBCA6B;
            h = (h ^ (h >> 13)) * 0xC2B2AE35;
            h ^= h >> 16;
            var uniform = Vector.ConvertToSingle(Vector.AsVectorInt32(h >> 8)) * (1f / (1 << 24));
            var kept = Vector.GreaterThanOrEqual(uniform, threshold);
            var span = numbers[i..];
            Vector.ConditionalSelect(kept, new Vector<float>(span) * keepLanes, Vector<float>.Zero).CopyTo(span);
            places += new Vector<uint>((uint)Vector<uint>.Count);
        }
        for (; i < numbers.Length; i++)
            numbers[i] = Uniform(key, place + (uint)i) >= probability ? numbers[i] * keep : 0;
    }
}
