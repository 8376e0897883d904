using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>Which of a batch's two sets of sequences; a model with one stack has only targets.</summary>
internal enum Side
{
    Target,
    Source,
}

/// <summary>What every module needs to know about the pass it takes part in.</summary>
internal sealed class Pass(KernelSet kernels)
{
    public KernelSet Kernels => kernels;

    /// <summary>Whether a backward pass follows: intermediates are kept and dropout is on.</summary>
    public bool Training { get; set; }

    /// <summary>Changes with every training step: dropout's masks are a function of it.</summary>
    public uint DropoutKey { get; set; }

    /// <summary>How many sequences the batch has.</summary>
    public int Sequences { get; set; }

    /// <summary>How many rows the batch's targets have.</summary>
    public int TargetRows { get; set; }

    /// <summary>How many rows the batch's sources have.</summary>
    public int SourceRows { get; set; }

    /// <summary>How many places of each sequence hold a token.</summary>
    public int[] TargetLengths { get; set; } = [];

    /// <summary>How many places of each source hold a token.</summary>
    public int[] SourceLengths { get; set; } = [];

    /// <summary>The rows on one side.</summary>
    public int Rows(Side side) => side == Side.Source ? SourceRows : TargetRows;

    /// <summary>The number of tokens in each sequence on one side.</summary>
    public int[] Lengths(Side side) => side == Side.Source ? SourceLengths : TargetLengths;

    /// <summary>Drops numbers of a span that belongs to a slice; called again on the gradient, drops the same ones.</summary>
    public void Drop(Span<float> numbers, float probability, uint site, long place)
    {
        if (Training && probability > 0)
            Dropout.InPlace(numbers, probability, DropoutKey ^ (site * 0x85EBCA77), (uint)place);
    }
}
