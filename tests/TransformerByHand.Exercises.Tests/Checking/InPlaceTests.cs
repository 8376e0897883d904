using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

/// <summary>Every way in which MathNet changes a matrix or vector in place, on every input of every exercise that has one.</summary>
public class InPlaceTests
{
    private static readonly (string Name, Action<Matrix<double>> Change)[] OfMatrices =
    [
        ("M[0, 0] = …", M => M[0, 0] += 7), ("At", M => M.At(0, 0, M.At(0, 0) + 7)), ("Storage.At", M => M.Storage.At(0, 0, M[0, 0] + 7)),
        ("Clear", M => { M[0, 0] += 7; M.Clear(); }), ("ClearRow", M => { M[0, 0] += 7; M.ClearRow(0); }), ("ClearColumn", M => { M[0, 0] += 7; M.ClearColumn(0); }),
        ("ClearSubMatrix", M => { M[0, 0] += 7; M.ClearSubMatrix(0, 1, 0, 1); }),
        ("SetRow", M => M.SetRow(0, M.Row(0) + 7)), ("SetColumn", M => M.SetColumn(0, M.Column(0) + 7)),
        ("SetSubMatrix", M => M.SetSubMatrix(0, 0, M.SubMatrix(0, 1, 0, 1) + 7)), ("SetDiagonal", M => M.SetDiagonal(M.Diagonal() + 7)),
        ("MapInplace", M => M.MapInplace(v => v + 7, Zeros.Include)), ("MapIndexedInplace", M => M.MapIndexedInplace((i, j, v) => v + 7 + i, Zeros.Include)),
        ("CoerceZero", M => { M[0, 0] += 7; M.CoerceZero(1e9); }),
        ("CopyTo", M => (M + 7).CopyTo(M)), ("Add scalar", M => M.Add(7, M)), ("Add", M => M.Add(M + 7, M)), ("Subtract scalar", M => M.Subtract(7, M)),
        ("Subtract", M => M.Subtract(M + 7, M)), ("SubtractFrom", M => M.SubtractFrom(7.5, M)),
        ("Multiply", M => { M[0, 0] = 7; M.Multiply(3, M); }), ("Divide", M => { M[0, 0] = 7; M.Divide(3, M); }), ("DivideByThis", M => { M[0, 0] = 7; M.DivideByThis(3, M); }),
        ("Negate", M => { M[0, 0] = 7; M.Negate(M); }), ("PointwiseMultiply", M => M.PointwiseMultiply(M + 7, M)), ("PointwiseDivide", M => M.PointwiseDivide(M + 7.5, M)),
        ("PointwisePower", M => { M[0, 0] = 7; M.PointwisePower(3, M); }), ("PointwiseExp", M => M.PointwiseExp(M)), ("PointwiseAbs", M => { M[0, 0] = -7; M.PointwiseAbs(M); }),
        ("Modulus", M => { M[0, 0] = 7.5; M.Modulus(3, M); }), ("Remainder", M => { M[0, 0] = 7.5; M.Remainder(3, M); }),
        ("AsColumnMajorArray", M => M.AsColumnMajorArray()[0] += 7), ("NormalizeRows into", M => (M.NormalizeRows(2) + 7).CopyTo(M)),
        ("Transpose into", M => (M + 7).Transpose().Transpose().CopyTo(M)),
    ];

    private static readonly (string Name, Action<Vector<double>> Change)[] OfVectors =
    [
        ("v[0] = …", v => v[0] += 7), ("At", v => v.At(0, v.At(0) + 7)), ("Storage.At", v => v.Storage.At(0, v[0] + 7)), ("Clear", v => { v[0] += 7; v.Clear(); }),
        ("ClearSubVector", v => { v[0] += 7; v.ClearSubVector(0, 1); }), ("SetSubVector", v => v.SetSubVector(0, 1, v.SubVector(0, 1) + 7)), ("SetValues", v => v.SetValues((v + 7).ToArray())),
        ("MapInplace", v => v.MapInplace(x => x + 7, Zeros.Include)), ("MapIndexedInplace", v => v.MapIndexedInplace((i, x) => x + 7 + i, Zeros.Include)), ("CopyTo", v => (v + 7).CopyTo(v)),
        ("Add", v => v.Add(7, v)), ("Subtract", v => v.Subtract(7, v)), ("Multiply", v => { v[0] = 7; v.Multiply(3, v); }), ("Divide", v => { v[0] = 7; v.Divide(3, v); }),
        ("Negate", v => { v[0] = 7; v.Negate(v); }), ("PointwiseMultiply", v => v.PointwiseMultiply(v + 7, v)), ("PointwiseDivide", v => v.PointwiseDivide(v + 7.5, v)), ("PointwiseExp", v => v.PointwiseExp(v)), ("AsArray", v => v.AsArray()[0] += 7),
    ];

    public static TheoryData<string, string, string> Changes
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (Exercise exercise in ExerciseCatalog.All)
                foreach (var parameter in exercise.AnswerType.GetMethod("Invoke")!.GetParameters())
                {
                    if (parameter.ParameterType == typeof(Matrix<double>)) foreach (var way in OfMatrices) data.Add(exercise.Id, parameter.Name!, way.Name);
                    if (parameter.ParameterType == typeof(Vector<double>)) foreach (var way in OfVectors) data.Add(exercise.Id, parameter.Name!, way.Name);
                }
            return data;
        }
    }

    [Theory, MemberData(nameof(Changes))]
    public void An_answer_that_changes_its_input_is_told_so(string id, string parameter, string way)
    {
        Exercise exercise = ExerciseCatalog.Find(id).ShouldNotBeNull();
        var signature = new Signature(exercise.AnswerType);
        int at = signature.Parameters.ToList().IndexOf(parameter);
        Delegate answer = signature.Make(arguments =>
        {
            object? right = signature.Invoke(exercise.ReferenceSolution, [.. arguments.Select(DeepCopy.Of)]);
            if (arguments[at] is Matrix<double> matrix) OfMatrices.Single(known => known.Name == way).Change(matrix);
            else OfVectors.Single(known => known.Name == way).Change((Vector<double>)arguments[at]!);
            return right;
        });

        CheckResult result = exercise.CheckDelegate(answer);
        // A check ends after five seconds by the wall clock, which on a busy machine are not the answer's own.
        for (int again = 0; again < 3 && result.Outcome == CheckOutcome.TimedOut; again++) result = exercise.CheckDelegate(answer);

        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        result.ToText().ShouldContain($"changes its argument `{parameter}`");
    }

    [Fact]
    public void A_copy_of_a_dense_matrix_has_one_array_as_the_matrix_has()
    {
        Matrix<double> M = Matrix<double>.Build.Dense(2, 2, 6);

        var copy = (Matrix<double>)DeepCopy.Of(M)!;
        copy.Divide(2, copy);

        copy.ToRowMajorArray().ShouldBe([3, 3, 3, 3]);
        M.ToRowMajorArray().ShouldBe([6, 6, 6, 6]);
    }
}
