namespace TransformerByHand.Training.Model;

/// <summary>A piece of the weights' gradient that one worker computes, over all rows of the batch in order.</summary>
/// <remarks>
/// Gradients of weights are sums over tokens. If each worker summed its own tokens and the sums were added, the result would
/// depend on how many workers there are. So the work is cut the other way: a task owns some entries of a gradient and
/// adds up every token for them.
/// </remarks>
internal abstract class GradientTask
{
    public abstract void Do(Pass pass, Scratch scratch);
}
