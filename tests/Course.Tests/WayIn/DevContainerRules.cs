using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Tests.WayIn;

/// <summary>The rules of <c>devcontainer.json</c>, as the Development Containers Specification publishes them (containers.dev), stated in our own words.</summary>
/// <remarks>
/// All property names are known here, so that a misspelt one is found; the values of those that a container like ours may
/// have are looked into. VS Code's and Codespaces' own customizations are included. An image, and no Compose file, is assumed.
/// One rule is this project's own: a feature names its version.
/// </remarks>
internal static partial class DevContainerRules
{
    private static readonly string[] Sources = ["image", "build", "dockerFile", "dockerComposeFile"];

    private static readonly string[] Lifecycle =
        ["initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand"];

    /// <summary>Where these once were, and where they are not read from for ever.</summary>
    private static readonly string[] Moved = ["extensions", "settings", "devPort", "codespaces"];

    private static readonly Dictionary<string, Func<JsonNode?, IEnumerable<string>>> HostRequirements = new()
    {
        ["cpus"] = value => WholeNumber(value, 1, int.MaxValue),
        ["memory"] = value => Text(value, Amount(), "digits and kb, mb, gb or tb"),
        ["storage"] = value => Text(value, Amount(), "digits and kb, mb, gb or tb"),
        ["gpu"] = Anything,
    };

    private static readonly Dictionary<string, Func<JsonNode?, IEnumerable<string>>> VsCode = new()
    {
        ["extensions"] = value => Each(value, Extension(), "publisher.name"),
        ["settings"] = Object,
        ["devPort"] = value => WholeNumber(value, 0, 65535),
    };

    private static readonly Dictionary<string, Func<JsonNode?, IEnumerable<string>>> Codespaces = new()
    {
        ["openFiles"] = Texts,
        ["repositories"] = Object,
        ["disableAutomaticConfiguration"] = Boolean,
    };

    private static readonly Dictionary<string, Func<JsonNode?, IEnumerable<string>>> Properties = new()
    {
        ["$schema"] = Text,
        ["name"] = Text,
        ["image"] = value => Text(value, ImageReference(), "no reference to an image"),
        ["build"] = Object,
        ["dockerFile"] = Text,
        ["context"] = Text,
        ["dockerComposeFile"] = Anything,
        ["service"] = Text,
        ["runServices"] = Texts,
        ["features"] = Features,
        ["overrideFeatureInstallOrder"] = Texts,
        ["secrets"] = Object,
        ["forwardPorts"] = ForwardedPorts,
        ["portsAttributes"] = Object,
        ["otherPortsAttributes"] = Object,
        ["appPort"] = Anything,
        ["runArgs"] = Texts,
        ["mounts"] = Anything,
        ["workspaceFolder"] = Text,
        ["workspaceMount"] = Text,
        ["containerEnv"] = value => Environment(value, mayBeNull: false),
        ["remoteEnv"] = value => Environment(value, mayBeNull: true),
        ["containerUser"] = Text,
        ["remoteUser"] = Text,
        ["updateRemoteUserUID"] = Boolean,
        ["overrideCommand"] = Boolean,
        ["init"] = Boolean,
        ["privileged"] = Boolean,
        ["capAdd"] = Texts,
        ["securityOpt"] = Texts,
        ["shutdownAction"] = value => OneOf(value, "none", "stopContainer"),
        ["userEnvProbe"] = value => OneOf(value, "none", "loginShell", "loginInteractiveShell", "interactiveShell"),
        // Not the last: nothing would be left to wait with.
        ["waitFor"] = value => OneOf(value, Lifecycle[..^1]),
        ["hostRequirements"] = value => Members(value, HostRequirements),
        ["customizations"] = Customizations,
    };

    static DevContainerRules()
    {
        foreach (string command in Lifecycle) Properties[command] = Command;
    }

    /// <summary>The rules that a container breaks, each with the place.</summary>
    public static IReadOnlyList<string> Broken(JsonNode? container)
    {
        if (container is not JsonObject properties) return ["a container is an object"];
        string[] moved = [.. properties.Select(property => property.Key).Intersect(Moved)];
        var rest = new JsonObject([.. properties.Where(property => !Moved.Contains(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone()))]);
        int sources = Sources.Count(properties.ContainsKey);
        return
        [
            .. moved.Select(name => $"'{name}' belongs in customizations"),
            .. sources == 1 ? Enumerable.Empty<string>() : [$"one of {string.Join(", ", Sources[..^1])} or {Sources[^1]} says what the container is made of; there are {sources}"],
            .. Members(rest, Properties),
            .. Variables(properties),
        ];
    }

    private static IEnumerable<string> Members(JsonNode? value, Dictionary<string, Func<JsonNode?, IEnumerable<string>>> rules) =>
        value is not JsonObject members ? ["an object"]
        : members.SelectMany(member => rules.TryGetValue(member.Key, out var rule)
            ? rule(member.Value).Select(problem => $"{member.Key}: {problem}")
            : [$"'{member.Key}' is no property"]);

    private static IEnumerable<string> Features(JsonNode? value)
    {
        if (value is not JsonObject features) return ["an object"];
        return features.SelectMany(feature =>
            FeatureName().Match(feature.Key) is not { Success: true } name ? [$"'{feature.Key}' is neither registry/owner/name:version nor a folder ./name"]
            : name.Groups["registry"].Success && !name.Groups["version"].Success ? [$"'{feature.Key}' comes without a version, so whatever is newest on the day"]
            : Options(feature.Value));

        // One text is short for the option 'version'.
        static IEnumerable<string> Options(JsonNode? options) =>
            options is JsonObject values
                ? values.Where(option => Kind(option.Value) is not (JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)).Select(option => $"{option.Key}: a text, true or false")
                : Kind(options) == JsonValueKind.String ? [] : ["an object of options"];
    }

