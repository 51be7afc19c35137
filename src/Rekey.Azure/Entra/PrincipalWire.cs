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

    /// <summary>An application or a service principal, with its secrets and certificates.</summary>
    internal sealed record CredentialHolder(
        string? Id,
        string? AppId,
        string? ServicePrincipalType,
        IReadOnlyList<Credential>? PasswordCredentials,
        IReadOnlyList<Credential>? KeyCredentials
    );

    internal sealed record Credential(string? KeyId, DateTimeOffset? StartDateTime, DateTimeOffset? EndDateTime);

    internal sealed record FederatedPage(
        IReadOnlyList<FederatedCredential>? Value,
        [property: JsonPropertyName("@odata.nextLink")] string? NextLink
    );

    internal sealed record FederatedCredential(string? Id);

    internal sealed record ServicePrincipal(
        string? Id,
        string? AppId,
        string? ServicePrincipalType,
        IReadOnlyList<string>? AlternativeNames
    );
}
