using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TransformerByHand.Training.Runs;

/// <summary>A safetensors file of floats and doubles, with metadata: named arrays behind a header in JSON.</summary>
/// <remarks>
/// The clear layers read and write the same format as matrices of doubles (<see cref="Layers.Safetensors"/>); this class keeps
/// the bits of floats, has metadata, and writes so that a crash does no harm. Among the metadata is the SHA-256 of all that
/// follows the header's length, with zeros where it stands itself: a byte that changed anywhere is noticed.
/// </remarks>
internal sealed class TensorFile
{
    private const string Checksum = "sha256";

    private readonly List<(string Name, string Type, int[] Shape, byte[] Bytes)> tensors = [];

    /// <summary>Short texts about the file.</summary>
    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Adds an array of floats or doubles.</summary>
    public void Add<T>(string name, int[] shape, ReadOnlySpan<T> numbers) where T : unmanaged =>
        tensors.Add((name, typeof(T) == typeof(float) ? "F32" : "F64", shape, MemoryMarshal.AsBytes(numbers).ToArray()));

    /// <summary>Writes to a new file, flushes it to the disk, and moves it to its place.</summary>
    /// <exception cref="IOException">It cannot be written, as on a full disk; what stood in its place is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Write(string path)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Checkpoints are little-endian, and this machine is not.");
        byte[] header = Header();
        Encoding.ASCII.GetBytes(Sum([header, .. tensors.Select(tensor => (ReadOnlyMemory<byte>)tensor.Bytes)])).CopyTo(ChecksumIn(header));
        string temporary = path + ".new";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                foreach (var tensor in tensors) stream.Write(tensor.Bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names it and says what is wrong.</exception>
    public static TensorFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0) throw Damaged("it is empty");
        if (bytes.Length < 8) throw Damaged($"it is cut off after {bytes.Length} bytes");
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength < 2 || headerLength > bytes.Length - 8)
            throw Damaged($"it should begin with the length of its header, and begins with {headerLength} where {bytes.Length - 8} bytes follow");

        Span<byte> checksum = ChecksumIn(bytes.AsSpan(8, (int)headerLength));
        if (checksum.IsEmpty) throw Damaged("it carries no checksum, as one of an earlier version, or one whose header was overwritten");
        string stored = Encoding.ASCII.GetString(checksum);
        checksum.Fill((byte)'0');
        if (Sum([bytes.AsMemory(8)]) != stored) throw Damaged("its bytes are not those that were saved: they do not agree with its checksum");

        var file = new TensorFile();
        try
        {
            using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)headerLength));
            var data = bytes.AsSpan(8 + (int)headerLength);
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (var text in entry.Value.EnumerateObject()) file.Metadata[text.Name] = text.Value.GetString() ?? "";
                    continue;
                }
                var offsets = entry.Value.GetProperty("data_offsets");
                int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())];
                file.tensors.Add((entry.Name, entry.Value.GetProperty("dtype").GetString() ?? "", shape,
                    data[offsets[0].GetInt32()..offsets[1].GetInt32()].ToArray()));
            }
            return file;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            throw Damaged($"its header is not that of a safetensors file: {e.Message}");
        }

        InvalidDataException Damaged(string what) => new($"{path} is damaged, or no checkpoint: {what}.");
    }

    /// <summary>Copies an array of floats.</summary>
    /// <exception cref="InvalidDataException">It is not there, or has another length.</exception>
    public void CopyTo(string name, Span<float> numbers)
    {
        byte[] bytes = Find(name, "F32");
        if (bytes.Length != numbers.Length * sizeof(float))
            throw new InvalidDataException($"'{name}' has {bytes.Length / sizeof(float)} numbers in the file; the model's has {numbers.Length}.");
        MemoryMarshal.Cast<byte, float>(bytes).CopyTo(numbers);
    }

    /// <summary>An array of doubles.</summary>
    public double[] Doubles(string name) => MemoryMarshal.Cast<byte, double>(Find(name, "F64")).ToArray();

    private byte[] Find(string name, string type)
    {
        foreach (var tensor in tensors)
            if (tensor.Name == name)
                return tensor.Type == type ? tensor.Bytes : throw new InvalidDataException($"'{name}' is {tensor.Type} in the file and should be {type}.");
        throw new InvalidDataException($"There is no '{name}' in the file.");
    }

    private byte[] Header()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString(Checksum, new string('0', 2 * SHA256.HashSizeInBytes));
            foreach (var (key, value) in Metadata) json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, type, shape, bytes) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (int size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    /// <summary>Where the checksum stands in a header: empty where there is none. No text in JSON holds bare quotes, so nothing else looks like it.</summary>
    private static Span<byte> ChecksumIn(Span<byte> header)
    {
        ReadOnlySpan<byte> key = Encoding.ASCII.GetBytes($"\"{Checksum}\":\"");
        int start = header.IndexOf(key) + key.Length, length = 2 * SHA256.HashSizeInBytes;
        return start < key.Length || start + length > header.Length ? [] : header.Slice(start, length);
    }

    private static string Sum(IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) sum.AppendData(part.Span);
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}
