namespace TransformerByHand.Display;

/// <summary>The inline styles of tables, in the client's colours. Those of text and ground are always set together, so that no style of the page comes between.</summary>
internal static class HtmlStyle
{
    public const string Font = "system-ui,'Segoe UI',Helvetica,Arial,sans-serif";

    public const string Panel =
        $"{Theme.Colours};display:inline-block;max-width:100%;overflow-x:auto;margin:4px 8px 4px 0;padding:8px 12px;box-sizing:border-box;vertical-align:top;background:{Theme.Ground};color:{Theme.Ink};border:1px solid {Theme.Rule};border-radius:6px;font:13px {Font}";
    public const string Table = $"border-collapse:collapse;margin:0;border:none;background:{Theme.Ground};color:{Theme.Ink};font-size:13px;font-variant-numeric:tabular-nums";
    public const string Caption = $"caption-side:top;text-align:left;padding:0 0 6px;color:{Theme.Ink};white-space:nowrap;font-weight:600";
    public const string Cell = $"padding:3px 8px;border:none;text-align:right;background:{Theme.Ground};color:{Theme.Ink}";
    public const string TextCell = $"padding:3px 8px;border:none;text-align:left;background:{Theme.Ground};color:{Theme.Ink}";
    public const string Head = $"padding:3px 8px;border:none;text-align:right;background:{Theme.Ground};color:{Theme.Faint};font-weight:600";
    public const string TextHead = $"padding:3px 8px;border:none;text-align:left;background:{Theme.Ground};color:{Theme.Faint};font-weight:600";

    /// <summary>The style of a cell on a coloured ground.</summary>
    public static string Coloured(Rgb ground) => $"padding:3px 8px;border:none;text-align:right;background:{ground.Hex};color:{ground.Ink.Hex}";
}
