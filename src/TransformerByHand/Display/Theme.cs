namespace TransformerByHand.Display;

/// <summary>The colours of what is shown in a notebook: those of the client's own theme, light or dark, and ours where it has none.</summary>
/// <remarks>
/// The outermost element of an output carries <see cref="Colours"/> in its style, and whatever is inside it uses the names. Two
/// colours come from the client, ground and ink (VS Code's variables, JupyterLab's, or neither); all others are mixed from
/// them, so that they keep their contrast in every theme. The course's pages set JupyterLab's variables.
/// </remarks>
public static class Theme
{
    /// <summary>The colour behind text.</summary>
    public const string Ground = "var(--ground)";

    /// <summary>The colour of text.</summary>
    public const string Ink = "var(--ink)";

    /// <summary>The colour of text that steps back: labels, remarks.</summary>
    public const string Faint = "var(--faint)";

    /// <summary>The colour of borders and rules.</summary>
    public const string Rule = "var(--rule)";

    /// <summary>The colour behind code.</summary>
    public const string Inset = "var(--inset)";

    /// <summary>What makes the other names known inside an element: declarations for its style.</summary>
    public const string Colours =
        $"--ground:{GroundOfClient};--ink:var(--vscode-editor-foreground,var(--jp-content-font-color1,#1f2328));--faint:color-mix(in srgb,{Ink} 70%,{Ground});--rule:color-mix(in srgb,{Ink} 20%,{Ground});--inset:color-mix(in srgb,{Ink} 7%,{Ground})";

    /// <summary>The style of an element around a picture that has a light ground of its own: on a light page it changes nothing, on a dark one the picture glares less.</summary>
    internal const string AroundPicture =
        $"display:inline-block;max-width:100%;isolation:isolate;border-radius:6px;background:color-mix(in srgb,{GroundOfClient} 14%,#ffffff)";

    /// <summary>The style of that picture.</summary>
    internal const string Picture = "display:block;max-width:100%;height:auto;mix-blend-mode:multiply";

    private const string GroundOfClient = "var(--vscode-editor-background,var(--jp-layout-color0,#ffffff))";

    /// <summary>A colour that says something, brought nearer to that of text until it can be read on the ground.</summary>
    /// <param name="colour">The colour as CSS writes it.</param>
    public static string Tone(string colour) => $"color-mix(in srgb,{colour} 55%,{Ink})";

    /// <summary>The same for a line or an edge, which needs less contrast than text and so keeps more of its colour.</summary>
    /// <param name="colour">The colour as CSS writes it.</param>
    public static string Edge(string colour) => $"color-mix(in srgb,{colour} 80%,{Ink})";
}
