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

    internal sealed record AccountPage(
        IReadOnlyList<Account>? Value,
        [property: JsonPropertyName("@odata.nextLink")] string? NextLink,
        [property: JsonPropertyName("@odata.deltaLink")] string? DeltaLink
    );

    internal sealed record Account(string? Id, bool? AccountEnabled, [property: JsonPropertyName("@removed")] Removed? Removed);

    /// <param name="Reason"><c>changed</c>: deleted, can be restored; <c>deleted</c>: deleted for good.</param>
    internal sealed record Removed(string? Reason);
}
