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
        var assigned = reading.Assignments.Select(a => Assigned(reading, vault, a, kinds));
        var eligible = reading.Eligibilities.Select(e => Eligible(reading, vault, e, kinds));
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
    private static List<string> Actions(VaultFacts vault, RoleDefinition? role, VaultScope place)
    {
        // A role that could not be read may give anything.
        if (role is null)
        {
            return [UnreadableRole];
        }

        var control = vault.IsRbac
            ? KeyVaultActions.SelfGrants.Append(KeyVaultActions.WriteVault)
            : KeyVaultActions.SelfGrants.Append(KeyVaultActions.WriteVault).Append(KeyVaultActions.WriteAccessPolicies);
        return
        [
            .. control
                .Where(role.Gives)
                .Concat(vault.IsRbac ? role.DataAmong(KeyVaultActions.Data) : [])
                .Where(place.Takes)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static Grant? Assigned(VaultReading reading, VaultFacts vault, RoleAssignment a, Dictionary<string, PrincipalKind> kinds) =>
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
                Actions(vault, reading.Role(a.RoleId), place)
            )
            {
                ActivationOf = a.ActivationOf,
                HasCondition = a.Condition is not null,
                CreatedOn = a.CreatedOn,
                CreatedBy = a.CreatedBy,
            };

    private static Grant? Eligible(VaultReading reading, VaultFacts vault, Eligibility e, Dictionary<string, PrincipalKind> kinds) =>
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
                Actions(vault, reading.Role(e.RoleId), place)
            );

    private static Grant Policy(VaultReading reading, AccessPolicy p, Dictionary<string, PrincipalKind> kinds) =>
        new(
            GrantKind.AccessPolicy,
            $"{reading.VaultId}/accessPolicies/{p.ObjectId}",
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
        };

    /// <summary>Returns the kind of a principal. The directory takes precedence over the assignment; an unknown kind is no service
    /// principal.</summary>
    private static PrincipalKind KindOf(string principalId, string? principalType, Dictionary<string, PrincipalKind> kinds) =>
        kinds.GetValueOrDefault(principalId) is var known and not PrincipalKind.Unknown ? known : PrincipalFacts.KindOf(principalType);
}
