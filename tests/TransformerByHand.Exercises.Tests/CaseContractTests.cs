using System.Text.RegularExpressions;

namespace TransformerByHand.Exercises.Tests;

/// <summary>What the inputs of every exercise must contain, so that no answer passes which is right only where sizes or numbers happen to agree.</summary>
public partial class CaseContractTests
{
    public static TheoryData<string> Functions => [.. ExerciseCatalog.All.OfType<IFunctionExercise>().Select(exercise => exercise.Id)];

    public static TheoryData<string> Tests => [.. ExerciseCatalog.All.OfType<ITestExercise>().Select(exercise => exercise.Id)];

    [Theory, MemberData(nameof(Functions))]
    public void There_is_an_input_in_which_all_sizes_differ(string id)
    {
        IFunctionExercise exercise = Function(id);
        IReadOnlyList<InputSize> sizes = Sizes(exercise);

        Enumerable.Range(0, exercise.Cases.Count).Any(k => sizes.Select(size => size.Values[k]).Distinct().Count() == sizes.Count)
            .ShouldBeTrue($"sizes of {id}, input by input:\n{string.Join('\n', sizes)}");
    }

    [Theory, MemberData(nameof(Functions))]
    public void Every_size_is_one_in_some_input_unless_the_exercise_says_why_not(string id)
    {
        IFunctionExercise exercise = Function(id);

        foreach (InputSize size in Sizes(exercise).Concat(Counts(exercise)).Where(size => !size.Names.Intersect(exercise.NeverOne).Any()))
            size.Values.ShouldContain(1, $"{string.Join(" = ", size.Names)} of {id} is never 1");
    }

    [Theory, MemberData(nameof(Functions))]
    public void There_are_inputs_with_ties_and_with_large_numbers(string id)
    {
        IFunctionExercise exercise = Function(id);
        Grid[] grids = [.. exercise.Cases.SelectMany(arguments => arguments.Select(argument => Grid.Of(argument)).OfType<Grid>())];
        if (grids.Length == 0) return;

        if (exercise.Derived.HasFlag(DerivedCases.Ties)) grids.Any(grid => Enumerable.Range(0, grid.Rows).Any(i => Enumerable.Range(0, grid.Columns).Select(j => grid.At(i, j)).GroupBy(v => v).Any(same => same.Count() > 1 && same.Key != 0))).ShouldBeTrue("no two numbers of a row are the same");
        if (exercise.Derived.HasFlag(DerivedCases.Large)) grids.Any(grid => Enumerable.Range(0, grid.Rows).Any(i => Enumerable.Range(0, grid.Columns).Any(j => Math.Abs(grid.At(i, j)) >= 1000))).ShouldBeTrue("no number is in the thousands");
    }

    [Theory, MemberData(nameof(Functions))]
    public void What_is_expected_is_never_NaN(string id)
    {
        IFunctionExercise exercise = Function(id);
        var signature = new Signature(((Exercise)exercise).AnswerType);

        foreach (object[] arguments in exercise.Cases)
        {
            Call call = Call.Of(((Exercise)exercise).ReferenceSolution, signature, arguments);
            call.Error.ShouldBeNull();
            call.Result!.Places().ShouldAllBe(place => !Equals(place.Entry, double.NaN));
        }
    }

    // Where most declared mistakes break down, the input is none that the exercise is defined for, and it keeps a learner's own
    // way of writing a mistake from being recognised by its numbers.
    [Theory, MemberData(nameof(Functions))]
    public void No_input_breaks_most_of_the_declared_mistakes(string id)
    {
        var exercise = (Exercise)Function(id);
        var signature = new Signature(exercise.AnswerType);
        Delegate[] mistaken = [.. exercise.KnownMistakes.Where(mistake => !mistake.HoldsWithoutNumbers).SelectMany(mistake => mistake.Codes)];

        foreach (object[] arguments in Function(id).Cases)
        {
            int broken = mistaken.Count(code => Call.Of(code, signature, arguments).Error is not null);
            (2 * broken).ShouldBeLessThanOrEqualTo(mistaken.Length, $"{broken} of {mistaken.Length} mistakes of {id} throw at {string.Join("; ", signature.Parameters.Zip(arguments, (name, argument) => ValueText.Named(name, Value.Of(argument))))}");
        }
    }

