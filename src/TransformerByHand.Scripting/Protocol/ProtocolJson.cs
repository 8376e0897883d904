using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Scripting.Protocol;

/// <summary>Serialisation made at build time: reflection would cost a starting worker a tenth of a second.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(HostMessage))]
[JsonSerializable(typeof(WorkerMessage))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
