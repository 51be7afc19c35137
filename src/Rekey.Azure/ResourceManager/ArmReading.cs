using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.Azure.ResourceManager;

/// <summary>Converts replies of Azure Resource Manager. A missing value counts as the most dangerous one.</summary>
internal static class ArmReading
{
    /// <summary>Converts a vault; null if the reply is not a vault.</summary>
    public static VaultFacts? Vault(ArmWire.Vault? vault) =>
        vault?.VaultUri is not { IsAbsoluteUri: true } uri
            ? null
            : new(
                uri,
                vault.EnableRbacAuthorization ?? false,
                [
                    .. (vault.AccessPolicies ?? []).Select(p => new AccessPolicy(
                        Lower(p.ObjectId),
                        p.ApplicationId?.ToLowerInvariant(),
                        p.Permissions?.Keys ?? [],
                        p.Permissions?.Secrets ?? [],
                        p.Permissions?.Certificates ?? []
                    )
                    {
                        Storage = p.Permissions?.Storage ?? [],
                    }),
                ],
                vault.EnablePurgeProtection ?? false,
                vault.EnableSoftDelete is false ? null : vault.SoftDeleteRetentionInDays ?? 90,
                new(
                    !string.Equals(vault.PublicNetworkAccess, "disabled", StringComparison.OrdinalIgnoreCase),
                    !string.Equals(vault.NetworkAcls?.DefaultAction, "Deny", StringComparison.OrdinalIgnoreCase),
                    [.. (vault.NetworkAcls?.IpRules ?? []).Select(r => r.Value).OfType<string>()],
                    [.. (vault.NetworkAcls?.VirtualNetworkRules ?? []).Select(r => r.Id).OfType<string>()]
                )
                {
                    LetsServicesBy = !string.Equals(vault.NetworkAcls?.Bypass, "None", StringComparison.OrdinalIgnoreCase),
                    PrivateEndpoints =
                    [
                        .. (vault.PrivateEndpointConnections ?? [])
                            .Where(c => c.Properties?.PrivateLinkServiceConnectionState?.Status is not { } status || IsConnected(status))
                            .Select(c => c.Properties?.PrivateEndpoint?.Id ?? c.Id)
                            .OfType<string>(),
                    ],
                }
            );

    /// <summary>Converts an entry; null if it lacks the required values.</summary>
    public static RoleAssignment? Assignment(ArmWire.Resource<ArmWire.Assignment> wire) =>
        wire is { Id: { } id, Properties: { PrincipalId: { } principal, RoleDefinitionId: { } role, Scope: { } scope } a }
            ? new(
                id,
                RoleDefinition.IdOf(role),
                principal.ToLowerInvariant(),
                a.PrincipalType ?? "",
                scope,
                a.Condition is { Length: > 0 } condition ? condition : null,
                ActivationOf: null,
                a.CreatedOn,
                a.CreatedBy
            )
            : null;

    public static Eligibility? Eligibility(ArmWire.Resource<ArmWire.Schedule> wire) =>
        wire is { Id: { } id, Properties: { PrincipalId: { } principal, RoleDefinitionId: { } role, Scope: { } scope } e }
            ? new(id, RoleDefinition.IdOf(role), principal.ToLowerInvariant(), e.PrincipalType ?? "", scope)
            : null;

    public static RoleDefinition Role(string roleId, ArmWire.Role role) =>
        new(
            roleId,
            role.RoleName ?? roleId,
            !string.Equals(role.Type, "BuiltInRole", StringComparison.OrdinalIgnoreCase),
            [
                .. (role.Permissions ?? []).Select(p => new RolePermission(
                    p.Actions ?? [],
                    p.NotActions ?? [],
                    p.DataActions ?? [],
                    p.NotDataActions ?? []
                )),
            ]
        );

    /// <summary>Converts a version; null if it has no name. Times are in seconds since 1970.</summary>
    public static ListedKeyVersion? KeyVersion(ArmWire.Resource<ArmWire.Key> wire) =>
        wire.Name is not { } version
            ? null
            : new(
                version,
                wire.Properties?.Attributes?.Enabled ?? true,
                Time(wire.Properties?.Attributes?.Expires),
                Time(wire.Properties?.Attributes?.Created)
            );

    public static DiagnosticSetting Diagnostics(ArmWire.Resource<ArmWire.Diagnostics> wire) =>
        new(
            wire.Name ?? "",
            (wire.Properties?.Logs ?? []).Any(IsAudit),
            wire.Properties?.WorkspaceId,
            wire.Properties?.StorageAccountId,
            wire.Properties?.EventHubAuthorizationRuleId,
            string.Equals(wire.Properties?.LogAnalyticsDestinationType, "Dedicated", StringComparison.OrdinalIgnoreCase)
        );

    private static DateTimeOffset? Time(long? seconds) => seconds is { } since ? DateTimeOffset.FromUnixTimeSeconds(since) : null;

    private static bool IsConnected(string status) =>
        !new[] { "Pending", "Rejected", "Disconnected" }.Contains(status, StringComparer.OrdinalIgnoreCase);

    private static bool IsAudit(ArmWire.Log log) =>
        log.Enabled
        && (
            string.Equals(log.Category, "AuditEvent", StringComparison.OrdinalIgnoreCase)
            || string.Equals(log.CategoryGroup, "audit", StringComparison.OrdinalIgnoreCase)
            || string.Equals(log.CategoryGroup, "allLogs", StringComparison.OrdinalIgnoreCase)
        );

    private static string Lower(string? id) => id?.ToLowerInvariant() ?? "";
}
