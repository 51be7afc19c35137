using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The little of Microsoft Graph v1.0 that is read.</summary>
internal static class GraphWire
{
    internal sealed record DirectoryObject(string? Id, bool? AccountEnabled, [property: JsonPropertyName("@odata.type")] string? Type);

    internal sealed record Failure(FailureBody? Error);

    internal sealed record FailureBody(string? Code);
}

/// <summary>The JSON context of Graph's wire.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphWire.DirectoryObject))]
[JsonSerializable(typeof(GraphWire.Failure))]
internal sealed partial class GraphJson : JsonSerializerContext;
