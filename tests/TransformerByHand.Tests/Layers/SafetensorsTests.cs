using System.Text;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class SafetensorsTests
{
    private static readonly ParameterSet Sample =
    [
        new("norm.γ", Vector<double>.Build.Dense([1, -0.5, Math.PI])),
        new("attention.W_Q", Matrix<double>.Build.DenseOfRowArrays([1, 2, 3], [4, 5, 1.0 / 3])),
        new("b", Vector<double>.Build.Dense([-0.25])),
    ];

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        ParameterSet one = [new("W", Matrix<double>.Build.DenseOfRowArrays([1.0, 2]))];
        byte[] expected =
        [
            // 64 bytes of header, as a little-endian 64-bit number.
            64, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.UTF8.GetBytes("""{"W":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]}}""".PadRight(64)),
            // 1.0 and 2.0 as IEEE doubles, least significant byte first.
            0, 0, 0, 0, 0, 0, 0xF0, 0x3F,
            0, 0, 0, 0, 0, 0, 0x00, 0x40,
        ];

        Safetensors.ToBytes(one).ShouldBe(expected);
    }

    [Fact]
    public void In_single_precision_the_numbers_take_half_the_room()
    {
        ParameterSet one = [new("b", Vector<double>.Build.Dense(1, 1.0))];
        byte[] bytes = Safetensors.ToBytes(one, singlePrecision: true);

        Encoding.UTF8.GetString(bytes).ShouldContain("\"F32\"");
        bytes[^4..].ShouldBe([0, 0, 0x80, 0x3F]);
    }

    [Fact]
    public void What_was_saved_is_loaded_bit_for_bit()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "model.safetensors");
        Safetensors.Save(path, Sample);
        var loaded = Safetensors.Load(path);

        loaded.Select(p => p.ToString()).ShouldBe(Sample.Select(p => p.ToString()));
        loaded.SelectMany(p => p.ToArray()).Select(BitConverter.DoubleToInt64Bits).ShouldBe(Sample.SelectMany(p => p.ToArray()).Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void A_file_that_Python_wrote_from_PyTorch_tensors_is_read()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("from-pytorch.safetensors.json")));
        var expected = Golden.ReadSet(json.RootElement);
        var loaded = Safetensors.Load(Golden.PathOf("from-pytorch.safetensors"));

        loaded.Select(p => p.ToString()).ShouldBe(expected.Select(p => p.ToString()), ignoreOrder: true);
        foreach (var parameter in loaded)
            parameter.ToArray().ShouldBe(expected[parameter.Name].ToArray());
    }

    /// <summary>
    /// The file was written by this library, and read by make_golden.py into PyTorch tensors, whose values it recorded. The library
    /// still writes the same bytes.
    /// </summary>
    [Fact]
    public void A_file_that_this_library_wrote_was_read_into_PyTorch_tensors()
    {
        byte[] written = Safetensors.ToBytes(Sample);
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("from-the-library.safetensors.json")));
        var readByPython = Golden.ReadSet(json.RootElement);

        written.ShouldBe(File.ReadAllBytes(Golden.PathOf("from-the-library.safetensors")));
        foreach (var parameter in Sample)
            readByPython[parameter.Name].ToArray().ShouldBe(parameter.ToArray());
    }

    [Fact]
    public void A_saved_model_gives_the_same_logits_after_loading()
    {
        CausalLanguageModel Model(int seed) => CausalLanguageModel.Random(SeededRandom.Create(seed), 5, 4, 2, new LayerOptions { DModel = 4, Heads = 2 });
        var (saved, other) = (Model(1), Model(2));
        other.Parameters.CopyFrom(Safetensors.FromBytes(Safetensors.ToBytes(saved.Parameters)));

        other.Forward([1, 2, 3]).Logits.ShouldBe(saved.Forward([1, 2, 3]).Logits);
    }

    [Fact]
    public void Files_that_are_not_in_the_format_are_refused_with_the_reason()
    {
        byte[] File(string header, int dataBytes) => [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];
        string Reason(byte[] file) => Should.Throw<InvalidDataException>(() => Safetensors.FromBytes(file)).Message;

        Reason([1, 2, 3]).ShouldContain("3 bytes in all");
        Reason([255, 0, 0, 0, 0, 0, 0, 0, 1]).ShouldContain("255 bytes long");
        Reason(File("not json", 0)).ShouldContain("header");
        Reason(File("""{"W":{"dtype":"F64","shape":[2]}}""", 16)).ShouldContain("header");
        Reason(File("""{"W":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", 8)).ShouldContain("'W' is stored as I32");
        Reason(File("""{"W":{"dtype":"F64","shape":[2,2,2],"data_offsets":[0,64]}}""", 64)).ShouldContain("[2, 2, 2]");
        Reason(File("""{"W":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}""", 8)).ShouldContain("should have 16 bytes");
        Reason(File("""{"W":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"W":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8)).ShouldContain("'W'");
    }
}
