using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson00
{
    /// <summary>Lets the glimpse write on, the last product and the choice of the word being a reader's: lesson 00's end.</summary>
    /// <param name="glimpse">The model.</param>
    /// <param name="text">How the text begins.</param>
    /// <param name="words">How many words to write.</param>
    /// <param name="multiply">00.2: the scores (V) from the last token (d_model) and W_U (d_model × V).</param>
    /// <param name="likeliest">00.3: the id of the word with the largest score.</param>
    /// <returns>For each word what was chosen, how large its score is, and what the model itself would have written.</returns>
    public static Table WriteOn(Glimpse glimpse, string text, int words, MultiplyFunction multiply, LikeliestFunction likeliest)
    {
        ArgumentNullException.ThrowIfNull(glimpse);
        double[,] W_U = glimpse.Model.Unembedding.W_U.ToArray();                                            // (d_model × V)
        var missing = new SortedSet<string>();
        var rows = new List<object?[]>();
        for (int i = 0; i < words; i++)
        {
            GlimpseReading reading = glimpse.Read(text);
            Vector<double> x = glimpse.FinalNorm.Forward(reading.StreamBefore(glimpse.Layers)).Y.Row(reading.Words.Count - 1);
            double[] scores = Own("Multiply", () => multiply(x.ToArray(), W_U), () => Multiply.ReferenceSolution(x.ToArray(), W_U));   // (V)
            int id = Own("Likeliest", () => likeliest([.. scores]), () => Likeliest.ReferenceSolution(scores));
            string word = id >= 0 && id < glimpse.Words.Count ? glimpse.Words[id] : $"no word has the number {id}";
            rows.Add([word, id >= 0 && id < scores.Length ? scores[id] : double.NaN, reading.Next()]);
            if (id < 0 || id >= glimpse.Words.Count) break;
            text += " " + word;
        }
        string by = missing.Count == 0 ? "by your Multiply and your Likeliest" : $"not solved yet, so the model's own stands in: {string.Join(", ", missing)}";
        return new Table("next word", "its score", "the model writes") { Caption = $"Written on, {by}", Rows = rows, Digits = 4 };

        T Own<T>(string name, Func<T> own, Func<T> otherwise)
        {
            if (missing.Contains(name)) return otherwise();
            try
            {
                return own();
            }
            catch (NotImplementedException)
            {
                missing.Add(name);
                return otherwise();
            }
        }
    }
}
