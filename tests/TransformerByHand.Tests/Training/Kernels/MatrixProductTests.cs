using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Tests.Training.Kernels;

public class MatrixProductTests
{
    // A sum of k products of numbers below 2 in float32: k roundings of at most k·4·2⁻²⁴ each, if all went one way. They
    // do not: √k of them is a generous bound. The result is compared with the definition, which rounds differently.
    private static double Bound(int k) => 4 * Math.Sqrt(k + 1) * Math.Pow(2, -24);

    public static TheoryData<KernelSet, int, int, int> Shapes()
    {
        var data = new TheoryData<KernelSet, int, int, int>();
        foreach (var set in KernelSets.All)
            foreach (var (m, n, k) in new[] { (1, 1, 1), (8, 32, 3), (9, 33, 5), (7, 16, 40), (16, 65, 64), (3, 17, 257), (24, 48, 600) })
                data.Add(set, m, n, k);
        return data;
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Every_layout_of_the_operands_gives_the_three_loops(KernelSet kernels, int m, int n, int k)
    {
        var random = SeededRandom.Create(m * 10007 + n * 101 + k);
        float[] a = KernelSets.Numbers(random, m * k), b = KernelSets.Numbers(random, k * n), bias = KernelSets.Numbers(random, n);
        float[] expected = new float[m * n];
        Definitions.Product(new(a, m, k), new(b, k, n), new(bias, 1, n), new(expected, m, n));

        float[] aTransposed = Transposed(a, m, k), bTransposed = Transposed(b, k, n);
        foreach (bool flipA in new[] { false, true })
            foreach (bool flipB in new[] { false, true })
            {
                var aSpan = flipA ? new MatrixSpan(aTransposed, k, m).Transposed : new MatrixSpan(a, m, k);
                var bSpan = flipB ? new MatrixSpan(bTransposed, n, k).Transposed : new MatrixSpan(b, k, n);
                float[] c = new float[m * n];
                var packed = kernels.Pack(bSpan, new float[kernels.PackedSize(k, n)]);
                kernels.Multiply(aSpan, packed, new(bias, 1, n), new(c, m, n));
                KernelSets.Distance(c, expected).ShouldBeLessThan(Bound(k), $"A transposed: {flipA}, B transposed: {flipB}");
            }
    }

    /// <summary>Every way in which rows can be left over when a tile is 8, 6 or 4 of them high, with a narrow and a wide strip.</summary>
    [Theory, ClassData(typeof(KernelSets))]
    public void Any_number_of_rows_gives_the_three_loops(KernelSet kernels)
    {
        var random = SeededRandom.Create(4);
        foreach (int n in new[] { kernels.Lanes, 2 * kernels.Lanes, 3 * kernels.Lanes + 1 })
            for (int m = 1; m <= 26; m++)
            {
                float[] a = KernelSets.Numbers(random, m * 9), b = KernelSets.Numbers(random, 9 * n), expected = new float[m * n], c = new float[m * n];
                Definitions.Product(new(a, m, 9), new(b, 9, n), default, new(expected, m, n));
                kernels.Multiply(new(a, m, 9), kernels.Pack(new(b, 9, n), new float[kernels.PackedSize(9, n)]), default, new(c, m, n));
                KernelSets.Distance(c, expected).ShouldBeLessThan(Bound(9), $"{m} rows, {n} columns");
            }
    }

    /// <summary>Large enough that A, stored column by column, is copied first: more rows than are copied at once, more columns than a stretch.</summary>
    [Theory, ClassData(typeof(KernelSets))]
    public void A_large_transposed_matrix_gives_the_bits_that_it_gives_untransposed(KernelSet kernels)
    {
        const int m = 203, n = 261, k = 300;
        var random = SeededRandom.Create(5);
        float[] a = KernelSets.Numbers(random, m * k), b = KernelSets.Numbers(random, k * n), d = KernelSets.Numbers(random, m * n);
        var packed = kernels.Pack(new(b, k, n), new float[kernels.PackedSize(k, n)]);
        float[] straight = new float[m * n], turned = new float[m * n];

        kernels.Multiply(new(a, m, k), packed, new(d, m, n), new(straight, m, n));
        kernels.Multiply(new MatrixSpan(Transposed(a, m, k), k, m).Transposed, packed, new(d, m, n), new(turned, m, n));

        turned.ShouldBe(straight);
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void The_product_can_be_added_to_what_is_there(KernelSet kernels)
    {
        var random = SeededRandom.Create(1);
        float[] a = KernelSets.Numbers(random, 11 * 300), b = KernelSets.Numbers(random, 300 * 37), c = KernelSets.Numbers(random, 11 * 37);
        float[] expected = new float[11 * 37];
        Definitions.Product(new(a, 11, 300), new(b, 300, 37), new(c, 11, 37), new(expected, 11, 37));

        var packed = kernels.Pack(new(b, 300, 37), new float[kernels.PackedSize(300, 37)]);
        kernels.Multiply(new(a, 11, 300), packed, new(c, 11, 37), new(c, 11, 37));

        KernelSets.Distance(c, expected).ShouldBeLessThan(Bound(300));
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void A_row_has_the_same_bits_however_many_rows_are_computed_with_it(KernelSet kernels)
    {
        var random = SeededRandom.Create(2);
        float[] a = KernelSets.Numbers(random, 21 * 300), b = KernelSets.Numbers(random, 300 * 40);
        var packed = kernels.Pack(new(b, 300, 40), new float[kernels.PackedSize(300, 40)]);
        float[] together = new float[21 * 40];
        kernels.Multiply(new(a, 21, 300), packed, default, new(together, 21, 40));

        for (int row = 0; row < 21; row++)
        {
            float[] alone = new float[40];
            kernels.Multiply(new MatrixSpan(a, 21, 300).RowRange(row, 1), packed, default, new(alone, 1, 40));
            alone.ShouldBe(together[(row * 40)..((row + 1) * 40)]);
        }
    }

    [Theory, ClassData(typeof(KernelSets))]
    public void Nothing_outside_the_result_is_written(KernelSet kernels)
    {
        var random = SeededRandom.Create(3);
        float[] a = KernelSets.Numbers(random, 10 * 6), b = KernelSets.Numbers(random, 6 * 19);
        float[] wide = new float[12 * 30];
        Array.Fill(wide, 7);
        var packed = kernels.Pack(new(b, 6, 19), new float[kernels.PackedSize(6, 19)]);
        kernels.Multiply(new(a, 10, 6), packed, default, new MatrixSpan(wide, 12, 30).Block(1, 10, 5, 19));

        for (int i = 0; i < 12; i++)
            for (int j = 0; j < 30; j++)
                (wide[i * 30 + j] == 7).ShouldBe(i is < 1 or > 10 || j is < 5 or > 23, $"entry ({i}, {j}) is {wide[i * 30 + j]}");
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        var error = Should.Throw<ArgumentException>(() =>
        {
            var packed = KernelSet.Fastest.Pack(new(new float[12], 4, 3), new float[1000]);
            KernelSet.Fastest.Multiply(new(new float[10], 2, 5), packed, default, new(new float[6], 2, 3));
        });
        error.Message.ShouldContain("A (2 × 5) times B (4 × 3)");
    }

    [Fact]
    public void A_matrix_that_would_reach_past_its_numbers_is_turned_away() =>
        Should.Throw<ArgumentException>(() => { _ = new MatrixSpan(new float[11], 3, 4); }).Message.ShouldContain("3 × 4");

    private static float[] Transposed(float[] numbers, int rows, int columns)
    {
        var result = new float[numbers.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                result[j * rows + i] = numbers[i * columns + j];
        return result;
    }
}
