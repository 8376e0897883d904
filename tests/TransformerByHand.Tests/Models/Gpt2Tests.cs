using System.Text;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Models;

/// <summary>A small file in the layout of the published GPT-2: fused and transposed weights, masks among them.</summary>
public sealed class Gpt2Tests : IDisposable
{
    private const int Width = 8, Heads = 2, Layers = 2, Vocabulary = 11, Longest = 12;

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("gpt2-").FullName, "model.safetensors");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory, InlineData(""), InlineData("transformer.")]
    public void It_computes_what_the_published_formulas_say(string prefix)
    {
        Dictionary<string, (int[] Shape, float[] Numbers)> file = Write(prefix);
        int[] ids = [3, 1, 4, 1, 5, 9];

        FastTransformer model = Gpt2.Load(path, heads: Heads);
        var batch = new Batch(1, ids.Length);
        ids.CopyTo(batch.Inputs, 0);
        float[] logits = model.Logits(batch).ToArray();

        Matrix<double> expected = Logits(ids);
        for (int i = 0; i < ids.Length; i++)
            for (int v = 0; v < Vocabulary; v++) ((double)logits[i * Vocabulary + v]).ShouldBe(expected[i, v], 2e-5);

        Matrix<double> Logits(int[] t)
        {
            Matrix<double> wte = M("wte.weight"), wpe = M("wpe.weight");
            var X = Matrix<double>.Build.Dense(t.Length, Width, (i, j) => wte[t[i], j] + wpe[i, j]);
            for (int l = 0; l < Layers; l++)
            {
                Matrix<double> QKV = Conv(Norm(X, $"h.{l}.ln_1"), $"h.{l}.attn.c_attn"), O = Matrix<double>.Build.Dense(t.Length, Width);
                for (int h = 0; h < Heads; h++)
                {
                    Matrix<double> Part(int k) => QKV.SubMatrix(0, t.Length, k * Width + h * Width / Heads, Width / Heads);
                    Matrix<double> S = Part(0) * Part(1).Transpose() / Math.Sqrt(Width / Heads);
                    O.SetSubMatrix(0, h * Width / Heads, Softmax.Forward(S.MapIndexed((i, j, s) => j > i ? double.NegativeInfinity : s, Zeros.Include)) * Part(2));
                }
                X += Conv(O, $"h.{l}.attn.c_proj");
                X += Conv(Conv(Norm(X, $"h.{l}.ln_2"), $"h.{l}.mlp.c_fc").Map(Activation.GELUTanh.Value, Zeros.Include), $"h.{l}.mlp.c_proj");
            }
            return Norm(X, "ln_f") * wte.Transpose();
        }

        Matrix<double> M(string name) => file[prefix + name] is var (shape, numbers) ? Matrix<double>.Build.Dense(shape[0], shape[1], (i, j) => numbers[i * shape[1] + j]) : throw new InvalidOperationException();
        Matrix<double> Conv(Matrix<double> X, string name) => (X * M(name + ".weight")).MapIndexed((_, j, v) => v + file[$"{prefix}{name}.bias"].Numbers[j], Zeros.Include);
        Matrix<double> Norm(Matrix<double> X, string name) => new LayerNorm(V(name + ".weight"), V(name + ".bias"), 1e-5).Forward(X).Y;
        Vector<double> V(string name) => Vector<double>.Build.Dense([.. file[prefix + name].Numbers.Select(x => (double)x)]);
    }

    [Fact]
    public void It_writes_the_same_with_its_keys_and_values_kept_as_without()
    {
        Write("");
        FastTransformer model = Gpt2.Load(path, context: 10, heads: Heads);
        var sampler = new Sampler(model) { Temperature = 0 };

        int[] written = [.. sampler.Continue([3, 1, 4], 6)];

        List<int> ids = [3, 1, 4];
        foreach (int next in written)
        {
            var batch = new Batch(1, ids.Count);
            ids.CopyTo(batch.Inputs);
            float[] last = model.Logits(batch)[^Vocabulary..].ToArray();
            next.ShouldBe(Array.IndexOf(last, last.Max()));
            ids.Add(next);
        }
    }

    [Fact]
    public void What_is_missing_or_wrong_is_named()
    {
        Write("", leaveOut: "h.1.mlp.c_proj.bias");
        Should.Throw<ArgumentException>(() => Gpt2.Load(path, heads: Heads)).Message.ShouldContain("h.1.mlp.c_proj.bias");
        Write("", leaveOut: "wte.weight");
        Should.Throw<ArgumentException>(() => Gpt2.Load(path, heads: Heads)).Message.ShouldContain("kind of GPT-2");
        Write("");
        Should.Throw<ArgumentOutOfRangeException>(() => Gpt2.Load(path, context: 13, heads: Heads)).Message.ShouldContain("from 1 to 12");
        Should.Throw<ArgumentException>(() => Gpt2.Load(path, heads: 3)).Message.ShouldContain("3 heads");
        File.WriteAllText(path, "no such format");
        Should.Throw<InvalidDataException>(() => Gpt2.Load(path));
    }

    private Dictionary<string, (int[] Shape, float[] Numbers)> Write(string prefix, string leaveOut = "")
    {
        Random random = SeededRandom.Create(152);
        var file = new Dictionary<string, (int[] Shape, float[] Numbers)>();
        void Add(string name, params int[] shape)
        {
            if (name != leaveOut) file[prefix + name] = (shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))]);
        }
        void Linear(string name, int dIn, int dOut) { Add(name + ".weight", dIn, dOut); Add(name + ".bias", dOut); }
        void Norm(string name) { Add(name + ".weight", Width); Add(name + ".bias", Width); }
        Add("wte.weight", Vocabulary, Width);
        Add("wpe.weight", Longest, Width);
        for (int l = 0; l < Layers; l++)
        {
            Norm($"h.{l}.ln_1");
            Add($"h.{l}.attn.bias", 1, 1, Longest, Longest);
            Linear($"h.{l}.attn.c_attn", Width, 3 * Width);
            Linear($"h.{l}.attn.c_proj", Width, Width);
            Norm($"h.{l}.ln_2");
            Linear($"h.{l}.mlp.c_fc", Width, 4 * Width);
            Linear($"h.{l}.mlp.c_proj", 4 * Width, Width);
        }
        Norm("ln_f");

        // Written out here, because the mask has four dimensions, which the library's own writer does not know.
        int offset = 0;
        var header = file.ToDictionary(entry => entry.Key, entry => (object)new { dtype = "F32", shape = entry.Value.Shape, data_offsets = new[] { offset, offset += 4 * entry.Value.Numbers.Length } });
        header["__metadata__"] = new { format = "pt" };
        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. file.Values.SelectMany(tensor => tensor.Numbers).SelectMany(BitConverter.GetBytes)]);
        return file;
    }
}
