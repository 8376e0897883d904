using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>Runs an encoder step of yours with watched parts, on 4 random tokens of width 8, and draws what happened: post-LN beside pre-LN.</summary>
    /// <param name="step">The step; while it is not written, the library's layer runs, and the title says so.</param>
    public static SmallMultiples ChartOf(EncoderStepFunction step)
    {
        ArgumentNullException.ThrowIfNull(step);
        bool written = IsWritten(() => WiringOf(step, pre: true));
        FlowChart Chart(bool pre, string name) => (written ? WiringOf(step, pre) : WiringOf(SmallLayer(pre).Forward(SmallTokens).Trace)).Draw(name);
        return new()
        {
            Title = written ? "EncoderStep, as it ran" : "The library's encoder layer, as it ran (EncoderStep is not written yet)",
            Columns = 2, Figures = [Chart(false, "post-LN"), Chart(true, "pre-LN")],
        };
    }

    /// <summary>Runs a decoder step of yours with watched parts, on 4 random tokens that read 5 others, and draws what happened.</summary>
    /// <param name="step">The step; while it is not written, the library's layer runs, and the title says so.</param>
    public static FlowChart ChartOf(DecoderStepFunction step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return IsWritten(() => WiringOf(step))
            ? WiringOf(step).Draw("DecoderStep, as it ran")
            : WiringOf(SmallDecoder().Forward(SmallTokens, SmallMemory, Mask.Causal(4)).Trace).Draw("The library's decoder layer, as it ran (DecoderStep is not written yet)");
    }

    /// <summary>How an encoder step is wired, found out by running it (4 tokens of width 8, seed 10).</summary>
    /// <param name="step">The step.</param>
    /// <param name="pre">Whether pre-LN is asked for.</param>
    public static Wiring WiringOf(EncoderStepFunction step, bool pre)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (wiring, layer) = (new Wiring(), SmallLayer(pre));
        var Y = step(
            wiring.Input("X", SmallTokens),
            wiring.Watch("self-attention", 8, x => layer.Attention.Forward(x).Y), wiring.Watch("feed-forward", 7, x => layer.FeedForward.Forward(x).Y),
            wiring.Watch("LayerNorm", 1, x => layer.AddAndNorm1.Norm!.Forward(x).Y), wiring.Watch("LayerNorm", 1, x => layer.AddAndNorm2.Norm!.Forward(x).Y), pre);
        wiring.Output("Y", Y);
        return wiring;
    }

    /// <summary>How a decoder step is wired, found out by running it (4 tokens of width 8 that read 5 others, seed 10).</summary>
    /// <param name="step">The step.</param>
    public static Wiring WiringOf(DecoderStepFunction step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (wiring, layer) = (new Wiring(), SmallDecoder());
        var M = wiring.Input("M", SmallMemory);
        wiring.NextColumn();
        var Y = step(
            wiring.Input("X", SmallTokens), M,
            wiring.Watch("self-attention", Attending(layer.SelfAttention)), wiring.Watch("cross-attention", Attending(layer.CrossAttention)),
            wiring.Watch("feed-forward", 7, x => layer.FeedForward.Forward(x).Y),
            wiring.Watch("LayerNorm", 1, x => layer.AddAndNorm1.Norm!.Forward(x).Y), wiring.Watch("LayerNorm", 1, x => layer.AddAndNorm2.Norm!.Forward(x).Y),
            wiring.Watch("LayerNorm", 1, x => layer.AddAndNorm3.Norm!.Forward(x).Y));
        wiring.Output("Y", Y);
        return wiring;
    }

    /// <summary>How a layer of the library is wired, by its trace.</summary>
    /// <param name="trace">What the layer kept.</param>
    public static Wiring WiringOf(EncoderLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var wiring = new Wiring();
        wiring.Input("X", trace.Attention.X);
        Ran(wiring, trace);
        wiring.Output("Y", trace.FeedForward.Y);
        return wiring;
    }

    /// <summary>How a decoder layer of the library is wired, by its trace.</summary>
    /// <param name="trace">What the layer kept.</param>
    public static Wiring WiringOf(DecoderLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var wiring = new Wiring();
        wiring.Input("M", trace.CrossAttention.Block.M);
        wiring.NextColumn();
        wiring.Input("X", trace.SelfAttention.X);
        Ran(wiring, trace);
        wiring.Output("Y", trace.FeedForward.Y);
        return wiring;
    }

    /// <summary>How a whole encoder–decoder is wired, part by part, by its trace.</summary>
    /// <param name="trace">What the model kept.</param>
    public static Wiring WiringOf(TransformerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var wiring = new Wiring();
        Ran(wiring, trace.Source, "the text that is read");
        foreach (var layer in trace.Encoder.Layers) Ran(wiring, layer);
        if (trace.Encoder.Norm is { } norm) wiring.Ran("LayerNorm", 1, norm.Y, (norm.X, ""));

        wiring.NextColumn();
        Ran(wiring, trace.Target, "what is written so far");
        foreach (var layer in trace.Decoder.Layers) Ran(wiring, layer);
        if (trace.Decoder.Norm is { } last) wiring.Ran("LayerNorm", 1, last.Y, (last.X, ""));
        wiring.Ran("unembedding", 7, trace.Unembedding.Logits, (trace.Unembedding.X, ""));
        wiring.Output("logits", trace.Unembedding.Logits);
        return wiring;
    }

    /// <summary>The same with each layer closed: what a layer was given, and what it returned.</summary>
    /// <param name="trace">What the model kept.</param>
    public static Wiring ClosedWiringOf(TransformerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var wiring = new Wiring();
        wiring.Input("the text that is read", trace.Source.X);
        foreach (var layer in trace.Encoder.Layers) wiring.Ran("encoder layer", 10, layer.FeedForward.Y, (layer.Attention.X, ""));
        if (trace.Encoder.Norm is { } norm) wiring.Ran("LayerNorm", 1, norm.Y, (norm.X, ""));

        wiring.NextColumn();
        wiring.Input("what is written so far", trace.Target.X);
        foreach (var layer in trace.Decoder.Layers) wiring.Ran("decoder layer", 10, layer.FeedForward.Y, (layer.SelfAttention.X, ""), (layer.CrossAttention.Block.M, "K, V"));
        if (trace.Decoder.Norm is { } last) wiring.Ran("LayerNorm", 1, last.Y, (last.X, ""));
        wiring.Ran("unembedding", 7, trace.Unembedding.Logits, (trace.Unembedding.X, ""));
        return wiring;
    }

    private static void Ran(Wiring wiring, InputTrace trace, string name)
    {
        wiring.Begins(name, $"{trace.Embedding.Ids.Count} words", "embedding", 4, trace.Embedding.X);
        if (trace.Positions is { } positions) wiring.Ran("positions", 4, positions.Y, (positions.X, ""));
        if (trace.Dropped is { } dropped) wiring.Ran("dropout", 10, dropped.Y, (trace.Positions?.Y ?? trace.Embedding.X, ""));
    }

    private static void Ran(Wiring wiring, EncoderLayerTrace trace)
    {
        Ran(wiring, trace.Attention, "self-attention");
        Ran(wiring, trace.FeedForward);
    }

    private static void Ran(Wiring wiring, DecoderLayerTrace trace)
    {
        Ran(wiring, trace.SelfAttention, "self-attention");
        Ran(wiring, trace.CrossAttention, "cross-attention");
        Ran(wiring, trace.FeedForward);
    }

    private static void Ran(Wiring wiring, AddAndNormTrace<MultiHeadAttentionTrace> trace, string name) =>
        Ran(wiring, trace, trace.Norm, trace.Dropped, trace.Block.Y, () => wiring.RanAttention(name, trace.Block.X, trace.Block.M, IsMasked(trace.Block), trace.Block.Y));

    private static void Ran(Wiring wiring, AddAndNormTrace<FeedForwardTrace> trace) =>
        Ran(wiring, trace, trace.Norm, trace.Dropped, trace.Block.Y, () => wiring.Ran("feed-forward", 7, trace.Block.Y, (trace.Block.X, "")));

    /// <summary>The parts around a block, in the order in which the numbers say that they ran: where the norm stands is seen from what it read.</summary>
    private static void Ran(Wiring wiring, AddAndNormTrace trace, LayerNormTrace? norm, DropoutTrace? dropped, Matrix<double> write, Action block)
    {
        void NormIfItRead(Matrix<double> value)
        {
            if (norm is not null && ReferenceEquals(norm.X, value)) wiring.Ran("LayerNorm", 1, norm.Y, (norm.X, ""));
        }

        NormIfItRead(trace.X);
        block();
        NormIfItRead(write);
        if (dropped is not null) wiring.Ran("dropout", 10, dropped.Y, (norm is not null && ReferenceEquals(norm.X, write) ? norm.Y : write, ""));
        NormIfItRead(trace.Sum);
    }

    private static bool IsMasked(MultiHeadAttentionTrace trace) => trace.Heads[0].Z.Enumerate().Any(double.IsNegativeInfinity);

    private static Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> Attending(MultiHeadAttention attention) =>
        (asks, asked, causal) => attention.Forward(asks, asked, causal ? Mask.Where(asks.RowCount, asked.RowCount, (i, j) => j <= i) : null).Y;

    private static Matrix<double> SmallTokens => SeededRandom.Create(10).NormalMatrix(4, 8);

    private static Matrix<double> SmallMemory => SeededRandom.Create(11).NormalMatrix(5, 8);

    private static EncoderLayer SmallLayer(bool pre) => EncoderLayer.Random(SeededRandom.Create(12), Small with { Placement = pre ? NormPlacement.Pre : NormPlacement.Post });

    private static DecoderLayer SmallDecoder(NormPlacement placement = NormPlacement.Pre) => DecoderLayer.Random(SeededRandom.Create(13), Small with { Placement = placement });

    private static LayerOptions Small { get; } = new() { DModel = 8, Heads = 2 };

    private static bool IsWritten(Action run)
    {
        try
        {
            run();
            return true;
        }
        catch (NotImplementedException)
        {
            return false;
        }
    }
}
