using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Finds the access of people who have left. Pure.</summary>
internal static class LeaverDrift
{
    /// <summary>The declaration without the grants of these people: nothing is declared for a person who has left.</summary>
    public static DeclaredVault Without(DeclaredVault declared, IReadOnlySet<string> left) =>
        declared with
        {
            Grants = [.. declared.Grants.Where(g => !left.Contains(g.PrincipalId))],
        };

    /// <summary>An undeclared grant of such a person, in words that say so.</summary>
    public static Drift Of(Drift undeclared) =>
        undeclared with
        {
            Sentence = $"The person has left, so no declaration counts for them. {undeclared.Sentence}",
        };

    /// <summary>Finds the groups through which these people reach the vault: one drift for each person and grant of a group.</summary>
    public static IEnumerable<Drift> Of(DeclaredVault declared, VaultReading reading, IReadOnlySet<string> left) =>
        left.Count == 0
            ? []
            : EffectiveAccess
                .Of(reading)
                .Where(a => a is { Way: AccessPath.Group, Grant: { IsReadable: true, LeadsToVault: true } } && left.Contains(a.PrincipalId))
                .Select(a => new Drift(
                    DriftKind.MemberLeft,
                    declared.Name,
                    $"{a.PrincipalId}|{a.Grant!.Key}".ToLowerInvariant(),
                    $"The person {a.PrincipalId} has left, and can reach the vault as a member of group {a.Through[0]}, "
                        + $"which has {a.Grant.RoleName} at {a.Grant.Scope}.",
                    Facts.Of(
                        ("vault", reading.VaultId),
                        ("principal", a.Through[0]),
                        ("principalKind", nameof(PrincipalKind.Group)),
                        ("person", a.PrincipalId),
                        ("role", a.Grant.RoleName),
                        ("scope", a.Grant.Scope),
                        ("gives", string.Join(", ", a.Grant.Gives)),
                        ("attack", "T1098")
                    ),
                    PersonDrift.Granted
                )
                {
                    Grant = a.Grant,
                });
}
