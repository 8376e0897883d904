namespace TransformerByHand.Exercises;

/// <summary>What all inputs of a learner's test have in common that lets mistakes hide. It is heard, not guessed.</summary>
internal static class NarrowInputs
{
    /// <summary>Returns a sentence for each thing that holds of every call.</summary>
    /// <param name="parameters">The names of the parameters of what is tested.</param>
    /// <param name="calls">The arguments of each call.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> parameters, IReadOnlyList<Value[]> calls)
    {
        if (calls.Count == 0) return [];
        var found = new List<string>();
        IReadOnlyList<string> names = [.. parameters.Select(name => $"`{name}`")];
        for (int p = 0; p < names.Count; p++)
        {
            int at = p;
            bool All(Func<Value, bool> holds) => calls.All(call => holds(call[at]));
            if (All(v => v is Value.Numbers { Entries.Length: > 0 } n && n.Entries.All(entry => entry == 0))) found.Add($"In every call {names[p]} holds nothing but zeros: what is multiplied by it cannot be seen.");
            else if (All(v => v is Value.Numbers { Entries.Length: > 1 } n && n.Entries.All(entry => entry == n.Entries[0]))) found.Add($"In every call all numbers of {names[p]} are the same: who gets which cannot be seen.");
            else if (All(v => v is Value.Numbers { IsMatrix: true, Rows: > 1 } n && IsSymmetric(n))) found.Add($"In every call {names[p]} is its own transpose: rows and columns that have changed places cannot be seen.");
            if (All(v => v is Value.Numbers { IsMatrix: true, Rows: 1 })) found.Add($"In every call {names[p]} has one row only.");
            else if (All(v => v is Value.Numbers { IsMatrix: true, Columns: 1 })) found.Add($"In every call {names[p]} has one column only.");
            else if (All(v => v is Value.Numbers { Entries.Length: 1 })) found.Add($"In every call {names[p]} holds one number only.");
            if (All(v => v is Value.Single { Content: 0.0 })) found.Add($"In every call {names[p]} is 0: what it is for cannot be seen.");
            else if (All(v => v is Value.Single { Content: double number } && Math.Abs(number) <= 1e-3)) found.Add($"In every call {names[p]} is tiny, 0.001 or less: whether it is used rightly can hardly be seen.");
            else if (All(v => v is Value.Single { Content: 1L })) found.Add($"In every call {names[p]} is 1.");
            for (int q = p + 1; q < names.Count; q++)
            {
                int other = q;
                if (calls.All(call => call[at] is Value.Numbers first && call[other] is Value.Numbers second && first.Shape == second.Shape && first.Entries.SequenceEqual(second.Entries) && first.Entries.Any(entry => entry != 0)))
                    found.Add($"In every call {names[p]} and {names[q]} hold the same numbers: it cannot be seen whether they change places.");
            }
        }
        return found;
    }

    private static bool IsSymmetric(Value.Numbers matrix) => matrix.Rows == matrix.Columns
        && Enumerable.Range(0, matrix.Rows).All(i => Enumerable.Range(0, i).All(j => matrix.At(i, j) == matrix.At(j, i)));
}
