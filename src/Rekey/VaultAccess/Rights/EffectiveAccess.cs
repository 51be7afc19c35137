using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Rights;

/// <summary>One row of the effective-access table: the principal, its right, and where the right comes from.</summary>
/// <param name="PrincipalId">The principal; a group only if no member is known. For a federated credential <c>issuer|subject</c>.</param>
/// <param name="Grant">The grant; null for an attack path.</param>
/// <param name="Through">The group; or the steps of an attack path, from the principal to the grant.</param>
/// <param name="Target">The principal at the end of an attack path.</param>
/// <param name="Group">The group, and its right, that opens an attack path; null if the principal needs no group.</param>
public sealed record EffectiveAccess(
    string PrincipalId,
    PrincipalKind Kind,
    AccessPath Way,
    Grant? Grant,
    IReadOnlyList<string> Through,
    string? Target = null,
    GroupAttackPath? Group = null
)
{
    /// <summary>Whether this is, or may be, a person.</summary>
    public bool IsHuman => Kind is PrincipalKind.User or PrincipalKind.Unknown;

    /// <summary>Returns every principal that can reach the vault's contents. Pure.</summary>
    public static IReadOnlyList<EffectiveAccess> Of(VaultReading reading)
    {
        var known = reading.Principals.ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);
        var grants = Grants.Of(reading);
        return
        [
            .. grants.SelectMany(g => HoldersOf(g, known)),
            .. AttackPath
                .Of(reading, grants.Where(g => g is { IsReadable: true, LeadsToVault: true }))
                .Select(r => new EffectiveAccess(r.PrincipalId, r.Kind, AccessPath.Indirect, Grant: null, r.Via, r.Target, r.Group)),
        ];
    }

    /// <summary>Returns the principals that have a grant, the members of a group instead of the group.</summary>
    internal static IEnumerable<EffectiveAccess> HoldersOf(Grant grant, Dictionary<string, PrincipalFacts> known)
    {
        if (grant.PrincipalKind is not PrincipalKind.Group)
        {
            return [new(grant.PrincipalId, grant.PrincipalKind, AccessPath.Direct, grant, [])];
        }

        var members = (known.GetValueOrDefault(grant.PrincipalId)?.Members ?? [])
            .Where(m => known.GetValueOrDefault(m)?.Kind is not PrincipalKind.Group)
            .ToList();
        return members.Count == 0
            ? [new(grant.PrincipalId, PrincipalKind.Group, AccessPath.Direct, grant, [])]
            : members.Select(m => new EffectiveAccess(
                m,
                known.GetValueOrDefault(m)?.Kind ?? PrincipalKind.Unknown,
                AccessPath.Group,
                grant,
                [grant.PrincipalId]
            ));
    }
}
