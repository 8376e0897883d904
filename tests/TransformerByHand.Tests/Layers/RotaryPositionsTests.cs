using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class RotaryPositionsTests
{
    [Fact]
    public void Four_numbers_turn_in_two_pairs_of_halves_by_one_radian_and_by_a_hundredth()
    {
        // By hand, place 2 of d_k = 4: θ_0 = 1 and θ_1 = 10000^(−2/4) = 0.01; pairs (1, 3) and (2, 4).
        var Y = RotaryPositions.Turn(Matrix<double>.Build.DenseOfRowArrays([1.0, 2, 3, 4]), first: 2);

        Compare.MustBeClose("Y", Y, Matrix<double>.Build.DenseOfRowArrays([
            Math.Cos(2) - 3 * Math.Sin(2),
            2 * Math.Cos(0.02) - 4 * Math.Sin(0.02),
            Math.Sin(2) + 3 * Math.Cos(2),
            2 * Math.Sin(0.02) + 4 * Math.Cos(0.02)]), 1e-15);
    }

    [Fact]
    public void At_place_0_nothing_turns() =>
        RotaryPositions.Turn(Matrix<double>.Build.DenseOfRowArrays([1.0, 2, 3, 4])).Row(0).ToArray().ShouldBe([1, 2, 3, 4]);

    [Fact]
    public void Scores_depend_on_the_difference_of_places_alone() => Seeded.ForAll(
        from random in Seeded.Random
        from half in Gen.Choose(1, 8)
        from shift in Gen.Choose(-50, 50)
        select (random.NormalMatrix(5, 2 * half), random.NormalMatrix(5, 2 * half), shift),
        c =>
        {
            var (Q, K, shift) = c;
            Matrix<double> Scores(int first) => RotaryPositions.Turn(Q, first) * RotaryPositions.Turn(K, first).Transpose();

            Compare.MustBeClose("S, shifted", Scores(60 + shift), Scores(60), 1e-11);
        });

    [Fact]
    public void Scores_of_a_query_and_a_key_do_change_with_their_distance()
    {
        var (q, k) = (Matrix<double>.Build.DenseOfRowArrays([1.0, 0]), Matrix<double>.Build.DenseOfRowArrays([1.0, 0]));

        for (int distance = 0; distance < 4; distance++)
            (RotaryPositions.Turn(q, distance) * RotaryPositions.Turn(k).Transpose())[0, 0].ShouldBe(Math.Cos(distance), 1e-15);
    }

    [Fact]
    public void Lengths_are_kept_and_turning_back_undoes_turning() => Seeded.ForAll(
        from random in Seeded.Random
        from half in Gen.Choose(1, 8)
        from first in Gen.Choose(0, 1000)
        select (random.NormalMatrix(4, 2 * half), first),
        c =>
        {
            var (X, first) = c;
            var Y = RotaryPositions.Turn(X, first);

            Compare.MustBeClose("lengths", Y.RowNorms(2).ToRowMatrix(), X.RowNorms(2).ToRowMatrix(), 1e-13);
            Compare.MustBeClose("X", RotaryPositions.TurnBack(Y, first), X, 1e-13);
        });

    [Fact]
    public void Gradients_agree_with_differences_and_wrong_turns_are_rejected()
    {
        var random = SeededRandom.Create(4);
        var X = random.NormalMatrix(5, 6);
        Part Turning(Func<Matrix<double>, Matrix<double>> back) =>
            new([new("X", X)], () => RotaryPositions.Turn(X, 3), dY => [new("X", back(dY))]);

        var part = Turning(dY => RotaryPositions.TurnBack(dY, 3));
        part.MustAgree();
        part.MustReject("turned on and not back", "X", dY => RotaryPositions.Turn(dY, 3));
        part.MustReject("back from another place", "X", dY => RotaryPositions.TurnBack(dY, 4));
        part.MustReject("neighbours in pairs in place of halves", "X", dY => Interleaved(dY, 3, sign: -1));
        part.MustRejectChanged("passed on unturned", "X", _ => X * 0 + 1);
    }

    [Fact]
    public void Attention_with_rotary_positions_is_its_formula_and_no_other()
    {
        var random = SeededRandom.Create(5);
        var layer = new MultiHeadAttention(2, random.Glorot(8, 8), random.Glorot(8, 8), random.Glorot(8, 8), random.Glorot(8, 8)) { UseRotary = true }.With(random);
        var X = random.NormalMatrix(5, 8);
        var Y = layer.Forward(X, Mask.Causal(5)).Y;

        Matrix<double> Formula(Func<Matrix<double>, Matrix<double>> q, Func<Matrix<double>, Matrix<double>> k, Func<Matrix<double>, Matrix<double>> v) =>
            Enumerable.Range(0, 2).Select(i => ScaledDotProductAttention.Forward(
                q((X * layer.W_Q).ColumnBlock(i, 2)), k((X * layer.W_K).ColumnBlock(i, 2)), v((X * layer.W_V).ColumnBlock(i, 2)), Mask.Causal(5)).O).SideBySide() * layer.W_O;
        Matrix<double> Turn(Matrix<double> M) => RotaryPositions.Turn(M);
        Matrix<double> Neighbours(Matrix<double> M) => Interleaved(M, 0, sign: 1);

        Compare.MustBeClose("Y", Y, Formula(Turn, Turn, V => V), 1e-13);
        Differs("V is turned too", Formula(Turn, Turn, Turn));
        Differs("the keys turn the other way", Formula(Turn, K => RotaryPositions.TurnBack(K), V => V));
        Differs("neighbours in pairs in place of halves", Formula(Neighbours, Neighbours, V => V));
        Differs("the keys stay as they are", Formula(Turn, K => K, V => V));
        Differs("nothing is turned", Formula(Q => Q, K => K, V => V));

        // Both turned backwards give the scores of j − i: of another sign, and not of ours.
        Differs("both turn the other way", Formula(Q => RotaryPositions.TurnBack(Q), K => RotaryPositions.TurnBack(K), V => V));

        void Differs(string mistake, Matrix<double> wrong) => (Y - wrong).FrobeniusNorm().ShouldBeGreaterThan(0.01 * Y.FrobeniusNorm(), mistake);
    }

    [Fact]
    public void The_last_token_alone_asks_all_tokens_as_it_does_among_them()
    {
        var random = SeededRandom.Create(6);
        foreach (bool rotary in new[] { true, false })
        {
            var layer = MultiHeadAttention.Random(random, 8, 2, useRotary: rotary, useALiBi: !rotary).With(random);
            var X = random.NormalMatrix(6, 8);

            Compare.MustBeClose("Y", layer.Forward(X.SubMatrix(5, 1, 0, 8), X, mask: null).Y, layer.Forward(X, Mask.Causal(6)).Y.SubMatrix(5, 1, 0, 8), 1e-13);
        }
    }

    [Fact]
    public void Gradients_of_attention_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from rotary in Gen.Elements(true, false)
        from n in Gen.Choose(1, 4)
        select (MultiHeadAttention.Random(random, 8, 2, useRotary: rotary, useALiBi: !rotary).With(random), random.NormalMatrix(n, 8)),
        c =>
        {
            var (layer, X) = c;
            var mask = Mask.Causal(X.RowCount);
            new Part([new("X", X), .. layer.Parameters], () => layer.Forward(X, mask).Y, dY => layer.Backward(layer.Forward(X, mask).Trace, dY).ByName()).MustAgree();
        }, count: 6);

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentException>(() => RotaryPositions.Turn(Matrix<double>.Build.Dense(2, 3))).Message.ShouldContain("X has 3 columns, but should have an even number");
        Should.Throw<ArgumentException>(() => RotaryPositions.TurnBack(Matrix<double>.Build.Dense(2, 1))).Message.ShouldContain("dY has 1 columns");
    }

    /// <summary>The pairs of the paper: 2k with 2k + 1.</summary>
    private static Matrix<double> Interleaved(Matrix<double> X, int first, int sign) => Matrix<double>.Build.Dense(X.RowCount, X.ColumnCount, (i, j) =>
    {
        var (sin, cos) = Math.SinCos(sign * (first + i) * Math.Pow(10000, -(j - j % 2.0) / X.ColumnCount));
        return j % 2 == 0 ? X[i, j] * cos - X[i, j + 1] * sin : X[i, j - 1] * sin + X[i, j] * cos;
    });
}
