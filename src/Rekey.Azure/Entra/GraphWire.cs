using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The properties of people that Rekey reads from Microsoft Graph v1.0.</summary>
internal static class GraphWire
{
    internal sealed record DirectoryObject(
        string? Id,
        bool? AccountEnabled,
        string? DisplayName,
        [property: JsonPropertyName("@odata.type")] string? Type
    );
}
