using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Runs;

/// <summary>Where a run's batches come from.</summary>
public interface IBatchSource
{
    /// <summary>Makes a batch of the right size, to be filled again and again.</summary>
    Batch MakeBatch();

    /// <summary>Fills a batch. The same number gives the same batch, whatever was asked for before.</summary>
    /// <param name="batch">What <see cref="MakeBatch"/> made.</param>
    /// <param name="number">Which batch, from 0.</param>
    void Fill(Batch batch, long number);
}
