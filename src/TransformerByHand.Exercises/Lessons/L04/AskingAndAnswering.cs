using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What two matrices, W_Q and W_K, allow that one would not: 500 random sequences, each through a random head of its own.</summary>
/// <param name="Asymmetry">The largest difference between the score of i asking j and of j asking i.</param>
/// <param name="WeightAsymmetry">The same of the weights.</param>
/// <param name="SelfFirst">The share of tokens that score highest with themselves.</param>
/// <param name="SelfWeight">The mean weight of a token on itself.</param>
public sealed record AskingAndAnswering(double Asymmetry, double WeightAsymmetry, double SelfFirst, double SelfWeight)
{
    /// <summary>Measures 500 sequences.</summary>
    /// <param name="oneMatrix">Whether W_K is W_Q.</param>
    /// <param name="tokens">The length of a sequence.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="dK">The width of a query.</param>
    public static AskingAndAnswering Of(bool oneMatrix, int tokens = 8, int dModel = 10, int dK = 4)
    {
        var random = SeededRandom.Create(42);
        double scores = 0, weights = 0, onItself = 0;
        int selfFirst = 0;
        for (int t = 0; t < 500; t++)
        {
            var head = AttentionHead.Random(random, dModel, dK);
            if (oneMatrix) head = new AttentionHead(head.W_Q, head.W_Q, head.W_V);
            var trace = head.Forward(random.NormalMatrix(tokens, dModel)).Trace;
            scores = Math.Max(scores, ShuffledTokens.Furthest(trace.S - trace.S.Transpose()));
            weights = Math.Max(weights, ShuffledTokens.Furthest(trace.A - trace.A.Transpose()));
            onItself += trace.A.Diagonal().Sum();
            selfFirst += Enumerable.Range(0, tokens).Count(i => trace.S.Row(i).MaximumIndex() == i);
        }
        return new(scores, weights, selfFirst / (500.0 * tokens), onItself / (500 * tokens));
    }

    /// <summary>Multiplies W_Q with a random B and W_K with its inverse transposed (three tokens of width 10, d_k = 4), and looks what changes.</summary>
    /// <returns>The largest change of a query, of a key and of a score.</returns>
    public static (double Queries, double Keys, double Scores) TurnedTogether()
    {
        var X = SeededRandom.Create(40).NormalMatrix(3, 10);
        var head = AttentionHead.Random(SeededRandom.Create(41), dModel: 10, dK: 4);
        var B = SeededRandom.Create(43).NormalMatrix(4, 4) + 3 * MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.CreateIdentity(4);   // (d_k × d_k)
        var turned = new AttentionHead(head.W_Q * B, head.W_K * B.Inverse().Transpose(), head.W_V).Forward(X).Trace;
        var before = head.Forward(X).Trace;
        return (ShuffledTokens.Furthest(turned.Q - before.Q), ShuffledTokens.Furthest(turned.K - before.K), ShuffledTokens.Furthest(turned.S - before.S));
    }
}
