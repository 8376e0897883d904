namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 13, what the heads learn, and its experiments.</summary>
public static partial class Lesson13;
