using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Support;

/// <summary>Fills a layer's parameters with random numbers: biases of zero and gains of one hide mistakes.</summary>
internal static class Randomised
{
    public static TLayer With<TLayer>(this TLayer layer, Random random, double size = 0.5)
        where TLayer : ILayer
    {
        foreach (var parameter in layer.Parameters)
            for (int i = 0; i < parameter.Count; i++)
                parameter[i] = size * random.NormalMatrix(1, 1)[0, 0] + (parameter.Name.EndsWith('γ') ? 1 : 0);
        return layer;
    }
}
