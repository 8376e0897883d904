using BenchmarkDotNet.Attributes;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;

namespace TransformerByHand.Benchmarks;

/// <summary>A training step of a character model: forward, loss, backward, clipping, AdamW. pytorch_step.py does the same.</summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks
{
    private FastTransformer model = null!;
    private AdamW optimiser = null!;
    private Batch batch = null!;

    /// <summary>Which model.</summary>
    [Params("small", "wide")]
    public string Model { get; set; } = "";

    /// <summary>How many threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>What the model computes with; the fastest there is when not given.</summary>
    internal KernelSet? Kernels { get; init; }

    [GlobalSetup]
    public void Setup()
    {
        bool wide = Model == "wide";
        var shape = new ModelShape
        {
            Vocabulary = 65, DModel = wide ? 256 : 64, Heads = wide ? 8 : 4, Layers = wide ? 4 : 2, Context = wide ? 128 : 32,
        };
        batch = new(wide ? 8 : 16, shape.Context);
        model = new(shape, batch.Sequences, Threads, Kernels);
        model.Initialise(1);
        optimiser = new(model);
        var random = SeededRandom.Create(2);
        for (int i = 0; i < batch.Inputs.Length; i++)
            (batch.Inputs[i], batch.Targets[i]) = (random.Next(shape.Vocabulary), random.Next(shape.Vocabulary));
    }

    [Benchmark]
    public double Step()
    {
        model.Weights.ClearGradients();
        double loss = model.Backpropagate(batch);
        optimiser.Step(1e-4, clipNorm: 1);
        return loss;
    }
}
