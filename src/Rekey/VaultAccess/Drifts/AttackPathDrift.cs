using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Finds undeclared attack paths: one drift for each single principal, and one for each group, whatever its size.
/// Pure.</summary>
public static class AttackPathDrift
{
    public static IEnumerable<Drift> Of(DeclaredVault declared, VaultReading reading, IReadOnlyList<EffectiveAccess> access)
    {
        var ways = access.Where(a => IsUndeclared(a, declared)).ToLookup(a => a.Group is not null);
        return ways[false]
            .Select(way => Alone(way, declared, reading))
            .Concat(
                ways[true]
                    .GroupBy(a => a.Group!.Key, StringComparer.Ordinal)
                    .Select(group => OfGroup(group.Key, [.. group], declared, reading))
            );
    }

    /// <summary>Whether an attack path is undeclared: a person's, that of a service principal without a declaration (such as a pipeline),
    /// or that of an undeclared federated credential.</summary>
    public static bool IsUndeclared(EffectiveAccess way, DeclaredVault declared) =>
        way.Way is AccessPath.Indirect
        && (
            IsFederated(way)
                ? !declared.FederatedCredentials.Contains(way.PrincipalId, StringComparer.Ordinal)
                : way.IsHuman || IsStranger(way, declared)
        );

    private static Drift Alone(EffectiveAccess way, DeclaredVault declared, VaultReading reading) =>
        new(
            DriftKind.IndirectReach,
            declared.Name,
            IsFederated(way) ? way.PrincipalId : way.PrincipalId.ToLowerInvariant(),
            IsFederated(way) ? "An undeclared federated credential can act as an identity that can reach a production vault."
                : way.IsHuman ? "A person without a grant can act as a principal that can reach a production vault."
                : "A service principal without a declared grant, and everyone who has its secret, can act as a principal that "
                    + "can reach a production vault.",
            Facts.Of(
                ("vault", reading.VaultId),
                ("principal", way.PrincipalId),
                ("principalKind", IsFederated(way) ? "FederatedCredential" : way.Kind.ToString()),
                ("reason", "indirect"),
                ("through", string.Join("; ", way.Through)),
                ("target", way.Target ?? ""),
                ("attack", "T1098")
            ),
            [.. PersonDrift.Granted, ReadingPart.WaysRound]
        );

    private static Drift OfGroup(string key, IReadOnlyList<EffectiveAccess> members, DeclaredVault declared, VaultReading reading)
    {
        var (first, persons) = (members[0], members.Count(m => m.IsHuman));
        return new(
            DriftKind.IndirectReach,
            declared.Name,
            key,
            $"{members.Count} principal(s) without a grant ({persons} person(s)) can, as members of a group, act as a principal "
                + "that can reach a production vault.",
            Facts.Of(
                ("vault", reading.VaultId),
                ("principal", first.Group!.GroupId),
                ("principalKind", nameof(PrincipalKind.Group)),
                ("given", first.Group.Given),
                ("reason", "indirect"),
                ("persons", $"{persons}"),
                ("servicePrincipals", $"{members.Count - persons}"),
                (
                    "among",
                    string.Join(
                        ", ",
                        members
                            .OrderBy(m => !m.IsHuman)
                            .ThenBy(m => m.PrincipalId, StringComparer.OrdinalIgnoreCase)
                            .Select(m => m.PrincipalId)
                            .Take(PersonDrift.SomePersons)
                    )
                ),
                ("through", string.Join("; ", first.Through)),
                ("target", first.Target ?? ""),
                ("attack", "T1098")
            ),
            [.. PersonDrift.Granted, ReadingPart.WaysRound]
        )
        {
            // A new member is a new principal on the attack path, and worth a new notice.
            Milestone = Drift.MilestoneOf(members.Select(m => m.PrincipalId)),
        };
    }

    private static bool IsFederated(EffectiveAccess way) => way.PrincipalId.Contains('|', StringComparison.Ordinal);

    private static bool IsStranger(EffectiveAccess way, DeclaredVault declared) =>
        way.Kind is PrincipalKind.ServicePrincipal
        && !declared
            .Grants.Select(g => g.PrincipalId)
            .Concat(declared.IndirectPrincipals)
            .Contains(way.PrincipalId, StringComparer.OrdinalIgnoreCase);
}
