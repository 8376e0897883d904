namespace TransformerByHand.Figures;

/// <summary>A box, sign or junction of a <see cref="FlowChart"/>, in one cell of its grid.</summary>
/// <remarks>Made by <see cref="Box"/>, <see cref="Text"/>, <see cref="Plus"/>, <see cref="Sign"/> and <see cref="Junction"/>.</remarks>
public sealed record Node
{
    private Node(string id, int column, int row, NodeKind kind, string label, IReadOnlyList<string> details)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(label);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        (Id, Column, Row, Kind, Label, Details) = (id, column, row, kind, label, details);
    }

    /// <summary>The name by which arrows and frames refer to the node.</summary>
    public string Id { get; }

    /// <summary>The column of the grid, from 0 at the left.</summary>
    public int Column { get; }

    /// <summary>The row of the grid, from 0 at the top.</summary>
    public int Row { get; }

    /// <summary>The first line in the node.</summary>
    public string Label { get; }

    /// <summary>Smaller lines under the label: a formula, a shape, numbers.</summary>
    public IReadOnlyList<string> Details { get; }

    /// <summary>The tint.</summary>
    public Tone Tone { get; init; }

    internal NodeKind Kind { get; }

    /// <summary>A box with a label and, under it, smaller lines.</summary>
    /// <param name="id">The name by which arrows refer to it.</param>
    /// <param name="column">The column of the grid, from 0 at the left.</param>
    /// <param name="row">The row of the grid, from 0 at the top.</param>
    /// <param name="label">The first line.</param>
    /// <param name="details">Smaller lines under it: a formula, a shape, numbers.</param>
    public static Node Box(string id, int column, int row, string label, params string[] details) => new(id, column, row, NodeKind.Box, label, details);

    /// <summary>Text without a frame, such as an input or an output.</summary>
    /// <inheritdoc cref="Box"/>
    public static Node Text(string id, int column, int row, string label, params string[] details) => new(id, column, row, NodeKind.Text, label, details);

    /// <summary>A circle with a plus: an addition.</summary>
    /// <inheritdoc cref="Box"/>
    public static Node Plus(string id, int column, int row) => new(id, column, row, NodeKind.Plus, "⊕", []);

    /// <summary>A circle with a sign or a very short text, such as <c>×</c>.</summary>
    /// <inheritdoc cref="Box"/>
    public static Node Sign(string id, int column, int row, string label) => new(id, column, row, NodeKind.Sign, label, []);

    /// <summary>A dot on a line, where it branches.</summary>
    /// <inheritdoc cref="Box"/>
    public static Node Junction(string id, int column, int row) => new(id, column, row, NodeKind.Junction, "", []);
}

/// <summary>How a node is drawn.</summary>
internal enum NodeKind
{
    Box,
    Text,
    Plus,
    Sign,
    Junction,
}
