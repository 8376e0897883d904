namespace TransformerByHand.Gradients;

/// <summary>What a gradient check concludes.</summary>
public enum GradientVerdict
{
    /// <summary>The claimed gradient is the measured one, within the tolerance.</summary>
    Agrees,

    /// <summary>The function is smooth here, and its gradient is not the claimed one.</summary>
    Disagrees,

    /// <summary>The function has no derivative here that differences could measure: a kink, a jump, or a bend sharper than any step.</summary>
    NotSmooth,
}
