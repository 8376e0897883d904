using System.Security.Cryptography;
using System.Text;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The signature of a message: HMAC-SHA256 of its four parts, in hexadecimal digits; empty where there is no key.</summary>
/// <param name="key">The key that kernel and client share.</param>
internal sealed class MessageSignature(string key)
{
    private readonly byte[] key = Encoding.UTF8.GetBytes(key);

    /// <summary>Signs header, parent header, metadata and content, in this order.</summary>
    public byte[] Of(IEnumerable<byte[]> parts)
    {
        if (key.Length == 0) return [];
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (byte[] part in parts) hash.AppendData(part);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Whether a signature is the right one, in a time that does not depend on where it is wrong.</summary>
    public bool Fits(byte[] signature, IEnumerable<byte[]> parts) => CryptographicOperations.FixedTimeEquals(signature, Of(parts));
}
