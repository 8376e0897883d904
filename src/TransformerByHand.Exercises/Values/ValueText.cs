using System.Globalization;
using System.Text;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>Writes a value as a learner would write it in C#, a matrix with its rows under each other.</summary>
internal static class ValueText
{
    /// <summary>Significant digits, where nothing else is asked for.</summary>
    public const int Digits = 6;

    private const int MostEntries = 16;
    private const int MostRows = 10;

    /// <summary>Writes <c>name = value</c>, later lines indented to stand under the first.</summary>
    public static string Named(string name, Value value, int digits = Digits)
    {
        string start = name + " = ";
        return start + Of(value, digits).Replace("\n", "\n" + new string(' ', start.Length));
    }

    /// <summary>Writes one number, such as 0.2, -3 or 1.5e-7.</summary>
    public static string Number(double number, int digits = Digits) => Numbers.Format(number, digits);

    public static string Of(Value value, int digits = Digits) => value switch
    {
        Value.Single { Content: null } => "null",
        Value.Single { Content: double number } => Number(number, digits),
        Value.Single { Content: long integer } => integer.ToString(CultureInfo.InvariantCulture),
        Value.Single { Content: bool truth } => truth ? "true" : "false",
        Value.Function => "a function",
        Value.Single { Content: string text } => $"\"{text}\"",
        Value.Numbers { IsMatrix: false } vector => Vector(vector, digits),
        Value.Numbers matrix => Matrix(matrix, digits),
        Value.Group group => Group(group, digits),
        _ => throw new InvalidOperationException(),
    };

    private static string Vector(Value.Numbers vector, int digits) =>
        "[" + string.Join(", ", vector.Entries.Take(MostEntries).Select(entry => Number(entry, digits))) + Rest(vector.Entries.Length, MostEntries, "numbers") + "]";

    private static string Matrix(Value.Numbers matrix, int digits)
    {
        if (matrix.Entries.Length == 0) return $"[] ({matrix.Rows} × {matrix.Columns})";
        int rows = Math.Min(matrix.Rows, MostRows), columns = Math.Min(matrix.Columns, MostEntries);
        string[,] cells = new string[rows, columns];
        int[] widths = new int[columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                cells[i, j] = Number(matrix.At(i, j), digits);
                widths[j] = Math.Max(widths[j], cells[i, j].Length);
            }
        }

        var text = new StringBuilder();
        for (int i = 0; i < rows; i++)
        {
            text.Append(i == 0 ? "[[" : " [");
            for (int j = 0; j < columns; j++) text.Append(j == 0 ? "" : ", ").Append(cells[i, j].PadLeft(widths[j]));
            text.Append(columns < matrix.Columns ? ", …]" : "]").Append(i == matrix.Rows - 1 ? "]" : "\n");
        }
        if (rows < matrix.Rows) text.Append(" …]");
        return text.Append($"  ({matrix.Rows} × {matrix.Columns})").ToString();
    }

    private static string Group(Value.Group group, int digits)
    {
        if (!group.IsList) return string.Join("\n", group.Parts.Select(part => Named(part.Name, part.Value, digits)));
        bool rows = group.Parts.Any(part => part.Value is not Value.Single);
        return "[" + string.Join(rows ? ",\n " : ", ", group.Parts.Take(MostEntries).Select(part => Of(part.Value, digits).Replace("\n", "\n "))) + Rest(group.Parts.Count, MostEntries, "parts") + "]";
    }

    private static string Rest(int count, int shown, string what) => count > shown ? $", … {count} {what}" : "";
}
