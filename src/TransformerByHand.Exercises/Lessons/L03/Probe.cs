using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate double ProbeFunction(Matrix<double> X, Matrix<double> T, int train);

    public static FunctionExercise<ProbeFunction> Probe { get; } = new(
        id: "03.7",
        title: "A linear probe",
        statement: "Fit T from X by least squares on the first rows, and return R² on the others.",
        solution: (X, T, train) =>
        {
            int test = X.RowCount - train;
            Matrix<double> Fit(Matrix<double> M) => M.SubMatrix(0, train, 0, M.ColumnCount);
            Matrix<double> HeldOut(Matrix<double> M) => M.SubMatrix(train, test, 0, M.ColumnCount);

            var W = Fit(X).QR().Solve(Fit(T));                               // (features × targets)
            var (predicted, truth) = (HeldOut(X) * W, HeldOut(T));           // (test × targets)
            var means = truth.ColumnSums() / test;
            double missed = 0, spread = 0;
            for (int t = 0; t < test; t++)
            {
                missed += Math.Pow((truth.Row(t) - predicted.Row(t)).L2Norm(), 2);
                spread += Math.Pow((truth.Row(t) - means).L2Norm(), 2);
            }
            return 1 - missed / spread;
        },
        cases:
        [
            [Columns([1, 2, 3, 4, 5]), Columns([2, 4, 6, 9, 10]), 3],
            [Columns([1, 2, 1, 2, 2, 1], [0, 1, 2, 3, 4, 5]), Columns([1, 2, 4, 4, 6, 5]), 4],
        ],
        randomCase: random =>
        {
            var X = random.NormalMatrix(14, 3);
            return [X, X * random.NormalMatrix(3, 2) + random.NormalMatrix(14, 2, 0.5) + 1, 9];
        },
        neverOne: ["rows of X"],                 // there are rows to fit with and rows to judge with
        tolerance: new Tolerance(1e-7, 1e-9),
        timeLimit: TimeSpan.FromSeconds(60),     // MathNet's QR shares the thread pool, and waits its turn on a busy machine
        hints:
        [
            "Cut both matrices in two: rows 0 … train − 1 to fit with, the rest to judge with. `M.SubMatrix(row, rows, column, columns)`.",
            "`A.QR().Solve(B)` is the matrix W that makes A·W come nearest to B.",
            "R² = 1 − missed / spread, both on the held-out rows: missed is Σ (truth − prediction)², spread is Σ (truth − mean of the column)².",
            "Add up over all columns before you divide, and take the means of the held-out rows.",
        ],
        mistakes:
        [
            new("judged on the rows it was fitted to", "This judges the fit on the rows that it was made from, and such a judgement flatters. Judge on the held-out rows.",
                (X, T, train) => RSquared(X, T, train, from: 0, to: train)),
            new("judged on all rows", "This judges the fit on all rows, among them those that it was made from. Judge on the held-out rows alone.",
                (X, T, train) => RSquared(X, T, train, from: 0, to: X.RowCount)),
            new("fitted to all rows", "All rows were used for the fit, so nothing was held out. Fit on the first `train` rows.",
                (X, T, train) => RSquared(X, T, X.RowCount, from: train, to: X.RowCount)),
            new("spread about zero", "The spread was taken about 0. It is taken about the mean of each column: R² = 0 means no better than answering the mean.",
                (X, T, train) => RSquared(X, T, train, from: train, to: X.RowCount, aboutMean: false)),
            new("missed / spread", "This is the part that was missed. R² is 1 minus that.",
                (X, T, train) => 1 - RSquared(X, T, train, from: train, to: X.RowCount)),
            new("means of the training rows", "The means are those of the rows that it was fitted to. R² compares with the best constant for the rows it is judged on: take the means of the held-out rows.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.AddRow(-T.SubMatrix(0, train, 0, T.ColumnCount).ColumnSums() / train)))),
            new("means of all rows", "The means are those of all rows. R² compares with the best constant for the rows it is judged on: take the means of the held-out rows.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.AddRow(-T.ColumnSums() / T.RowCount)))),
            new("one mean for all columns", "One mean was taken over all columns together. Each column has its own.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth - truth.Enumerate().Average()))),
            new("the mean of each row", "The mean was taken along each row. It is taken down each column: over the tokens.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(missed) / Squares(truth.SubtractColumn(truth.RowMeans())))),
            new("an average over the columns", "Each column got an R² of its own, and these were averaged. Add up the squares of all columns first, and divide once.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => Enumerable.Range(0, truth.ColumnCount).Average(j =>
                    1 - missed.Column(j).PointwisePower(2).Sum() / truth.Column(j).Sum(v => Math.Pow(v - truth.Column(j).Average(), 2))))),
            new("lengths in place of squares", "The two lengths were divided. R² divides the sums of squares: square the ratio.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - missed.FrobeniusNorm() / Centred(truth).FrobeniusNorm())),
            new("distances in place of squares", "The distances were added up without being squared. Both sums are of squares.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - missed.PointwiseAbs().Enumerate().Sum() / Centred(truth).PointwiseAbs().Enumerate().Sum())),
            new("never below 0", "What was below 0 was made 0. R² may be negative: then the fit is worse than answering the mean.",
                (X, T, train) => Math.Max(0, RSquared(X, T, train, from: train, to: X.RowCount))),
            new("the squared correlation", "This is the squared correlation of truth and prediction, which forgives a fit that is off by a factor or a constant. R² as it stands above does not.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => Math.Pow(MathNet.Numerics.Statistics.Correlation.Pearson(truth.Enumerate(), (truth - missed).Enumerate()), 2))),
            new("nothing missed", "This is 1, a perfect fit, whatever the numbers: nothing is missed. Are the squared misses added up, and are they truth *less prediction* on the held-out rows?",
                (X, T, train) => 1),
            new("the prediction not taken off", "The prediction is not taken off the truth: this is the R² of a probe that always answers 0.",
                (X, T, train) => HeldOut(X, T, train, (missed, truth) => 1 - Squares(truth) / Squares(Centred(truth)))),
            new("a constant added to the fit", "A column of ones was added to X, which gives the fit a constant. The probe asked for is X·W alone.",
                (X, T, train) => RSquared(X.InsertColumn(0, Vector<double>.Build.Dense(X.RowCount, 1)), T, train, from: train, to: X.RowCount)),
        ]);
}