    // A mistake that changes or hands back an argument is recognised only in answers that do so too. Where its numbers are wrong
    // anyway, that is by the way, and a learner who makes the mistake on a copy would not be told.
    [Theory, MemberData(nameof(Functions))]
    public void A_mistake_in_numbers_leaves_the_arguments_alone_unless_it_speaks_of_them(string id)
    {
        var exercise = (Exercise)Function(id);
        var signature = new Signature(exercise.AnswerType);
        var found = new List<string>();
        foreach (KnownMistake mistake in exercise.KnownMistakes)
        {
            if (SpeaksOfArguments().IsMatch(mistake.Sentence)) continue;
            foreach ((Delegate code, int variant) in mistake.Codes.Select((code, i) => (code, i)))
            {
                (Call Right, Call Wrong)[] calls = [.. Function(id).Cases.Select(arguments => (Call.Of(exercise.ReferenceSolution, signature, arguments), Call.Of(code, signature, arguments)))];
                bool numbersAreWrong = calls.Any(pair => pair.Wrong.Error is null && !pair.Right.Result!.Agrees(pair.Wrong.Result!, Tolerance.Default));
                string[] byTheWay = [.. calls.SelectMany(pair => pair.Wrong.Changed.Select(change => change.Name).Except(pair.Right.Changed.Select(change => change.Name)).Concat(pair.Wrong.Aliased.Except(pair.Right.Aliased))).Distinct()];

                if (numbersAreWrong && byTheWay.Length > 0) found.Add($"'{mistake.Name}', variant {variant}: {string.Join(", ", byTheWay)}");
            }
        }

        found.ShouldBeEmpty($"mistakes of {id} that change or hand back an argument by the way");
    }

    [GeneratedRegex("changes its|hands? back|handed back|in place|overwr|memory|copy|itself|written into|writes into", RegexOptions.IgnoreCase)]
    private static partial Regex SpeaksOfArguments();

    [Theory, MemberData(nameof(Tests))]
    public void A_test_of_numbers_meets_every_kind_of_small_error(string id)
    {
        ITestExercise exercise = ExerciseCatalog.All.OfType<ITestExercise>().Single(found => found.Id == id);

        if (exercise.Errors.HasFlag(SmallErrors.Numbers))
            foreach (string kind in new[] { "is a little too large", "is a little too small", "errs by one per cent", "errs in the first number", "errs in one number inside", "errs in the last number", "errs in two numbers that make up for it" }) exercise.WrongNames.ShouldContain(kind);
        if (exercise.Errors.HasFlag(SmallErrors.Sizes)) exercise.WrongNames.ShouldContain("takes one size for another");
        if (exercise.Errors == SmallErrors.None) exercise.WrongNames.Count.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Theory, MemberData(nameof(Tests))]
    public void A_tolerance_of_one_is_told_in_every_test_of_numbers(string id)
    {
        ITestExercise exercise = ExerciseCatalog.All.OfType<ITestExercise>().Single(found => found.Id == id);
        if (exercise.Errors == SmallErrors.None) return;

        foreach (double tolerance in new[] { 1.0, 0.1, 0.01 })
        {
            CheckResult result = ((Exercise)exercise).CheckDelegate(exercise.Loose(tolerance));

            result.Outcome.ShouldBe(CheckOutcome.Wrong);
            string told = result.Explanation.ShouldNotBeNull(result.ToText());
            new[] { "room", "loose", "tolerance" }.Any(word => told.Contains(word, StringComparison.Ordinal)).ShouldBeTrue(told);
        }
    }

    private static IFunctionExercise Function(string id) => ExerciseCatalog.All.OfType<IFunctionExercise>().Single(exercise => exercise.Id == id);

    private static IReadOnlyList<InputSize> Sizes(IFunctionExercise exercise) => InputSize.Of(new Signature(((Exercise)exercise).AnswerType).Parameters, exercise.Cases);

    // Heads, tokens, windows and widths may also come as whole numbers.
    private static IEnumerable<InputSize> Counts(IFunctionExercise exercise)
    {
        IReadOnlyList<string> names = new Signature(((Exercise)exercise).AnswerType).Parameters;
        for (int p = 0; p < names.Count; p++)
            if (names[p] is "h" or "n" or "w" or "dK" or "d_k" && exercise.Cases[0][p] is int)
                yield return new InputSize([names[p]], [], [.. exercise.Cases.Select(arguments => (int)arguments[p])]);
    }
}
