namespace TransformerByHand.Training.Runs;

/// <summary>Random numbers that are a function of a seed and a step, and of nothing else.</summary>
/// <remarks>
/// A run that was interrupted draws what it would have drawn, without anything having been saved. The generator is
/// SplitMix64 (Steele, Lea and Flood 2014): a counter whose value is scrambled.
/// </remarks>
internal struct StepRandom(int seed, long step)
{
    private ulong state = Scramble(Scramble((ulong)(uint)seed) + (ulong)step);

    /// <summary>A whole number from 0 to below <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(((UInt128)Bits() * (ulong)bound) >> 64);

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => (Bits() >> 11) * (1.0 / (1L << 53));

    /// <summary>64 random bits.</summary>
    public ulong Bits() => Scramble(state += 0x9E3779B97F4A7C15);

    private static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
