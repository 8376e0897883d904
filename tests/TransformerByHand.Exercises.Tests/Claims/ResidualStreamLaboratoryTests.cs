using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>What laboratory 03 shows beyond the claims' figures.</summary>
public class ResidualStreamLaboratoryTests
{
    [Fact]
    public void A_linear_probe_finds_more_of_the_embedding_in_pre_LN_and_little_in_either_after_24_layers()
    {
        var (post, pre) = (ReadingBack.Of(NormPlacement.Post), ReadingBack.Of(NormPlacement.Pre));

        post.Probe[4].ShouldBe(0.3231, 0.002);
        pre.Probe[4].ShouldBe(0.5251, 0.002);
        pre.Probe[24].ShouldBe(0.1355, 0.002);
        post.Cosine[8].ShouldBe(0.07408, 0.0005);
        pre.Cosine[8].ShouldBe(0.4131, 0.001);
        pre.Cosine[24].ShouldBe(0.2021, 0.001);
    }

    [Fact]
    public void Pre_LN_buries_a_faint_embedding_first_and_keeps_a_large_one_longer()
    {
        Lens.OwnWords(NormPlacement.Post)[1].ShouldBe(0.9935, 0.002);
        Lens.OwnWords(NormPlacement.Pre)[1].ShouldBe(0.2826, 0.003);

        double[] large = Lens.OwnWords(NormPlacement.Pre, enlarge: 5.2);
        large[0].ShouldBe(1);
        large[4].ShouldBe(0.7044, 0.003);
    }

    [Fact]
    public void A_token_that_goes_alone_keeps_to_the_model_of_orthogonal_writes()
    {
        Fading among = Fading.OfTwentyStacks(), alone = Fading.OfTwentyStacks(alone: true);

        double Model(Fading fading, int layers) => 1 / Math.Sqrt(1 + Fading.Written(fading.Pre) * layers);
        Fading.Mean(alone.Pre, 24).ShouldBe(Model(alone, 24), 0.02);
        Fading.Mean(among.Pre, 24).ShouldBeLessThan(0.75 * Model(among, 24));
    }

    [Fact]
    public void The_cosine_falls_as_a_power_of_the_depth_in_pre_LN_and_more_steeply_than_one_over_the_root()
    {
        var fading = Fading.OfTwentyStacks();
        double[] slopes = [.. fading.Pre.Select(cosine => Fading.Slope(l => cosine[l]))];

        slopes.Average().ShouldBe(-0.64, 0.01);
        slopes.Min().ShouldBe(-0.9, 0.02);
        slopes.Max().ShouldBe(-0.34, 0.01);
        Fading.Slope(l => 1 / Math.Sqrt(1 + Fading.Written(fading.Pre) * l)).ShouldBe(-0.43, 0.01);
        Fading.Slope(l => 3 * Math.Pow(l, -0.5)).ShouldBe(-0.5, 1e-9);
    }

    [Fact]
    public void The_first_loss_is_near_the_logarithm_of_the_number_of_words() =>
        Lens.FirstLoss(50257).ShouldBe(Math.Log(50257), 0.01);
}
