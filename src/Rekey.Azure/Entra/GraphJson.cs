using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The JSON context of Graph's people.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphWire.DirectoryObject))]
internal sealed partial class GraphJson : JsonSerializerContext;
