using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Models;

/// <summary>Small trained models that lie in <c>data/</c> and travel inside this library.</summary>
internal static class StoredModel
{
    /// <summary>Makes a clear model of a shape, with the weights that a recipe trained.</summary>
    /// <param name="name">The recipe's name, which is the file's.</param>
    /// <param name="shape">The shape that the recipe gives its model.</param>
    /// <exception cref="InvalidOperationException">The file was not there when the library was built.</exception>
    public static LanguageModel Load(string name, ModelShape shape)
    {
        LanguageModel model = shape.ToLanguageModel(SeededRandom.Create(0));
        model.Parameters.CopyFrom(Weights(name));
        return model;
    }

    /// <summary>Reads the weights that a recipe trained.</summary>
    /// <param name="name">The file's name, without its ending.</param>
    /// <exception cref="InvalidOperationException">The file was not there when the library was built.</exception>
    public static ParameterSet Weights(string name)
    {
        using Stream stream = typeof(StoredModel).Assembly.GetManifestResourceStream($"{name}.safetensors")
            ?? throw new InvalidOperationException($"data/{name}.safetensors is not there; 'train {name}' makes it.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Safetensors.FromBytes(bytes);
    }
}
