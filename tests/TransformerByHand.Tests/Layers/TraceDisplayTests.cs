using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class TraceDisplayTests
{
    [Fact]
    public void An_attention_trace_shows_every_step_by_name_with_its_shape_and_tokens()
    {
        var random = SeededRandom.Create(1);
        var head = AttentionHead.Random(random, 4, 2);
        var trace = head.Forward(random.NormalMatrix(3, 4), Mask.Causal(3)).Trace;

        string text = (trace with { Tokens = ["the", "cat", "sat"] }).ToText();
        foreach (string name in new[] { "Q", "K", "V", "S", "Z", "A", "O" })
            text.ShouldContain($"{name} (tokens × ");
        text.ShouldContain("cat");
        text.ShouldContain("d_k");
    }

    [Fact]
    public void Traces_and_gradients_of_every_part_of_a_model_can_be_shown()
    {
        var model = Transformer.Random(SeededRandom.Create(1), 4, 4, 1, new LayerOptions { DModel = 2, DFF = 2, Dropout = 0.1 });
        var (logits, trace) = model.Forward([1, 2], [3, 0], sourceIsPadding: null, SeededRandom.Create(2));
        var gradients = model.Backward(trace, logits);

        foreach (string shown in new[] { trace.ToText(), trace.ToHtml() })
            foreach (string name in new[] { "Source", "Encoder", "CrossAttention", "XHat", "Logits" })
                shown.ShouldContain(name);
        foreach (string shown in new[] { gradients.ToText(), gradients.ToHtml() })
            foreach (string name in new[] { "dW_Q", "dγ", "dE", "dM" })
                shown.ShouldContain(name);
    }
}
