using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Tests.Support;

/// <summary>Made-up weights of an encoder under the names of published ones.</summary>
internal static class PublishedWeights
{
    public static ParameterSet Of(int vocabulary, int longest, int width, int inner, int layers)
    {
        Random random = SeededRandom.Create(151);
        Parameter Table(string name, int rows, int columns) => new(name, random.NormalMatrix(rows, columns));
        Parameter[] Linear(string name, int dIn, int dOut) => [Table(name + ".weight", dOut, dIn), new(name + ".bias", random.NormalVector(dOut))];
        Parameter[] Norm(string name) => [new(name + ".weight", random.NormalVector(width)), new(name + ".bias", random.NormalVector(width))];
        return
        [
            Table("embeddings.word_embeddings.weight", vocabulary, width), Table("embeddings.position_embeddings.weight", longest, width),
            Table("embeddings.token_type_embeddings.weight", 2, width), .. Norm("embeddings.LayerNorm"),
            .. Enumerable.Range(0, layers).SelectMany(l => BertPart.All.SelectMany(part => (part.Name, part.IsMatrix) switch
            {
                (_, false) => Norm(part.PublishedIn(l)),
                ("up", _) => Linear(part.PublishedIn(l), width, inner),
                ("down", _) => Linear(part.PublishedIn(l), inner, width),
                _ => Linear(part.PublishedIn(l), width, width),
            })),
        ];
    }
}
