namespace TransformerByHand.Display;

/// <summary>The named intermediate values of one computation.</summary>
public abstract record Trace;
