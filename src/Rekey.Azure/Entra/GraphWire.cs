using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The little of Microsoft Graph v1.0 that is read of people.</summary>
internal static class GraphWire
{
    internal sealed record DirectoryObject(string? Id, bool? AccountEnabled, [property: JsonPropertyName("@odata.type")] string? Type);
}
