namespace TransformerByHand.Training.Model;

/// <summary>Refuses a batch that a model cannot take, with a message that says why.</summary>
internal static class BatchCheck
{
    public static void Throw(Batch batch, ModelShape shape, int sequences)
    {
        if (batch.Sequences > sequences)
            throw new ArgumentException($"The batch has {batch.Sequences} sequences; this model has room for {sequences}.", nameof(batch));
        if (batch.Length > shape.Context)
            throw new ArgumentException($"The batch's sequences have {batch.Length} places; the model's context is {shape.Context}.", nameof(batch));
        if (batch.SourceLength > shape.Context)
            throw new ArgumentException($"The batch's sources have {batch.SourceLength} places; the model's context is {shape.Context}.", nameof(batch));
        if ((shape.Architecture == Architecture.EncoderDecoder) != (batch.SourceLength > 0))
            throw new ArgumentException(batch.SourceLength > 0
                ? "The batch has sources, but only an encoder–decoder reads any."
                : "An encoder–decoder needs a batch with sources.", nameof(batch));
        CheckIds(batch.Inputs, "input");
        CheckIds(batch.Source, "source");
        CheckIds(batch.Targets, "target", Batch.Ignored);
        CheckLengths(batch.Lengths, batch.Length);
        CheckLengths(batch.SourceLengths, batch.SourceLength);

        void CheckIds(int[] ids, string what, int? ignored = null)
        {
            foreach (int id in ids)
                if ((id < 0 || id >= shape.Vocabulary) && id != ignored)
                    throw new ArgumentException($"An {what} id is {id}; the vocabulary has ids 0 to {shape.Vocabulary - 1}.", nameof(batch));
        }

        static void CheckLengths(int[] lengths, int longest)
        {
            foreach (int length in lengths)
                if (length < 0 || length > longest)
                    throw new ArgumentException($"A sequence is said to have {length} tokens; it has {longest} places.", nameof(batch));
        }
    }
}
