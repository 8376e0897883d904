using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

public class CSharpNameTests
{
    private delegate (Matrix<double> dX, (double[] dGamma, int[] dBeta) norm) Backward(Matrix<double> X, double[,] W, double[][] rows, Func<double, bool> keep, string name);

    [Fact]
    public void A_header_is_what_one_would_write() =>
        CSharpName.Header(typeof(Backward), "Backward").ShouldBe(
            "(Matrix<double> dX, (double[] dGamma, int[] dBeta) norm) Backward(Matrix<double> X, double[,] W, double[][] rows, Func<double, bool> keep, string name)");

    [Fact]
    public void Arrays_of_matrices_keep_their_brackets_in_order() =>
        CSharpName.Header(typeof(Func<double[][,], int>), "F").ShouldBe("int F(double[][,] arg)");

    [Fact]
    public void The_stub_is_the_cell_that_every_lesson_has() =>
        Samples.Doubled.Stub.ShouldBe("// Exercise 98.1\ndouble[] Doubled(double[] x)\n{\n    throw new NotImplementedException();\n}\nLesson98.Doubled.Check(Doubled)");
}
