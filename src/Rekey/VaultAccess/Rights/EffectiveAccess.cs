using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Rights;

/// <summary>One line of the effective-access table: who, what, through what.</summary>
/// <param name="PrincipalId">Who; a group only where nobody is known to be in it. For a federated credential <c>issuer|subject</c>.</param>
/// <param name="Grant">What gives it; null for a way round.</param>
/// <param name="Through">The group; or the steps of a way round, from the principal to the grant.</param>
/// <param name="Target">Whose grants a way round leads to.</param>
/// <param name="Group">By which group, and what that was given, somebody can go a way round; null for who can alone.</param>
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

    /// <summary>Everybody who reaches what is in the vault. Pure.</summary>
    public static IReadOnlyList<EffectiveAccess> Of(VaultReading reading)
    {
        var known = reading.Principals.ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);
        var grants = Grants.Of(reading);
        return
        [
            .. grants.SelectMany(g => Holders(g, known)),
            .. AttackPath
                .Of(reading, grants.Where(g => g.IsReadable))
                .Select(r => new EffectiveAccess(r.PrincipalId, r.Kind, AccessPath.Indirect, Grant: null, r.Via, r.Target, r.Group)),
        ];
    }

    private static IEnumerable<EffectiveAccess> Holders(Grant grant, Dictionary<string, PrincipalFacts> known)
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
