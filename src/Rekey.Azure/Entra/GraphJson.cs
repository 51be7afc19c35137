using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The JSON context for people in Graph.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphWire.DirectoryObject))]
[JsonSerializable(typeof(GraphWire.AccountPage))]
internal sealed partial class GraphJson : JsonSerializerContext;
