using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>The properties of principals that Rekey reads from Microsoft Graph v1.0.</summary>
internal static class PrincipalWire
{
    internal sealed record GetByIds(IReadOnlyList<string> Ids);

    internal sealed record ObjectPage(
        IReadOnlyList<DirectoryItem>? Value,
        [property: JsonPropertyName("@odata.nextLink")] string? NextLink
    );

    internal sealed record DirectoryItem(
        string? Id,
        [property: JsonPropertyName("@odata.type")] string? Type,
        string? DisplayName = null,
        string? UserPrincipalName = null
    );

    internal sealed record ServicePrincipal(
        string? Id,
        string? AppId,
        string? ServicePrincipalType,
        IReadOnlyList<string>? AlternativeNames
    );
}
