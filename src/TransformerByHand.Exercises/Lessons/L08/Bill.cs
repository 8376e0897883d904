using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

// Tables of the lesson, and the figures of its claims.
public static partial class Lesson08
{
    /// <summary>What 'the' asks of the three words as one wide head, and as two narrow ones: scores, weights and output.</summary>
    /// <param name="one">The wide head.</param>
    /// <param name="heads">The narrow ones.</param>
    public static Table AsksTable(AttentionTrace one, IReadOnlyList<AttentionTrace> heads)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(heads);
        static object[] Of(string name, AttentionTrace t) => [name, t.S[0, 0], t.S[0, 1], t.S[0, 2], t.A[0, 0], t.A[0, 1], t.A[0, 2], t.O[0, 0]];
        var table = new Table("“the” asks", "scores: the", "cat", "sat", "weights: the", "cat", "sat", "output").Row(Of($"one head of width {one.Q.ColumnCount}", one));
        return heads.Select((head, i) => (head, i)).Aggregate(table, (so, next) => so.Row(Of($"head {next.i}", next.head)));
    }

    /// <summary><see cref="BillOf"/> for some numbers of heads.</summary>
    /// <param name="heads">The numbers of heads, divisors of 64.</param>
    public static Table BillTable(params int[] heads) =>
        new Table("heads", "d_k", "parameters", "multiplications", "attention weights", "rank of a head's scores") { Caption = "48 tokens, d_model = 64, counted from the matrices that were made" }
            .RowForEach(heads, h => BillOf(h) is var bill ? [h, 64 / h, (long)bill.Parameters, (long)bill.Products, (long)bill.Weights, bill.Rank] : []);

    /// <summary>How far the output of <see cref="ThreeHeads"/> moves when heads 0 and 2 change places.</summary>
    /// <param name="rowsToo">Whether their rows of W_O go along.</param>
    public static double Exchanged(bool rowsToo) => Largest(InOrder([2, 1, 0], rowsToo).Forward(Sentence()).Y - ThreeHeads().Forward(Sentence()).Y);

    /// <summary>The figures of claim M1.</summary>
    public static (string Name, double Value)[] MeasureM1()
    {
        Matrix<double> Q = Of(ThreeTokens) * Of(Asks), K = Of(ThreeTokens) * Of(Offers), V = Of(ThreeTokens) * Of(Carries);
        var (one, sixteen) = (BillOf(1), BillOf(16));
        return
        [
            ("wide projections and small ones differ by", SmallProjectionsDiffer()),
            ("first output of “the”, one head of width 2", ScaledDotProductAttention.Forward(Q, K, V).O[0, 0]),
            ("first output of “the”, two heads of width 1", ScaledDotProductAttention.Forward(Q.ColumnBlock(0, 2), K.ColumnBlock(0, 2), V.ColumnBlock(0, 2)).O[0, 0]),
            ("parameters, 16 heads to 1", sixteen.Parameters / one.Parameters),
            ("multiplications, 16 heads to 1", sixteen.Products / one.Products),
            ("attention weights, 16 heads to 1", sixteen.Weights / one.Weights),
            ("rank of a head's scores, 1 head", one.Rank),
            ("rank of a head's scores, 16 heads", sixteen.Rank),
        ];
    }

    /// <summary>The figures of claim M2.</summary>
    public static (string Name, double Value)[] MeasureM2()
    {
        var layer = ThreeHeads();
        var (Y, trace) = layer.Forward(Sentence());
        return
        [
            ("the sum of the writes misses the output by", Largest(layer.HeadWrites(trace).Aggregate((a, b) => a + b) - Y)),
            ("heads whose writes move with W_Q of one head, of 3", HeadsThatMove()),
            ("two heads exchanged with their rows: output moves by", Exchanged(rowsToo: true)),
            ("two heads exchanged without their rows: output moves by", Exchanged(rowsToo: false)),
            ("with biases, the rest misses b_O by", RestMissesBias()),
        ];
    }

    /// <summary>The figures of claim M5.</summary>
    /// <param name="path">The file of values recorded from PyTorch, <c>multi-head.safetensors</c>.</param>
    public static (string Name, double Value)[] MeasureM5(string path)
    {
        var (self, cross) = Differences();
        return
        [
            ("gradients that agree with central differences, self, of 9", Agreeing(self)),
            ("gradients that agree with central differences, cross, of 10", Agreeing(cross)),
            ("largest miss from PyTorch's gradients", MissesPyTorchBy(path)),
            ("gradients of a silent head that are zero, of 4", SilentHead().Count(gradient => gradient.Largest == 0)),
        ];
    }
}
