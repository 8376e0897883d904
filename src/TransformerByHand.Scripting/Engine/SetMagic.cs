using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace TransformerByHand.Scripting.Engine;

/// <summary><c>#!set --name x --value 1</c> in C#: a text, or with <c>@y</c> what another variable holds.</summary>
internal static partial class SetMagic
{
    /// <summary>The declaration that the magic stands for.</summary>
    /// <param name="argument">What follows <c>#!set</c>.</param>
    /// <param name="variables">The names of the variables there are.</param>
    /// <exception cref="FormatException">It stands for none; the message says why.</exception>
    public static string ToCode(string argument, IReadOnlySet<string> variables)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match option in Option().Matches(argument)) options[option.Groups["name"].Value] = option.Groups["value"].Value;
        string? unknown = options.Keys.FirstOrDefault(option => option is not ("name" or "value"));
        if (unknown is not null) throw new FormatException($"'#!set' has no option '--{unknown}' here. {Form}");
        if (!options.TryGetValue("name", out string? name) || !options.TryGetValue("value", out string? value) || Option().Replace(argument, "").Trim().Length > 0)
            throw new FormatException($"'#!set {argument}' cannot be read. {Form}");
        if (!SyntaxFacts.IsValidIdentifier(name)) throw new FormatException($"A variable cannot be called '{name}': a name is made of letters, digits and _, and does not start with a digit.");
        if (!value.StartsWith('@')) return $"string {name} = {SymbolDisplay.FormatLiteral(value, quote: true)};";

        string source = value.StartsWith("@csharp:", StringComparison.Ordinal) ? value["@csharp:".Length..] : value[1..];
        if (source.Contains(':', StringComparison.Ordinal))
            throw new FormatException($"'{value}' cannot be taken: there is no kernel but C#, and nobody who could be asked for input while cells run.");
        if (!variables.Contains(source)) throw new FormatException($"There is no variable '{source}' that '{name}' could be set to.");
        return $"var {name} = {source};";
    }

    private const string Form = "It is written #!set --name NAME --value TEXT, or --value @OTHER for what the variable OTHER holds.";

    [GeneratedRegex("""--(?<name>[a-z][a-z-]*)\s+(?<value>"(\\.|[^"\\])*"|\{.*\}|\[.*\]|(?!--)\S+)""")]
    private static partial Regex Option();
}
