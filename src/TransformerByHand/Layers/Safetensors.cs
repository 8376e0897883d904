using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Saves and loads parameters as safetensors, the file format that PyTorch users share models in.</summary>
/// <remarks>
/// <para>The format:</para>
/// <code>
/// 8 bytes      N, the length of the header, as a little-endian number
/// N bytes      the header, JSON in UTF-8: {"name": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 48]}, …}
///              filled up with blanks so that the data begins at a multiple of 8
/// the rest     the numbers, little-endian, row by row; the offsets count from here
/// </code>
/// <para>
/// A vector has one dimension, a matrix two. <c>safetensors.torch.load_file</c> gives the same names and numbers; remember that
/// PyTorch keeps the transpose of W in <c>nn.Linear.weight</c>. Source: https://github.com/huggingface/safetensors, README.
/// </para>
/// </remarks>
public static class Safetensors
{
    private const int LengthBytes = 8;

    /// <summary>The longest header that is read; that of the reference implementation.</summary>
    private const long LongestHeader = 100_000_000;

    /// <summary>Saves parameters to a file.</summary>
    /// <param name="path">The file, which is overwritten.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="singlePrecision">Whether to write 32-bit numbers (F32), which halves the file and keeps 7 digits.</param>
    public static void Save(string path, ParameterSet parameters, bool singlePrecision = false) =>
        File.WriteAllBytes(path, ToBytes(parameters, singlePrecision));

    /// <summary>Loads parameters from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">Which of the names to read; all where it is null. What is not read may be of any type and shape, such as a mask that was saved along.</param>
    /// <returns>New parameters, in the order in which their data lies in the file.</returns>
    /// <exception cref="InvalidDataException">The file is not in the format, or what is read of it is something other than vectors and matrices of F32 or F64.</exception>
    public static ParameterSet Load(string path, Func<string, bool>? wanted = null) => FromBytes(File.ReadAllBytes(path), wanted);

    /// <summary>Returns the bytes of a file with these parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="singlePrecision">Whether to write 32-bit numbers (F32) in place of 64-bit ones (F64).</param>
    public static byte[] ToBytes(ParameterSet parameters, bool singlePrecision = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int size = singlePrecision ? sizeof(float) : sizeof(double);
        byte[] header = Header(parameters, singlePrecision ? "F32" : "F64", size);
        byte[] file = new byte[LengthBytes + header.Length + parameters.NumberCount * size];

        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, LengthBytes);
        var data = file.AsSpan(LengthBytes + header.Length);
        foreach (var parameter in parameters)
            for (int i = 0; i < parameter.Count; i++, data = data[size..])
                if (singlePrecision) BinaryPrimitives.WriteSingleLittleEndian(data, (float)parameter[i]);
                else BinaryPrimitives.WriteDoubleLittleEndian(data, parameter[i]);
        return file;
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">All of them.</param>
    /// <param name="wanted">Which of the names to read; all where it is null.</param>
    /// <returns>New parameters, in the order in which their data lies in the file.</returns>
    /// <exception cref="InvalidDataException">The bytes are not in the format, or what is read of them is something other than vectors and matrices of F32 or F64.</exception>
    public static ParameterSet FromBytes(ReadOnlySpan<byte> file, Func<string, bool>? wanted = null)
    {
        if (file.Length < LengthBytes)
            throw new InvalidDataException($"A safetensors file begins with an 8-byte length, but this one has {file.Length} bytes in all.");
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (headerLength < 2 || headerLength > Math.Min(LongestHeader, file.Length - LengthBytes))
            throw new InvalidDataException($"The header is said to be {headerLength} bytes long, in a file of {file.Length} bytes.");

        var data = file[(LengthBytes + (int)headerLength)..];
        List<(long Begin, Parameter Parameter)> found = [];
        try
        {
            using var header = JsonDocument.Parse(file.Slice(LengthBytes, (int)headerLength).ToArray());
            foreach (var entry in header.RootElement.EnumerateObject())
                if (entry.Name != "__metadata__" && (wanted is null || wanted(entry.Name)))
                    found.Add(Read(entry, data));
            return new ParameterSet(found.OrderBy(f => f.Begin).Select(f => f.Parameter));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"The header is not what a safetensors file should have: {error.Message}", error);
        }
    }

    private static byte[] Header(ParameterSet parameters, string dtype, int size)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            long offset = 0;
            foreach (var parameter in parameters)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("dtype", dtype);
                json.WriteStartArray("shape");
                foreach (int length in parameter.Shape) json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += parameter.Count * size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static (long Begin, Parameter Parameter) Read(JsonProperty entry, ReadOnlySpan<byte> data)
    {
        string name = entry.Name;
        string? dtype = entry.Value.GetProperty("dtype").GetString();
        int size = dtype switch
        {
            "F32" => sizeof(float),
            "F64" => sizeof(double),
            _ => throw new InvalidDataException($"'{name}' is stored as {dtype}; only F32 and F64 are read here."),
        };
        int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())];
        if (shape.Length is not (1 or 2) || shape.Any(n => n < 1))
            throw new InvalidDataException($"'{name}' has the shape [{string.Join(", ", shape)}]; only vectors and matrices that are not empty are read here.");

        long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(n => n.GetInt64())];
        long bytes = shape.Aggregate((long)size, (product, n) => product * n);
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] > data.Length || offsets[1] - offsets[0] != bytes)
            throw new InvalidDataException($"'{name}' should have {bytes} bytes, but its offsets are [{string.Join(", ", offsets)}] in {data.Length} bytes of data.");

        var numbers = new double[bytes / size];
        for (int i = 0; i < numbers.Length; i++)
        {
            var number = data[((int)offsets[0] + i * size)..];
            numbers[i] = dtype == "F32" ? BinaryPrimitives.ReadSingleLittleEndian(number) : BinaryPrimitives.ReadDoubleLittleEndian(number);
        }
        return (offsets[0], shape.Length == 1
            ? new Parameter(name, Vector<double>.Build.Dense(numbers))
            : new Parameter(name, Matrix<double>.Build.DenseOfRowMajor(shape[0], shape[1], numbers)));
    }
}