    private static IEnumerable<string> Customizations(JsonNode? value)
    {
        if (value is not JsonObject tools) return ["an object"];
        return tools.SelectMany(tool => tool.Key switch
        {
            "vscode" => Members(tool.Value, VsCode),
            "codespaces" => Members(tool.Value, Codespaces),
            _ => [],
        });
    }

    /// <summary>A text goes to a shell, a list to none, and of an object's each is one of these.</summary>
    private static IEnumerable<string> Command(JsonNode? value) => value switch
    {
        JsonObject several => several.SelectMany(each => each.Value is JsonObject ? ["a command in an object is a text or a list of texts"] : Command(each.Value)),
        JsonArray => Texts(value),
        _ => Kind(value) == JsonValueKind.String ? [] : ["a text, a list of texts or an object of these"],
    };

    private static IEnumerable<string> ForwardedPorts(JsonNode? value) =>
        value is not JsonArray ports ? ["a list"]
        : ports.SelectMany(port => Kind(port) == JsonValueKind.String ? Text(port, HostAndPort(), "host:port") : WholeNumber(port, 0, 65535));

    private static IEnumerable<string> Environment(JsonNode? value, bool mayBeNull) =>
        value is not JsonObject variables ? ["an object"]
        : variables.Where(variable => !(Kind(variable.Value) == JsonValueKind.String || (mayBeNull && variable.Value is null))).Select(variable => $"{variable.Key}: a text");

    /// <summary>What <c>${…}</c> may stand for, wherever it stands.</summary>
    private static IEnumerable<string> Variables(JsonNode? value) => value switch
    {
        JsonObject members => members.SelectMany(member => Variables(member.Value)),
        JsonArray items => items.SelectMany(Variables),
        _ when Kind(value) == JsonValueKind.String => Reference().Matches(value!.ToString()).Select(match => match.Value)
            .Where(reference => !Known().IsMatch(reference)).Select(reference => $"{reference} stands for nothing"),
        _ => [],
    };

    private static IEnumerable<string> Anything(JsonNode? value) => value is null ? ["something"] : [];

    private static IEnumerable<string> Object(JsonNode? value) => value is JsonObject ? [] : ["an object"];

    private static IEnumerable<string> Text(JsonNode? value) => Kind(value) == JsonValueKind.String ? [] : ["a text"];

    private static IEnumerable<string> Text(JsonNode? value, Regex form, string otherwise) =>
        Kind(value) == JsonValueKind.String && form.IsMatch(value!.ToString()) ? [] : [otherwise];

    private static IEnumerable<string> Boolean(JsonNode? value) => Kind(value) is JsonValueKind.True or JsonValueKind.False ? [] : ["true or false"];

    private static IEnumerable<string> WholeNumber(JsonNode? value, int least, int most) =>
        Kind(value) == JsonValueKind.Number && int.TryParse(value!.ToString(), out int number) && number >= least && number <= most
            ? [] : [$"a whole number from {least} to {most}"];

    private static IEnumerable<string> OneOf(JsonNode? value, params string[] values) =>
        Kind(value) == JsonValueKind.String && values.Contains(value!.ToString()) ? [] : [$"one of {string.Join(", ", values)}"];

    private static IEnumerable<string> Texts(JsonNode? value) =>
        value is JsonArray items && items.All(item => Kind(item) == JsonValueKind.String) ? [] : ["a list of texts"];

    private static IEnumerable<string> Each(JsonNode? value, Regex form, string otherwise) =>
        Texts(value).Any() ? Texts(value) : value!.AsArray().Select(item => item!.ToString()).Where(text => !form.IsMatch(text)).Select(text => $"'{text}' is not {otherwise}");

    private static JsonValueKind Kind(JsonNode? value) => value?.GetValueKind() ?? JsonValueKind.Null;

    [GeneratedRegex(@"^(?:[a-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$")]
    private static partial Regex ImageReference();

    [GeneratedRegex(@"^(?:(?<registry>[a-z0-9.-]+(?::[0-9]+)?)/[a-z0-9._-]+(?:/[a-z0-9._-]+)+(?::(?<version>[A-Za-z0-9_.-]+)|@sha256:(?<version>[0-9a-f]{64}))?|\./[^:]+|https://[^ ]+\.tgz)$")]
    private static partial Regex FeatureName();

    // Before it, a minus takes away an extension that an image or a feature brings; behind it may be a version.
    [GeneratedRegex(@"^-?[A-Za-z0-9][A-Za-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9-]*(?:@(?:[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?|prerelease))?$")]
    private static partial Regex Extension();

    [GeneratedRegex("^[0-9]+(?:[tgmk]b)?$")]
    private static partial Regex Amount();

    [GeneratedRegex("^[a-z0-9-]+:[0-9]{1,5}$")]
    private static partial Regex HostAndPort();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^\$\{(?:localEnv:[^}]+|containerEnv:[^}]+|localWorkspaceFolder(?:Basename)?|containerWorkspaceFolder(?:Basename)?|devcontainerId)\}$")]
    private static partial Regex Known();
}
