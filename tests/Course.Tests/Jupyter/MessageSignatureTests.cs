using System.Text;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class MessageSignatureTests
{
    private static readonly byte[][] Parts = [.. new[] { "{}", "{\"a\":1}", "{}", "{\"b\":\"σ\"}" }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void It_is_what_Jupyters_own_client_computes() =>
        // Recorded from jupyter_client 7.4.9: Session(key=b"secret").sign(parts).
        Encoding.ASCII.GetString(new MessageSignature("secret").Of(Parts)).ShouldBe("4ba216410e32c880a5e7922a92a3b3a6013c46b0e71170afb5bbb146e5724f86");

    [Fact]
    public void Another_key_part_or_order_does_not_fit()
    {
        var signature = new MessageSignature("secret");
        byte[] right = signature.Of(Parts);

        signature.Fits(right, Parts).ShouldBeTrue();
        signature.Fits(right, Parts.Reverse()).ShouldBeFalse();
        signature.Fits([], Parts).ShouldBeFalse();
        new MessageSignature("other").Fits(right, Parts).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_key_nothing_is_signed() => new MessageSignature("").Of(Parts).ShouldBeEmpty();
}
