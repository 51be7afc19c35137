using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Rights;

/// <summary>Computes every right that leads to a vault's contents, by its permission model. Pure.</summary>
internal static class Grants
{
    private const string UnreadableRole = "unreadable role";

    public static IReadOnlyList<Grant> Of(VaultReading reading)
    {
        if (reading.Vault is not { } vault)
        {
            return [];
        }

        var kinds = reading.Principals.ToDictionary(p => p.Id, p => p.Kind, StringComparer.OrdinalIgnoreCase);
        var actions = (RoleDefinition? role, string scope, VaultScope place) => Actions(reading, vault, role, scope, place);
        var assigned = reading.Assignments.Select(a => Assigned(reading, a, kinds, actions));
        var eligible = reading.Eligibilities.Select(e => Eligible(reading, e, kinds, actions));
        var policies = vault.IsRbac ? [] : vault.Policies.Select(p => Policy(reading, p, kinds));
        return
        [
            .. assigned
                .Concat(eligible)
                .Concat(policies)
                .OfType<Grant>()
                .Where(g => g.Actions.Count > 0)
                .OrderBy(g => g.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>Returns the operations of a role at a scope.</summary>
    private static List<string> Actions(VaultReading reading, VaultFacts vault, RoleDefinition? role, string scope, VaultScope place)
    {
        // A role that could not be read may give anything.
        if (role is null)
        {
            return [UnreadableRole];
        }

        // Access policies can be edited under RBAC too, but count for nothing there.
        var control = vault.IsRbac ? KeyVaultActions.Control : KeyVaultActions.Control.Append(KeyVaultActions.WriteAccessPolicies);
        return
        [
            .. control
                .Where(role.Gives)
                .Concat(vault.IsRbac ? role.DataAmong(KeyVaultActions.Data) : [])
                .Where(place.Takes)
                .Concat(reading.AuditAccounts.Any(a => Covers(scope, a)) ? KeyVaultActions.StorageKeys.Where(role.Gives) : [])
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>
    /// Whether a scope that is listed for the vault covers a storage account too. A management group is taken to cover it: which
    /// subscriptions are in it is not read.
    /// </summary>
    private static bool Covers(string scope, string accountId) =>
        scope == VaultScope.Root
        || scope.StartsWith("/providers/Microsoft.Management/managementGroups/", StringComparison.OrdinalIgnoreCase)
        || $"{accountId}/".StartsWith($"{scope.TrimEnd('/')}/", StringComparison.OrdinalIgnoreCase);

    private static Grant? Assigned(
        VaultReading reading,
        RoleAssignment a,
        Dictionary<string, PrincipalKind> kinds,
        Func<RoleDefinition?, string, VaultScope, List<string>> actions
    ) =>
        VaultScope.Of(reading.VaultId, a.Scope) is not { } place
            ? null
            : new(
                GrantKind.RoleAssignment,
                a.Id,
                a.PrincipalId,
                KindOf(a.PrincipalId, a.PrincipalType, kinds),
                reading.Role(a.RoleId),
                a.RoleId,
                a.Scope,
                place,
                actions(reading.Role(a.RoleId), a.Scope, place)
            )
            {
                ActivationOf = a.ActivationOf,
                HasCondition = a.Condition is not null,
                CreatedOn = a.CreatedOn,
                CreatedBy = a.CreatedBy,
            };

    private static Grant? Eligible(
        VaultReading reading,
        Eligibility e,
        Dictionary<string, PrincipalKind> kinds,
        Func<RoleDefinition?, string, VaultScope, List<string>> actions
    ) =>
        VaultScope.Of(reading.VaultId, e.Scope) is not { } place
            ? null
            : new(
                GrantKind.Eligibility,
                e.Id,
                e.PrincipalId,
                KindOf(e.PrincipalId, e.PrincipalType, kinds),
                reading.Role(e.RoleId),
                e.RoleId,
                e.Scope,
                place,
                actions(reading.Role(e.RoleId), e.Scope, place)
            );

    private static Grant Policy(VaultReading reading, AccessPolicy p, Dictionary<string, PrincipalKind> kinds) =>
        new(
            p.ApplicationId is null ? GrantKind.AccessPolicy : GrantKind.ApplicationAccessPolicy,
            $"{reading.VaultId}/accessPolicies/{p.ObjectId}{(p.ApplicationId is null ? "" : $"/{p.ApplicationId}")}",
            p.ObjectId,
            KindOf(p.ObjectId, principalType: null, kinds),
            Role: null,
            p.ApplicationId is null ? "policy" : $"policy/{p.ApplicationId}",
            reading.VaultId,
            new(IsInherited: false, Kind: null, Name: null),
            [.. KeyVaultActions.Of(p).Order(StringComparer.OrdinalIgnoreCase)]
        )
        {
            NotKnown = KeyVaultActions.NotKnownOf(p),
            ApplicationId = p.ApplicationId,
        };

    /// <summary>Returns the kind of a principal. The directory takes precedence over the assignment; an unknown kind is no service
    /// principal.</summary>
    private static PrincipalKind KindOf(string principalId, string? principalType, Dictionary<string, PrincipalKind> kinds) =>
        kinds.GetValueOrDefault(principalId) is var known and not PrincipalKind.Unknown ? known : PrincipalFacts.KindOf(principalType);
}
