using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Custody;

/// <summary>A person who can use a key, take it, or give themselves the right to.</summary>
/// <param name="PersonId">Object id, lower case.</param>
/// <param name="KeyName">The one key that the right is for, lower case; null for every key of the vault.</param>
/// <param name="Kind"><c>granted</c>, or <c>indirect</c> for an attack path.</param>
/// <param name="Detail">The right and its way, in a plain sentence with ids only.</param>
public sealed record KeyHolder(string PersonId, string? KeyName, string Kind, string Detail)
{
    /// <summary>Whether the right is for this key.</summary>
    public bool Holds(string keyName) => KeyName is null || KeyName.Equals(keyName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds everyone who holds keys of a vault, by a reading. Service principals are left out: whom they lead to is an attack
    /// path. A principal of an unknown kind counts as a person. Pure.</summary>
    public static IReadOnlyList<KeyHolder> Of(VaultReading reading)
    {
        var known = reading.Principals.ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);
        var grants = Grants.Of(reading).Where(g => g.Place.Kind is null or "keys" && g.Actions.Any(KeyVaultActions.ExposesKeys)).ToList();
        return
        [
            .. grants
                .GroupBy(g => g.Place.Name, StringComparer.OrdinalIgnoreCase)
                .SelectMany(of =>
                    of.SelectMany(g => EffectiveAccess.HoldersOf(g, known))
                        .Where(h => h.IsHuman)
                        .Select(h => new KeyHolder(h.PrincipalId.ToLowerInvariant(), of.Key, "granted", Words(h)))
                        .Concat(
                            AttackPath
                                .Of(reading, of)
                                .Where(p => !p.IsFederated && IsPerson(p.Kind))
                                .Select(p => new KeyHolder(
                                    p.PrincipalId.ToLowerInvariant(),
                                    of.Key,
                                    "indirect",
                                    $"{string.Join(", then ", p.Via)}, which leads to {p.Target}"
                                ))
                        )
                )
                .Distinct()
                .OrderBy(h => h.PersonId, StringComparer.Ordinal)
                .ThenBy(h => h.KeyName, StringComparer.Ordinal)
                .ThenBy(h => h.Detail, StringComparer.Ordinal),
        ];
    }

    private static bool IsPerson(PrincipalKind kind) => kind is PrincipalKind.User or PrincipalKind.Unknown;

    private static string Words(EffectiveAccess held) =>
        $"{held.Grant!.RoleName} at {held.Grant.Scope}{(held.Way is AccessPath.Group ? $" as a member of group {held.Through[0]}" : "")}"
        + (held.Grant.Kind is GrantKind.Eligibility ? ", eligible" : "");
}
