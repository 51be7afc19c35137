using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Reading;

/// <summary>Decides which grants are declared. Pure.</summary>
public sealed class Coverage(DeclaredVault declared, VaultReading reading)
{
    /// <summary>Returns the operations of a grant beyond the declaration of its principal; empty if all are declared.</summary>
    /// <returns>Null if no such grant is declared at all.</returns>
    public IReadOnlyList<string>? Excess(Grant grant)
    {
        // 1. An activation is declared if its eligibility is.
        if (grant.ActivationOf is { } eligibility)
        {
            var behind = reading.Eligibilities.FirstOrDefault(e =>
                RoleDefinition.IdOf(e.Id) == RoleDefinition.IdOf(eligibility) && e.RoleId == grant.RoleId
            );
            return behind is null
                ? null
                : Excess(
                    grant,
                    declared.Grants.Where(d => IsSame(d.PrincipalId, behind.PrincipalId) && IsRole(d, grant.Role, grant.RoleId))
                );
        }

        // 2. A standing right must be declared as standing; a right that is declared as standing may also be eligible.
        // A policy through an application is another right than one without.
        var own = declared.Grants.Where(d =>
            IsSame(d.PrincipalId, grant.PrincipalId)
            && IsSame(d.ApplicationId ?? "", grant.ApplicationId ?? "")
            && (d.IsActive || grant.Kind is GrantKind.Eligibility)
        );
        return grant.IsPolicy ? PolicyExcess(grant, [.. own]) : Excess(grant, own.Where(d => IsRole(d, grant.Role, grant.RoleId)));
    }

    public bool Covers(Grant grant) => Excess(grant) is { Count: 0 };

    /// <summary>Whether a role is declared as eligible: then a right to it can be an activation.</summary>
    public bool MayBeActivated(Grant grant) =>
        grant.Kind is GrantKind.RoleAssignment && declared.Grants.Any(d => !d.IsActive && IsRole(d, grant.Role, grant.RoleId));

    /// <summary>
    /// Whether its principal may activate its role, directly or through a group, by declaration or in fact. Then it may be an activation
    /// that Privileged Identity Management does not report yet, or no longer.
    /// </summary>
    public bool IsOfEligible(Grant grant) =>
        grant.Kind is GrantKind.RoleAssignment
        && (
            declared.Grants.Any(d =>
                !d.IsActive && IsRole(d, grant.Role, grant.RoleId) && IsBehind(d.PrincipalId, d.PrincipalKind, grant.PrincipalId)
            )
            || reading.Eligibilities.Any(e =>
                IsSame(e.RoleId, grant.RoleId) && IsBehind(e.PrincipalId, PrincipalFacts.KindOf(e.PrincipalType), grant.PrincipalId)
            )
        );

    /// <summary>Whether a declared grant has that role.</summary>
    public static bool IsRole(DeclaredGrant d, RoleDefinition? role, string roleId) =>
        d.Role is { } called
        && (role?.IsCalled(called) ?? string.Equals(RoleDefinition.IdOf(called), roleId, StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string>? Excess(Grant grant, IEnumerable<DeclaredGrant> candidates) =>
        candidates
            .Where(d =>
                d.Keys is null || (grant.Place is { Kind: "keys", Name: { } key } && d.Keys.Contains(key, StringComparer.OrdinalIgnoreCase))
            )
            .Select(d => (IReadOnlyList<string>)[.. grant.Actions.Where(a => !Allows(d, grant.Role, a))])
            .MinBy(excess => excess.Count);

    /// <summary>Compares an access policy with all declared grants of its principal, including what it may give.</summary>
    private static IReadOnlyList<string>? PolicyExcess(Grant grant, IReadOnlyList<DeclaredGrant> own) =>
        own.Count == 0
            ? null
            : [.. grant.Actions.Concat(grant.NotKnown).Where(a => !own.Any(d => d.DataActions is { } data && ActionPattern.Any(data, a)))];

    /// <summary>Whether a declared grant allows an operation. Customers cannot change built-in roles, so their name is enough.</summary>
    private static bool Allows(DeclaredGrant d, RoleDefinition? role, string action) =>
        (KeyVaultActions.IsControl(action) ? d.Actions : d.DataActions) is { } named
            ? ActionPattern.Any(named, action)
            : role is not { IsCustom: true };

    /// <summary>Whether a principal may use an eligibility. Any principal may be a member of a group that was not read.</summary>
    private bool IsBehind(string eligible, PrincipalKind kind, string principal) =>
        IsSame(eligible, principal)
        || (
            reading.Principals.FirstOrDefault(p => IsSame(p.Id, eligible)) is { } known
                ? known.Members.Contains(principal, StringComparer.OrdinalIgnoreCase)
                : kind is PrincipalKind.Group
        );

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
