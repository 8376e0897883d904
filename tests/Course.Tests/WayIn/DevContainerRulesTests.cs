using System.Text.Json.Nodes;

namespace TransformerByHand.Course.Tests.WayIn;

/// <summary><c>devcontainer.json</c> against the published rules, and the rules against containers that break them.</summary>
public class DevContainerRulesTests
{
    private static readonly string Container = File.ReadAllText(Path.Combine(Repository.Find().Root, ".devcontainer", "devcontainer.json"));

    [Fact]
    public void The_container_keeps_the_rules() => DevContainerRules.Broken(JsonNode.Parse(Container)).ShouldBeEmpty();

    [Theory]
    [InlineData("postCreateComand", "\"true\"", "'postCreateComand' is no property")]
    [InlineData("name", "7", "name: a text")]
    [InlineData("image", null, "image, build, dockerFile or dockerComposeFile")]
    [InlineData("image", "\"Base:Book worm\"", "image: no reference to an image")]
    [InlineData("build", "{ \"dockerfile\": \"Dockerfile\" }", "one of image, build, dockerFile or dockerComposeFile")]
    [InlineData("features", "{ \"dotnet\": {} }", "features: 'dotnet'")]
    [InlineData("features", "{ \"ghcr.io/devcontainers/features/dotnet\": {} }", "without a version")]
    [InlineData("features", "{ \"ghcr.io/devcontainers/features/dotnet:2\": { \"version\": 10 } }", "features: version")]
    [InlineData("features", "[ \"ghcr.io/devcontainers/features/dotnet:2\" ]", "features: an object")]
    [InlineData("hostRequirements", "{ \"cpus\": \"2\" }", "cpus: a whole number")]
    [InlineData("hostRequirements", "{ \"memory\": \"4 GB\" }", "memory: digits and kb, mb, gb or tb")]
    [InlineData("hostRequirements", "{ \"ram\": \"4gb\" }", "'ram' is no property")]
    [InlineData("remoteEnv", "{ \"ONE\": 1 }", "remoteEnv: ONE")]
    [InlineData("remoteEnv", "{ \"PATH\": \"${containerEnvironment:PATH}:/more\" }", "${containerEnvironment:PATH}")]
    [InlineData("postCreateCommand", "{ \"first\": 1 }", "postCreateCommand")]
    [InlineData("postCreateCommand", "true", "postCreateCommand")]
    [InlineData("waitFor", "\"postAttachCommand\"", "waitFor: one of")]
    [InlineData("forwardPorts", "[ 70000 ]", "forwardPorts")]
    [InlineData("extensions", "[ \"ms-toolsai.jupyter\" ]", "'extensions' belongs in customizations")]
    [InlineData("settings", "{}", "'settings' belongs in customizations")]
    [InlineData("codespaces", "{}", "'codespaces' belongs in customizations")]
    [InlineData("customizations", "{ \"vscode\": { \"extensions\": [ \"jupyter\" ] } }", "extensions: 'jupyter'")]
    [InlineData("customizations", "{ \"vscode\": { \"extension\": [] } }", "'extension' is no property")]
    [InlineData("customizations", "{ \"vscode\": { \"settings\": [] } }", "settings: an object")]
    [InlineData("customizations", "{ \"codespaces\": { \"openFiles\": \"README.md\" } }", "openFiles: a list of texts")]
    public void A_broken_rule_is_named(string property, string? value, string problem)
    {
        JsonObject container = JsonNode.Parse(Container)!.AsObject();
        if (value is null) container.Remove(property);
        else container[property] = JsonNode.Parse(value);

        DevContainerRules.Broken(container).ShouldHaveSingleItem().ShouldContain(problem);
    }

    [Theory]
    [InlineData("postCreateCommand", "[ \"bash\", \".devcontainer/post-create.sh\" ]")]
    [InlineData("postCreateCommand", "{ \"build\": \"dotnet build\", \"kernel\": [ \"dotnet\", \"--info\" ] }")]
    [InlineData("features", "{ \"ghcr.io/devcontainers/features/dotnet:2.5.0\": \"10.0\", \"./local\": {} }")]
    [InlineData("customizations", "{ \"vscode\": { \"extensions\": [ \"ms-toolsai.jupyter@2026.1.100\", \"-ms-python.python\" ] }, \"other-tool\": 1 }")]
    [InlineData("hostRequirements", "{ \"cpus\": 4, \"gpu\": \"optional\" }")]
    [InlineData("image", "\"localhost:5000/me/image@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"")]
    public void What_the_rules_allow_is_let_through(string property, string value)
    {
        JsonObject container = JsonNode.Parse(Container)!.AsObject();
        container[property] = JsonNode.Parse(value);

        DevContainerRules.Broken(container).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_object_is_no_container() => DevContainerRules.Broken(JsonNode.Parse("[]")).ShouldHaveSingleItem();
}
