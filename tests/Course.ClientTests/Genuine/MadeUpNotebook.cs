using System.Text.Json.Nodes;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary>Notebooks made for a test.</summary>
internal static class MadeUpNotebook
{
    /// <summary>A C# notebook of code cells, as text; the cells' ids are <c>cell-0</c>, <c>cell-1</c>, ….</summary>
    public static string Of(params IEnumerable<string> cells) => new JsonObject
    {
        ["cells"] = new JsonArray([.. cells.Select((source, i) => new JsonObject
        {
            ["cell_type"] = "code", ["execution_count"] = null, ["id"] = $"cell-{i}", ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = source,
        })]),
        ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" } },
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString();

    /// <summary>The cells before the second one of a kind.</summary>
    public static IEnumerable<NotebookCell> TakeUntilSecond(this IEnumerable<NotebookCell> cells, Func<NotebookCell, bool> isOne)
    {
        int met = 0;
        return cells.TakeWhile(cell => !isOne(cell) || ++met < 2);
    }
}
