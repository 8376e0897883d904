using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What stands in for the output of a head.</summary>
/// <param name="layer">Which layer, from 0.</param>
/// <param name="head">Which head of it, from 0.</param>
/// <param name="O">What the head computed (n × d_k).</param>
/// <returns>What the rest of the model is given in its place (n × d_k).</returns>
public delegate Matrix<double> HeadChange(int layer, int head, Matrix<double> O);

/// <summary>A forward pass in which the outputs of single heads can be exchanged before W_O: what ablation and patching are made of.</summary>
/// <param name="Logits">The logits (n × V).</param>
/// <param name="Heads">For each layer, what each of its heads computed; the outputs here are those before the exchange.</param>
public sealed record HeadRun(Matrix<double> Logits, IReadOnlyList<IReadOnlyList<AttentionTrace>> Heads)
{
    /// <summary>Sends ids through a model.</summary>
    /// <remarks>
    /// The same as <see cref="LanguageModel.Forward"/>, layer by layer, but that O = [O_0 … O_{h−1}] passes through
    /// <paramref name="change"/>, head by head, on its way to W_O. Later layers see what became of it.
    /// </remarks>
    /// <param name="model">The model, in pre-LN.</param>
    /// <param name="ids">The token ids (n).</param>
    /// <param name="change">What stands in for a head's output, or null where all stay as they are.</param>
    public static HeadRun Of(LanguageModel model, IReadOnlyList<int> ids, HeadChange? change = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ids);
        Mask? mask = model.AttentionMask(ids.Count);
        Matrix<double> X = model.Input.Forward(ids).X;                                          // (n × d_model)
        var heads = new IReadOnlyList<AttentionTrace>[model.Encoder.Layers.Count];
        for (int l = 0; l < heads.Length; l++)
        {
            EncoderLayer layer = model.Encoder.Layers[l];
            X = layer.AddAndNorm1.Forward(X, Attend).Y;                                         // (n × d_model)
            if (layer.HasFeedForward)
                X = layer.AddAndNorm2.Forward(X, layer.FeedForward.Forward).Y;                  // (n × d_model)

            (Matrix<double> Y, MultiHeadAttentionTrace Trace) Attend(Matrix<double> read)
            {
                var (Y, trace) = layer.Attention.Forward(read, mask);
                heads[l] = trace.Heads;
                if (change is null) return (Y, trace);
                Matrix<double> O = trace.Heads.Select((head, i) => change(l, i, head.O)).SideBySide();     // (n × h·d_v)
                return (O.Project(layer.Attention.W_O, layer.Attention.b_O), trace);
            }
        }
        return new(model.ReadOut(X), heads);
    }

    /// <summary>A change of one head alone.</summary>
    /// <param name="at">Its layer and its number.</param>
    /// <param name="instead">What stands in for its output.</param>
    public static HeadChange At((int Layer, int Head) at, Func<Matrix<double>, Matrix<double>> instead) =>
        (layer, head, O) => (layer, head) == at ? instead(O) : O;
}
