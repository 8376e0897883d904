using System.Text.Json;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;

namespace TransformerByHand.Tests.Training;

/// <summary>Whole runs, not single steps: against PyTorch's recorded one, and against one in double precision.</summary>
public class TrainingCurveTests
{
    [Fact]
    public void Twenty_steps_follow_pytorch()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(GoldenPath("training-curve.json")));
        var record = file.RootElement;
        int sequences = Int("sequences"), context = Int("context");
        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = Int("vocabulary"), DModel = Int("width"), Heads = Int("heads"), Layers = Int("layers"), Context = context,
        }, sequences);
        model.CopyFrom(new ParameterSet(model.ToParameters().Select(p => Filled(p, record.GetProperty("weights").GetProperty(p.Name)))));
        var optimiser = new AdamW(model, Double("beta1"), Double("beta2"), Double("epsilon"), Double("decay"));
        var losses = record.GetProperty("losses");
        var schedule = Schedule.Cosine(Double("peak"), Int("warmUp"), losses.GetArrayLength());
        var batch = new Batch(sequences, context);

        for (int step = 0; step < losses.GetArrayLength(); step++)
        {
            var recorded = record.GetProperty("batches")[step];
            Ints(recorded.GetProperty("inputs")).CopyTo(batch.Inputs, 0);
            Ints(recorded.GetProperty("targets")).CopyTo(batch.Targets, 0);
            model.Weights.ClearGradients();
            double loss = model.Backpropagate(batch, (float)Double("smoothing"));
            double norm = optimiser.Step(schedule.At(step + 1), Double("clip"));

            // Both runs round at every operation, each in its own order, and Adam divides by small numbers in the first
            // steps: differences of 1e-7 grow, but 20 steps leave them far below 1e-4 of a loss near 2.
            loss.ShouldBe(losses[step].GetDouble(), 1e-4, $"loss at step {step + 1}");
            norm.ShouldBe(record.GetProperty("norms")[step].GetDouble(), 1e-3, $"gradient norm at step {step + 1}");
        }

        int Int(string name) => record.GetProperty(name).GetInt32();
        double Double(string name) => record.GetProperty(name).GetDouble();
        static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetInt32())];
        static Parameter Filled(Parameter parameter, JsonElement values)
        {
            parameter.Set([.. values.EnumerateArray().Select(n => n.GetDouble())]);
            return parameter;
        }
    }

    [Theory]
    [InlineData(Architecture.DecoderOnly)]
    [InlineData(Architecture.EncoderOnly)]
    [InlineData(Architecture.EncoderDecoder)]
    public void Forty_steps_follow_the_same_run_in_double_precision(Architecture architecture)
    {
        var shape = new ModelShape { Architecture = architecture, Vocabulary = 7, DModel = 12, Heads = 2, Layers = 1, Context = 10 };
        var model = FastTransformerTests.Make(shape);
        var reference = new ReferenceModel(model);
        var batch = FastTransformerTests.RandomBatch(shape, 3, 10);
        var sgd = new Sgd(model, momentum: 0.9);
        Dictionary<string, double[]> velocity = [];
        const double rate = 0.02;

        double first = 0, loss = 0;
        for (int step = 0; step < 40; step++)
        {
            model.Weights.ClearGradients();
            loss = model.Backpropagate(batch);
            sgd.Step(rate);
            double expected = reference.Backpropagate(batch);
            foreach (var parameter in reference.Parameters)
            {
                if (!velocity.TryGetValue(parameter.Name, out var v)) velocity[parameter.Name] = v = new double[parameter.Count];
                for (int i = 0; i < v.Length; i++)
                {
                    v[i] = 0.9 * v[i] + reference.Gradients[parameter.Name][i];
                    parameter[i] -= rate * v[i];
                }
            }

            // One step's gradients agree to about 1e-6; forty steps of a smooth descent do not blow that up a hundredfold.
            loss.ShouldBe(expected, 1e-4, $"loss at step {step + 1}");
            if (step == 0) first = loss;
        }
        loss.ShouldBeLessThan(0.7 * first); // the run did go somewhere
    }

    private static string GoldenPath(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TransformerByHand.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "golden", name);
    }
}
