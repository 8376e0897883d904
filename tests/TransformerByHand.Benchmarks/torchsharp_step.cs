#:package TorchSharp-cpu@0.107.0
#:property ManagePackageVersionsCentrally=false
#:property TreatWarningsAsErrors=false
// Times a training step of the same models in TorchSharp: forward, loss, backward, clipping, AdamW. What it prints is what
// pytorch_step.py prints. Needs the C++ runtime of GCC 13 (Debian 13).
//
// Usage: taskset -c 0 dotnet run --file torchsharp_step.cs -- THREADS [seconds a case]
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int threads = args.Length > 0 ? int.Parse(args[0]) : 1;
double seconds = args.Length > 1 ? double.Parse(args[1]) : 10;
torch.set_num_threads(threads);
Console.WriteLine($"torchsharp 0.107.0, libtorch {torch.__version__}, whose matrix product reaches {ProductSpeed():F0} GFLOP/s at 512 × 512 × 512 on {threads} thread{(threads == 1 ? "" : "s")}");
Measure("small", vocabulary: 65, width: 64, heads: 4, layers: 2, context: 32, batch: 16);
Measure("wide", vocabulary: 65, width: 256, heads: 8, layers: 4, context: 128, batch: 8);

double ProductSpeed()
{
    using var a = randn(512, 512);
    using var b = randn(512, 512);
    double best = double.PositiveInfinity;
    for (int i = 0; i < 30; i++)
    {
        long start = Stopwatch.GetTimestamp();
        using var c = a.matmul(b);
        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
    return 2e-9 * 512 * 512 * 512 / best;
}

void Measure(string name, int vocabulary, int width, int heads, int layers, int context, int batch)
{
    torch.manual_seed(1);
    using var model = new Model(vocabulary, width, heads, layers, context);
    using var optimiser = torch.optim.AdamW(model.parameters(), lr: 1e-3);
    using var ids = torch.randint(vocabulary, [batch, context], dtype: ScalarType.Int64);
    using var targets = torch.randint(vocabulary, [batch, context], dtype: ScalarType.Int64);

    void Step()
    {
        using var scope = torch.NewDisposeScope();
        optimiser.zero_grad();
        var logits = model.forward(ids);
        nn.functional.cross_entropy(logits.view(-1, vocabulary), targets.view(-1)).backward();
        nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        optimiser.step();
    }

    long end = Stopwatch.GetTimestamp() + 2 * Stopwatch.Frequency;
    while (Stopwatch.GetTimestamp() < end) Step();
    List<double> times = [], processor = [];
    end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    while (Stopwatch.GetTimestamp() < end || times.Count < 10)
    {
        var used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        Step();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        processor.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
    }
    times.Sort();
    Console.WriteLine($"{name} threads={threads} median_ms={times[times.Count / 2]:F3} best_ms={times[0]:F3} cores_used={processor.Sum() / times.Sum():F3} steps={times.Count}");
}

sealed class Block : nn.Module<Tensor, Tensor>
{
    private readonly int heads;
    private readonly LayerNorm norm1, norm2;
    private readonly Linear qkv, output, up, down;
    private readonly Tensor mask;

    public Block(int width, int heads, int context) : base("block")
    {
        this.heads = heads;
        norm1 = nn.LayerNorm(width);
        qkv = nn.Linear(width, 3 * width);
        output = nn.Linear(width, width);
        norm2 = nn.LayerNorm(width);
        up = nn.Linear(width, 4 * width);
        down = nn.Linear(4 * width, width);
        mask = torch.triu(torch.ones(context, context, dtype: ScalarType.Bool), 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        long b = x.shape[0], n = x.shape[1], d = x.shape[2];
        var parts = qkv.forward(norm1.forward(x)).split(d, 2);
        Tensor Heads(Tensor t) => t.view(b, n, heads, d / heads).transpose(1, 2);
        var (q, k, v) = (Heads(parts[0]), Heads(parts[1]), Heads(parts[2]));
        var scores = q.matmul(k.transpose(-2, -1)) * Math.Pow(d / heads, -0.5);
        var weights = scores.masked_fill(mask, float.NegativeInfinity).softmax(-1);
        x = x + output.forward(weights.matmul(v).transpose(1, 2).reshape(b, n, d));
        return x + down.forward(nn.functional.gelu(up.forward(norm2.forward(x))));
    }
}

sealed class Model : nn.Module<Tensor, Tensor>
{
    private readonly Embedding tokens, places;
    private readonly Sequential blocks;
    private readonly LayerNorm norm;
    private readonly Linear output;

    public Model(int vocabulary, int width, int heads, int layers, int context) : base("model")
    {
        tokens = nn.Embedding(vocabulary, width);
        places = nn.Embedding(context, width);
        blocks = nn.Sequential([.. Enumerable.Range(0, layers).Select(i => ($"block{i}", (nn.Module<Tensor, Tensor>)new Block(width, heads, context)))]);
        norm = nn.LayerNorm(width);
        output = nn.Linear(width, vocabulary, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        using var place = torch.arange(ids.shape[1]);
        return output.forward(norm.forward(blocks.forward(tokens.forward(ids) + places.forward(place))));
    }
}
