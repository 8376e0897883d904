namespace TransformerByHand.Exercises;

/// <summary>The source text of a reference solution, ready to stand in a notebook.</summary>
/// <param name="Header">The stub's header: <c>double Mean(double[] x)</c>.</param>
/// <param name="Parameters">The parameter names that the body uses; equal to the header's.</param>
/// <param name="Body">The statements between the braces, without indentation. An expression is a <c>return</c> statement here.</param>
public sealed record SolutionSource(string Header, IReadOnlyList<string> Parameters, string Body)
{
    /// <summary>The whole function, as a learner would write it into the cell.</summary>
    public string Text => $"{Header}\n{{\n{string.Join('\n', Body.Split('\n').Select(line => line.Length > 0 ? "    " + line : ""))}\n}}";

    /// <summary>Takes a lambda's source apart.</summary>
    /// <exception cref="FormatException">The text is not a lambda.</exception>
    internal static SolutionSource OfLambda(string header, string lambda)
    {
        string text = lambda.ReplaceLineEndings("\n").Trim();
        if (text.StartsWith("static ", StringComparison.Ordinal)) text = text["static ".Length..].TrimStart();

        int arrow = text.IndexOf("=>", text.StartsWith('(') ? ClosingParenthesis(text) : 0, StringComparison.Ordinal);
        if (arrow < 0) throw new FormatException($"A reference solution must be written as a lambda where it is declared, but is: {lambda}");

        string[] parameters = [.. SplitParameters(text[..arrow].Trim()).Select(LastWord)];
        string body = text[(arrow + 2)..].TrimStart(' ');
        return new SolutionSource(header, parameters, body.TrimStart().StartsWith('{') ? Block(body.TrimStart()) : $"return {Dedent(body.TrimStart())};");
    }

    private static int ClosingParenthesis(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            if (text[i] == ')' && --depth == 0) return i;
        }
        return text.Length;
    }

    private static IEnumerable<string> SplitParameters(string list)
    {
        string inner = list.StartsWith('(') ? list[1..^1] : list;
        int depth = 0, start = 0;
        for (int i = 0; i < inner.Length; i++)
        {
            if ("([<".Contains(inner[i])) depth++;
            if (")]>".Contains(inner[i])) depth--;
            if (inner[i] != ',' || depth > 0) continue;
            yield return inner[start..i];
            start = i + 1;
        }
        if (!string.IsNullOrWhiteSpace(inner)) yield return inner[start..];
    }

    private static string LastWord(string parameter) => parameter.Trim().Split(' ')[^1];

    private static string Block(string body) => Dedent(body.TrimEnd()[1..^1].Trim('\n').TrimEnd());

    // The compiler hands over the source from the lambda's first character on: later lines keep the indentation of the
    // declaration, the first has lost it. So the first line does not count when the common indentation is sought.
    private static string Dedent(string text)
    {
        string[] lines = text.Split('\n');
        int Indent(string line) => line.Length - line.TrimStart(' ').Length;
        bool firstIsWhole = lines[0].StartsWith(' ');
        int common = lines.Skip(firstIsWhole ? 0 : 1).Where(line => line.Trim().Length > 0).Select(Indent).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select((line, i) => (i > 0 || firstIsWhole) && line.Length >= common ? line[common..].TrimEnd() : line.Trim()));
    }
}
