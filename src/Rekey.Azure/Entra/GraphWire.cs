using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The little of Microsoft Graph v1.0 that is read of people.</summary>
internal static class GraphWire
{
    internal sealed record DirectoryObject(string? Id, bool? AccountEnabled, [property: JsonPropertyName("@odata.type")] string? Type);
}

/// <summary>The JSON context of Graph's people.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphWire.DirectoryObject))]
internal sealed partial class GraphJson : JsonSerializerContext;
