using System.Text;
using System.Text.Json.Nodes;
using TransformerByHand.Course.Checking;
using TransformerByHand.Course.Checking.Rules;
using TransformerByHand.Course.Running;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>A small lesson with nothing to mend, in a folder of its own, for a test to break.</summary>
internal sealed class MadeUpLesson : IDisposable
{
    public const string Svg = "<svg xmlns='http://www.w3.org/2000/svg'><text>0.25</text></svg>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("made-up-");

    /// <param name="name">The notebook's name; one that begins with <c>labs/</c> is a laboratory's.</param>
    public MadeUpLesson(string name = "made-up")
    {
        Name = name;
        Json = JsonNode.Parse(
            """
            {
              "cells": [],
              "metadata": {
                "kernelspec": { "display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp" },
                "language_info": { "name": "polyglot-notebook" },
                "polyglot_notebook": { "kernelInfo": { "defaultKernelName": "csharp", "items": [ { "aliases": [], "name": "csharp" } ] } }
              },
              "nbformat": 4,
              "nbformat_minor": 5
            }
            """)!.AsObject();
        Markdown("title", "# Made up\n\nSee [below](#the-end) and ![a square](square.svg).");
        Code("load", "#!import lesson.csx");
        Code("numbers", "table", plain: "what   value\nσ      0.08165\nμ      0.2\nloss   1e-5\ncount  10,000\nshare  0.5", html: "<table><tr><td>σ</td><td style='color:#111'>0.08165</td></tr></table>");
        Code("figure", "chart", plain: "chart 0.25", html: Image("a chart: 0.25", Svg));
        Markdown("end", "## The end");
        Directory.CreateDirectory(Folder);
        File.WriteAllText(System.IO.Path.Combine(Folder, "square.svg"), Svg);
    }

    public string Name { get; }

    public JsonObject Json { get; }

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public string Path => System.IO.Path.Combine(_folder.FullName, Name + ".ipynb");

    public static string Image(string? alt, string svg) =>
        $"<img {(alt is null ? "" : $"alt=\"{alt}\" ")}src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\">";

    public MadeUpLesson Markdown(string id, string source)
    {
        Json["cells"]!.AsArray().Add(new JsonObject
        {
            ["cell_type"] = "markdown", ["id"] = id, ["metadata"] = new JsonObject(), ["source"] = source,
        });
        return this;
    }

    public MadeUpLesson Code(string id, string source, string? plain = null, string? html = null, params string[] tags)
    {
        var data = new JsonObject();
        if (html is not null) data["text/html"] = html;
        if (plain is not null) data["text/plain"] = plain;
        var outputs = new JsonArray();
        if (data.Count > 0)
            outputs.Add(new JsonObject { ["data"] = data, ["execution_count"] = 3, ["metadata"] = new JsonObject(), ["output_type"] = "execute_result" });
        var metadata = new JsonObject
        {
            ["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" },
            ["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" },
        };
        if (tags.Length > 0) metadata["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
        Json["cells"]!.AsArray().Add(new JsonObject
        {
            ["cell_type"] = "code", ["execution_count"] = 3, ["id"] = id, ["metadata"] = metadata, ["outputs"] = outputs, ["source"] = source,
        });
        return this;
    }

    /// <summary>Checks the lesson as if a fresh run had shown what it holds now, after <paramref name="tamper"/> has changed what is stored.</summary>
    public IReadOnlyList<Violation> Check(
        Action<JsonObject>? tamper = null, IReadOnlyList<LedgerEntry>? ledger = null, IReadOnlyList<Exercise>? exercises = null, bool whole = false, bool limits = false)
    {
        Notebook fresh = Notebook.Parse(Json.ToJsonString());
        var stored = JsonNode.Parse(Json.ToJsonString())!.AsObject();
        tamper?.Invoke(stored);
        File.WriteAllText(Path, stored.ToJsonString());

        var violations = new List<Violation>();
        Lesson lesson = Lesson.At(Path);
        if (LessonChecker.Read(lesson, violations) is not { } read) return violations;
        read = read with { Fresh = RunOf(fresh, lesson) };
        // A made-up lesson is too small for a lesson's limits; they have tests of their own.
        return LessonChecker.Inspect(new CheckedCourse([read], ledger ?? [], exercises ?? [], whole), limits ? null : LessonChecker.Rules.Where(rule => rule is not LimitsRule));
    }

    public static LessonRun RunOf(Notebook fresh, Lesson lesson)
    {
        int number = 0;
        CellRun[] cells = [.. fresh.Cells.Select(cell => cell.Kind != CellKind.Code
            ? new CellRun(cell, 0, CellRunStatus.Skipped, "Markdown", TimeSpan.Zero, null)
            : cell.Tags.Any(tag => tag.StartsWith("requires:", StringComparison.Ordinal))
                ? new CellRun(cell, ++number, CellRunStatus.Skipped, "not asked for", TimeSpan.Zero, null)
                : new CellRun(cell, ++number, CellRunStatus.Ran, null, TimeSpan.Zero, new CellResult(CellStatus.Succeeded, [], TimeSpan.Zero, number)))];
        return new LessonRun(lesson, new NotebookRun(fresh, cells, TimeSpan.Zero), [], new HashSet<string>(), Solved: false, TimeSpan.Zero);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
